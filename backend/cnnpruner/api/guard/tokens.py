"""Reads a request's token from the Authorization header or the session cookie, and sets the cookie."""

from starlette.requests import Request
from starlette.responses import Response

COOKIE_LIFETIME_DAYS = 30


def read_token(request: Request) -> str | None:
    """Returns the request's bearer token or, if it has none, the token in its session cookie. Returns None if it has
    neither.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return token.strip()
    return request.cookies.get(cookie_name(request)) or None


def cookie_name(request: Request) -> str:
    """Returns the name of the session cookie. It contains the port, because browsers send the cookies of a host to all
    its ports.
    """
    return f"cnnpruner_{request.url.port or 0}"


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Stores the token in the session cookie. Scripts cannot read this cookie, and browsers do not send it with
    requests from other sites.
    """
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=COOKIE_LIFETIME_DAYS * 24 * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def delete_cookie(request: Request, response: Response) -> None:
    """Deletes the session cookie."""
    response.delete_cookie(cookie_name(request), httponly=True, samesite="strict")
