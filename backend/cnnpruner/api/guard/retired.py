"""Answers calls from earlier versions: renamed paths return status 410, and old clients are told to upgrade."""

import re

from starlette.requests import Request

from cnnpruner import __version__
from cnnpruner.errors import Gone, UpgradeRequired

RENAMED_PATHS = (
    (re.compile(r"^/api/(|nodes/[^/]+/|experiments/[^/]+/)walks(?=/|$)"), r"/api/\1autopilots", "0.2.0"),
    (re.compile(r"^/api/nodes/([^/]+)/latency$"), r"/api/nodes/\1/latencies", "0.2.0"),
)
"""For each renamed path: a pattern of the old path, its replacement, and the version that renamed the path."""

CLIENT_VERSION_HEADER = "cnnpruner-client"
"""Header in which the Python client of 0.2.0 and later sends its version."""


def reject_renamed_path(request: Request) -> None:
    """Raises Gone, with the new path, if the request uses a path that has been renamed since an earlier version."""
    path = request.scope["path"]
    for pattern, replacement, version in RENAMED_PATHS:
        new = pattern.sub(replacement, path)
        if new != path:
            raise Gone(f"{path} was renamed in version {version}; use {new} instead.", path=new)


def reject_outdated_client(request: Request) -> None:
    """Raises UpgradeRequired for the Python client of 0.1.0, which cannot read the responses of this version.

    Its headers identify it: urllib's default User-Agent, `Accept` with JSON, and no version header.
    """
    headers = request.headers
    is_urllib_client = headers.get("user-agent", "").startswith("Python-urllib/")
    if is_urllib_client and headers.get("accept") == "application/json" and CLIENT_VERSION_HEADER not in headers:
        raise UpgradeRequired(
            f"The Python client of CNNPruner 0.1.0 cannot read the responses of this server: install cnnpruner "
            f"{__version__} where your notebook runs. If you use another program, let it send its own User-Agent "
            "header.",
            version=__version__,
        )
