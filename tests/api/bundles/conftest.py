"""The server that a bundle leaves, and the one where it comes in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.bundles.servers import Server, grow
from tests.trees import make_small_tree


@pytest.fixture(scope="package")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a tree of three nodes, the same for all tests."""
    server = Server(tmp_path_factory.mktemp("there") / "server")
    grow(server)
    yield server
    server.store.close()


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Server]:
    """Another server, whose ids are ahead, as they are on one that was used."""
    server = Server(tmp_path / "server")
    make_small_tree(server.store)
    make_small_tree(server.store)
    yield server
    server.store.close()
