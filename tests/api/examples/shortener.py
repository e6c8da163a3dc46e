"""Cuts long answers to what a reader wants to see of them, so that they still fit their schema."""

import json
from itertools import islice
from typing import Any

MAX_ENTRIES = 3
"""Entries left of a long list, or of a map from layers to something."""
MAX_SHORT = 4
"""Lists that stay whole: shapes, and tuples of the schema."""
MAX_TEXT = 80
"""Longer texts without a space are pictures."""


def shorten(value: Any) -> Any:
    """`value` with long lists, maps and pictures cut."""
    if isinstance(value, list):
        return [shorten(item) for item in (value if len(value) <= MAX_SHORT else value[:MAX_ENTRIES])]
    if isinstance(value, dict):
        limit = MAX_ENTRIES if len(value) > MAX_SHORT and any(_is_layer(name) for name in value) else len(value)
        return {name: shorten(item) for name, item in islice(value.items(), limit)}
    if isinstance(value, str) and len(value) > MAX_TEXT and " " not in value:
        return value[: MAX_TEXT // 2] + "…"
    return value


def _is_layer(name: str) -> bool:
    """Names of fields have no dots."""
    return "." in name


def shorten_event(text: str) -> str:
    """One event of a stream, its lines as they came but for what is long in its data."""
    return "\n".join(_line(line) for line in text.splitlines())


def _line(line: str) -> str:
    name, _, data = line.partition(": ")
    return f"data: {json.dumps(shorten(json.loads(data)), ensure_ascii=False)}" if name == "data" else line
