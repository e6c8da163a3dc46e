"""A store in a real SQLite file, and an experiment in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnpruner.store import Store, open_store
from tests.values import EXPERIMENT_CHECK, checked_experiment, experiment_value


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = open_store(f"sqlite:///{tmp_path / 'experiments.db'}", tmp_path / "models")
    yield store
    store.close()


@pytest.fixture
def experiment_id(store: Store) -> int:
    """An experiment without nodes."""
    job = store.jobs.add(EXPERIMENT_CHECK)
    store.experiments.store_check_result(job.id, checked_experiment())
    return store.experiments.add(experiment_value(), job.id)
