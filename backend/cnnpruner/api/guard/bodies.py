"""How long a body may be and of what type, and what an address may hold."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from cnnpruner.errors import InvalidInput, TooLarge, WrongContent

MIB = 2**20


@dataclass(frozen=True)
class Allowed:
    """What a call reads."""

    types: tuple[str, ...]
    most_bytes: int


JSON = Allowed(("application/json",), 4 * MIB)
"""A plan that names every filter of a large network has 1 MiB."""

UPLOADS: dict[str, Allowed] = {"/api/bundles": Allowed(("application/zip",), 16 * 1024 * MIB)}
"""Path of a call that takes a file → what it takes."""


def check_query(request: Request) -> None:
    """Refuse an address with bytes that are no text: everything behind would stumble over them, the log too."""
    try:
        request.scope["query_string"].decode()
    except UnicodeDecodeError as error:
        raise InvalidInput("What follows ? in the address is no UTF-8; write such bytes as %XX.") from error


def bounded(request: Request, receive: Receive) -> Receive:
    """`receive` that gives no more than this call reads.

    Raises WrongContent and TooLarge where the headers tell it already.
    """
    allowed = UPLOADS.get(request.scope["path"], JSON)
    length = _length(request.headers.get("content-length"))
    if not length and "transfer-encoding" not in request.headers:
        return receive
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in allowed.types:
        raise WrongContent(f"The body is {kind or 'of no type'!r}; this call reads {' or '.join(allowed.types)}.")
    if length is not None and length > allowed.most_bytes:
        raise TooLarge(_sentence(allowed))
    return _counted(receive, allowed)


def _length(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise InvalidInput("The header Content-Length is no number of bytes.")
    return int(text)


def _counted(receive: Receive, allowed: Allowed) -> Receive:
    got = 0

    async def counting() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > allowed.most_bytes:
            # FastAPI wraps what is raised while it reads a body, but for this one kind.
            raise HTTPException(TooLarge.status, _sentence(allowed))
        return message

    return counting


def _sentence(allowed: Allowed) -> str:
    return f"The body is longer than the {allowed.most_bytes / MIB:g} MiB that this call reads; send less."
