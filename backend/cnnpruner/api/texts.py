"""Refuses request bodies with text that is none: half of a surrogate pair, which no database and no answer can hold."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import Request

from cnnpruner.errors import InvalidInput

SHOWN_CHARACTERS = 60
_SUSPECT = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
"""Escapes and bytes of surrogates, of whole pairs too; a body without them needs no closer look."""


async def require_text(request: Request) -> None:
    """Refuse a JSON body with such text in a value or a name. FastAPI has parsed it, where the call reads one."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return  # an upload, which streams
    if not _SUSPECT.search(await request.body()):
        return
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        return  # the call reads no body, else it were refused by now
    for field, text in _texts(body):
        if not _is_text(text):
            shown = text[:SHOWN_CHARACTERS].encode("ascii", "backslashreplace").decode()
            sentence = f"The request does not fit: {field} has half of a surrogate pair ('{shown}'): write whole ones."
            raise InvalidInput(sentence, field=field)


def _texts(body: Any) -> Iterator[tuple[str, str]]:
    """All texts of a parsed body, names among them, each with the path of its field. Bodies may be nested deep."""
    open_: list[tuple[str, Any]] = [("", body)]
    while open_:
        path, value = open_.pop()
        if isinstance(value, str):
            yield path or "the body", value
        elif isinstance(value, list):
            open_ += [(_joined(path, str(place)), one) for place, one in enumerate(value)]
        elif isinstance(value, dict):
            yield from ((f"a name in {path or 'the body'}", name) for name in value)
            open_ += [(_joined(path, name), one) for name, one in value.items() if _is_text(name)]


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
