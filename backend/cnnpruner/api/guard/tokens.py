"""Where a request carries its token: the Authorization header, or the cookie that the page got for one."""

from starlette.requests import Request
from starlette.responses import Response

COOKIE_DAYS = 30


def read_token(request: Request) -> str | None:
    """The bearer token, else that of the cookie, else None."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return token.strip()
    return request.cookies.get(cookie_name(request)) or None


def cookie_name(request: Request) -> str:
    """With the port, because browsers give cookies of one host to all its ports."""
    return f"cnnpruner_{request.url.port or 0}"


def keep_token(request: Request, response: Response, token: str) -> None:
    """Give the browser the cookie: no script reads it, no other site sends it along."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=COOKIE_DAYS * 24 * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def drop_token(request: Request, response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(cookie_name(request), httponly=True, samesite="strict")
