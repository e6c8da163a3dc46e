"""Which Host and Origin a request may have.

A page elsewhere that lets its own name point at 127.0.0.1 (DNS rebinding) could read all answers; it cannot choose the
Host header, which holds that name. A page elsewhere that sends a form or an image here is told by Origin and
Sec-Fetch-Site, which scripts cannot set either.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.requests import Request

from cnnpruner.config import Config, is_loopback
from cnnpruner.errors import Forbidden

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def allowed_names(config: Config) -> frozenset[str]:
    """Names by which this server may be reached."""
    own = frozenset() if is_loopback(config.host) else frozenset({config.host, socket.gethostname().lower()})
    return LOOPBACK | own | frozenset(config.allowed_hosts)


def check_host(request: Request, config: Config) -> None:
    """Refuse a request that came by a name which is not this server's."""
    name = _name(request.headers.get("host", ""))
    # Rebinding takes a name; beyond loopback an address itself is as good as any of ours.
    if name in allowed_names(config) or (not is_loopback(config.host) and _is_address(name)):
        return
    raise Forbidden(
        f"This server does not go by the name {name[:100]!r}; open it as 127.0.0.1 or localhost, "
        "or start it with --allowed-host NAME (ALLOWED_HOSTS).",
        host=name[:100],
    )


def check_origin(request: Request) -> None:
    """Refuse what a page of another site sends, and pictures or scripts that it would load from the interface."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "none")
    if request.method in SAFE:
        is_read_elsewhere = site == "cross-site" and request.headers.get("sec-fetch-mode") != "navigate"
        is_foreign = is_read_elsewhere and request.scope["path"].startswith("/api")
    else:
        is_foreign = site not in ("none", "same-origin") or (origin is not None and not _is_own(origin, request))
    if is_foreign:
        raise Forbidden(
            "A page of another site asked for this; open CNNPruner itself, or use a client outside browsers."
        )


def _is_own(origin: str, request: Request) -> bool:
    try:
        # The scheme may differ: a proxy that ends TLS speaks http to us.
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    except ValueError:  # brackets that hold no address
        return False


def _name(host: str) -> str:
    """The Host header without its port and brackets, in lower case; empty where it cannot be read."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
