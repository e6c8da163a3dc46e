"""Limits on the length and type of request bodies, and on the query string."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from cnnpruner.errors import InvalidInput, RequestTooLarge, UnsupportedMediaType

MIB = 2**20


@dataclass(frozen=True)
class BodyLimits:
    """Media types of the bodies that a call accepts, and their maximum length in bytes."""

    media_types: tuple[str, ...]
    max_bytes: int


JSON_LIMITS = BodyLimits(("application/json",), 4 * MIB)
"""Limits for JSON bodies. The largest useful body, a plan that lists every filter of a large network, is about 1 MiB
long.
"""

UPLOAD_LIMITS: dict[str, BodyLimits] = {"/api/bundles": BodyLimits(("application/zip",), 16 * 1024 * MIB)}
"""Limits for the calls that accept an uploaded file, by URL path."""


def require_utf8_query(request: Request) -> None:
    """Rejects query strings that are not valid UTF-8, because later code, including logging, would fail on them."""
    try:
        request.scope["query_string"].decode()
    except UnicodeDecodeError as error:
        raise InvalidInput("The query string is not valid UTF-8; percent-encode it.") from error


def limit_body(request: Request, receive: Receive) -> Receive:
    """Returns an ASGI `receive` function that raises an error once the body is longer than this call accepts.

    Raises UnsupportedMediaType or RequestTooLarge at once if the headers already violate the limits.
    """
    limits = UPLOAD_LIMITS.get(request.scope["path"], JSON_LIMITS)
    length = _parse_content_length(request.headers.get("content-length"))
    if not length and "transfer-encoding" not in request.headers:
        return receive
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in limits.media_types:
        problem = f"The Content-Type is {media_type!r}" if media_type else "The request has no Content-Type"
        raise UnsupportedMediaType(f"{problem}, but this call accepts only {' or '.join(limits.media_types)}.")
    if length is not None and length > limits.max_bytes:
        raise RequestTooLarge(_too_large_message(limits))
    return _limit_body_length(receive, limits)


def _parse_content_length(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise InvalidInput("The Content-Length header is not a number of bytes.")
    return int(text)


def _limit_body_length(receive: Receive, limits: BodyLimits) -> Receive:
    received_bytes = 0

    async def limited_receive() -> Message:
        nonlocal received_bytes
        message = await receive()
        received_bytes += len(message.get("body", b""))
        if received_bytes > limits.max_bytes:
            # FastAPI wraps every other kind of exception that is raised while it reads a body.
            raise HTTPException(RequestTooLarge.status, _too_large_message(limits))
        return message

    return limited_receive


def _too_large_message(limits: BodyLimits) -> str:
    return f"The body is longer than {limits.max_bytes / MIB:g} MiB, the most that this call accepts."
