"""The API in process, over a real store and a runner without workers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.config import Config
from cnnpruner.domain.jobs import Lane
from cnnpruner.runners.base import LaneStatus
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store


class IdleRunner:
    """Runs nothing, so that jobs stay where the test puts them."""

    name = "idle"
    device: str | None = None

    def start(self) -> None: ...

    def wake(self, lane: Lane) -> None: ...

    def cancel(self, lane: Lane, job_id: int) -> None: ...

    def stop(self) -> None: ...

    def status(self) -> dict[Lane, LaneStatus]:
        """No lanes."""
        return {}


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace."""
    database = f"sqlite:///{tmp_path / 'experiments.db'}"
    config = Config(database, tmp_path / "models", (tmp_path,), "127.0.0.1", 0, False, False)
    store = open_store(config.database, config.models)
    yield Workspace(config, store, IdleRunner(), Broadcast(store))
    store.close()


@pytest.fixture
def client(work: Workspace) -> Iterator[TestClient]:
    """The API over it."""
    with TestClient(create_app(work), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client
