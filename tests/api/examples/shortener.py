"""Cuts long answers to what a reader wants to see of them, so that they still fit their schema."""

import json
from itertools import islice
from typing import Any

MOST = 3
"""Entries left of a long list, or of a map from layers to something."""
SHORT = 4
"""Lists that stay whole: shapes, and tuples of the schema."""
LONGEST_WORD = 80
"""Longer texts without a space are pictures."""


def shorten(value: Any) -> Any:
    """`value` with long lists, maps and pictures cut."""
    if isinstance(value, list):
        return [shorten(one) for one in (value if len(value) <= SHORT else value[:MOST])]
    if isinstance(value, dict):
        most = MOST if len(value) > SHORT and any(_is_layer(name) for name in value) else len(value)
        return {name: shorten(one) for name, one in islice(value.items(), most)}
    if isinstance(value, str) and len(value) > LONGEST_WORD and " " not in value:
        return value[: LONGEST_WORD // 2] + "…"
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
