"""The server that a bundle comes from, and the server that opens it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.bundles.servers import Server, grow
from tests.trees import make_small_tree


@pytest.fixture(scope="package")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a tree of three nodes, shared by all tests."""
    server = Server(tmp_path_factory.mktemp("there") / "server")
    grow(server)
    yield server
    server.store.close()


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Server]:
    """Another server, whose ids are already further ahead."""
    server = Server(tmp_path / "server")
    make_small_tree(server.store)
    make_small_tree(server.store)
    yield server
    server.store.close()
