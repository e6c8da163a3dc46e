"""Shortens long responses to what a reader needs, so that they still match their schema."""

import json
from itertools import islice
from typing import Any

MAX_ENTRIES = 3
"""Entries kept of a long list, or of a map with a key for each layer."""
MAX_SHORT = 4
"""Lists up to this length are kept: shapes, and tuples of the schema."""
MAX_TEXT = 80
"""Longer texts without spaces are pictures."""


def shorten(value: Any) -> Any:
    """Returns `value` with long lists, maps and pictures shortened."""
    if isinstance(value, list):
        return [shorten(item) for item in (value if len(value) <= MAX_SHORT else value[:MAX_ENTRIES])]
    if isinstance(value, dict):
        limit = MAX_ENTRIES if len(value) > MAX_SHORT and any(_is_layer(name) for name in value) else len(value)
        return {name: shorten(item) for name, item in islice(value.items(), limit)}
    if isinstance(value, str) and len(value) > MAX_TEXT and " " not in value:
        return value[: MAX_TEXT // 2] + "…"
    return value


def _is_layer(name: str) -> bool:
    """Field names contain no dots."""
    return "." in name


def shorten_event(text: str) -> str:
    """Returns an event of a stream with its data shortened."""
    return "\n".join(_line(line) for line in text.splitlines())


def _line(line: str) -> str:
    name, _, data = line.partition(": ")
    return f"data: {json.dumps(shorten(json.loads(data)), ensure_ascii=False)}" if name == "data" else line
