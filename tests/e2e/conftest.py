"""Shared servers: one with the demo for all tests that only add nodes to its tree, and an empty one per test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.demo_tree import DemoTree, grow_tree
from tests.e2e.server import Server


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a trained demo and one empty data folder."""
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
    """A server without the demo, not started yet."""
    server = Server(tmp_path, demo=False)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def demo_tree(demo: Server) -> DemoTree:
    """The demo with a pruned branch."""
    return grow_tree(demo)
