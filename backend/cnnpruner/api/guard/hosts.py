"""Checks the headers that say to which host a request was sent, and from which site.

The Host header reveals DNS rebinding: another site could make its own host name resolve to 127.0.0.1, and its pages
could then read all responses. Origin and Sec-Fetch-Site reveal pages of other sites that submit a form or embed an
image. Scripts cannot set any of these headers.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.requests import Request

from cnnpruner.config import Config, is_loopback
from cnnpruner.errors import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK_HOST_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def allowed_host_names(config: Config) -> frozenset[str]:
    """Returns the host names that clients can use to reach this server."""
    host_names = frozenset() if is_loopback(config.host) else frozenset({config.host, socket.gethostname().lower()})
    return LOOPBACK_HOST_NAMES | host_names | frozenset(config.allowed_hosts)


def check_host(request: Request, config: Config) -> None:
    """Rejects requests sent to a host name that is not this server's."""
    name = _host_name(request.headers.get("host", ""))
    # Rebinding requires a name, so beyond loopback any IP address is accepted.
    if name in allowed_host_names(config) or (not is_loopback(config.host) and _is_ip_address(name)):
        return
    raise Forbidden(
        f"This server does not accept the host name {name[:100]!r}; use 127.0.0.1 or localhost, "
        "or start the server with --allowed-host NAME (ALLOWED_HOSTS).",
        host=name[:100],
    )


def check_origin(request: Request) -> None:
    """Rejects a request from another site's page if it writes, or if it loads an API response as an image or script."""
    origin = request.headers.get("origin")
    fetch_site = request.headers.get("sec-fetch-site", "none")
    if request.method in SAFE_METHODS:
        is_embedded = fetch_site == "cross-site" and request.headers.get("sec-fetch-mode") != "navigate"
        is_cross_site = is_embedded and request.scope["path"].startswith("/api")
    else:
        is_cross_site = fetch_site not in ("none", "same-origin") or (
            origin is not None and not _origin_matches_host(origin, request)
        )
    if is_cross_site:
        raise Forbidden(
            "Requests from pages of other sites are not allowed; use CNNPruner's own page or a non-browser client."
        )


def _origin_matches_host(origin: str, request: Request) -> bool:
    try:
        # The scheme may differ: a proxy that terminates TLS forwards plain HTTP.
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    except ValueError:  # brackets without a valid address
        return False


def _host_name(host: str) -> str:
    """Returns the Host header in lower case without port and brackets; empty if it is invalid."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_ip_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
