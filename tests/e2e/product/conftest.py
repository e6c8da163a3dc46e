"""Servers for tests that use the product from its first start."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.server import Server


@pytest.fixture
def fresh_demo(tmp_path: Path) -> Iterator[Server]:
    """A server with an unpruned demo."""
    server = Server(tmp_path).start()
    try:
        server.ready(server.demo_root(), timeout_s=400)
        yield server
    finally:
        server.stop()
