"""timm's names as the server lists them, read from timm's files: to ask timm itself takes torch. Free of torch."""

import functools
import importlib.util
import re
from pathlib import Path

_MAKER = re.compile(r"^@register_model\s*\ndef (\w+)\(", re.MULTILINE)


@functools.cache
def timm_names() -> tuple[str, ...]:
    """All networks that the installed timm can build, sorted; none where it is not installed."""
    spec = importlib.util.find_spec("timm")
    places = (spec.submodule_search_locations or []) if spec else []
    files = [file for place in places for file in Path(place, "models").glob("*.py")]
    return tuple(sorted({name for file in files for name in _MAKER.findall(file.read_text(encoding="utf-8"))}))
