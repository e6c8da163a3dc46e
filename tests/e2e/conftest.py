"""One server with the demo for all autopilots that only add to its tree."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.grown import GrownTree, grow
from tests.e2e.server import Server


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose demo is trained; its one data folder is empty."""
    server = Server(tmp_path_factory.mktemp("demo"), data=(tmp_path_factory.mktemp("data"),)).start()
    try:
        server.ready(server.demo_root(), timeout_s=400)
        yield server
    finally:
        server.stop()


@pytest.fixture
def root(demo: Server) -> dict[str, Any]:
    """The demo's root node."""
    node: dict[str, Any] = demo.call("GET", f"/nodes/{demo.demo_root()}")
    return node


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Server]:
    """A server of its own, not started, without the demo."""
    server = Server(tmp_path, demo=False)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def grown(demo: Server) -> GrownTree:
    """The demo after a round."""
    return grow(demo)
