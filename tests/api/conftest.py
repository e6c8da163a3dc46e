"""The API in this process, over a real store, and with a runner that runs nothing or one that runs jobs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.config import Config
from cnnpruner.domain.jobs import Queue
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.runners.base import WorkerStatus
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.api.inline_runner import InlineRunner
from tests.digits_node import add_ready_root


class IdleRunner:
    """Runs nothing, so that jobs stay in the state that the test gives them."""

    name = "idle"
    device: str | None = None

    def start(self) -> None: ...

    def wake(self, queue: Queue) -> None: ...

    def cancel(self, queue: Queue, job_id: int) -> None: ...

    def stop(self) -> None: ...

    def status(self) -> dict[Queue, WorkerStatus]:
        """There are no queues."""
        return {}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace."""
    database = f"sqlite:///{tmp_path / 'experiments.db'}"
    config = Config(database, tmp_path / "models", (tmp_path,), "127.0.0.1", 0, False, False)
    store = open_store(config.database, config.models)
    yield Workspace(config, store, IdleRunner(), Broadcast(store))
    store.close()


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    """The API over the empty workspace."""
    with TestClient(create_app(workspace), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def root(workspace: Workspace) -> Node:
    """A ready node of the demo's network, without scores."""
    return workspace.store.nodes.get(add_ready_root(workspace.store))


@pytest.fixture
def server(workspace: Workspace, root: Node) -> Iterator[TestClient]:
    """The API over `root`, with a worker that runs jobs at once."""
    app = create_app(replace(workspace, runner=InlineRunner(workspace.store)))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client
