"""Rejects request bodies that contain unpaired UTF-16 surrogates, because UTF-8 cannot encode them."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import Request

from cnnpruner.errors import InvalidInput

MAX_QUOTED_CHARACTERS = 60
_SURROGATE_PATTERN = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
"""Matches UTF-16 surrogates, paired or not, written as escapes or as bytes. A body without a match needs no further
check.
"""


async def reject_lone_surrogates(request: Request) -> None:
    """Rejects a JSON body with an unpaired surrogate in a value or a field name. If the call has a body parameter,
    FastAPI has already read the body, so reading it again costs nothing.
    """
    if not request.headers.get("content-type", "").startswith("application/json"):
        return  # an upload, which is streamed
    if not _SURROGATE_PATTERN.search(await request.body()):
        return
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        return  # the call reads no body, or it would have been rejected already
    for field, text in _iterate_strings(body):
        if not _is_valid_text(text):
            quoted_text = text[:MAX_QUOTED_CHARACTERS].encode("ascii", "backslashreplace").decode()
            problem = f"{field} contains an unpaired surrogate ('{quoted_text}'); send complete surrogate pairs"
            raise InvalidInput(f"The request is not valid: {problem}.", field=field)


def _iterate_strings(body: Any) -> Iterator[tuple[str, str]]:
    """Yields all strings of a parsed body, including field names, each with the path of its field. Works without
    recursion, so that deep nesting cannot exhaust the stack.
    """
    pending_values: list[tuple[str, Any]] = [("", body)]
    while pending_values:
        path, value = pending_values.pop()
        if isinstance(value, str):
            yield path or "the body", value
        elif isinstance(value, list):
            pending_values += [(_join_path(path, str(index)), item) for index, item in enumerate(value)]
        elif isinstance(value, dict):
            yield from ((f"a field name in {path or 'the body'}", name) for name in value)
            pending_values += [(_join_path(path, name), item) for name, item in value.items() if _is_valid_text(name)]


def _join_path(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_valid_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
