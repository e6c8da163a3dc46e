"""The names of timm's networks. They are read from timm's source files, because importing timm would import torch."""

import functools
import importlib.util
import re
from pathlib import Path

_REGISTERED_FUNCTION_PATTERN = re.compile(r"^@register_model\s*\ndef (\w+)\(", re.MULTILINE)


@functools.cache
def timm_names() -> tuple[str, ...]:
    """Return the names of all networks that the installed timm can build, sorted; empty if timm is not installed."""
    spec = importlib.util.find_spec("timm")
    folders = (spec.submodule_search_locations or []) if spec else []
    files = [file for folder in folders for file in Path(folder, "models").glob("*.py")]
    return tuple(
        sorted(
            {name for file in files for name in _REGISTERED_FUNCTION_PATTERN.findall(file.read_text(encoding="utf-8"))}
        )
    )
