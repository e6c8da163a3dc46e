"""Fixtures for tests of job functions."""

import pytest
import torch

from cnnpruner.jobs.cache import WorkerCache
from tests.jobs.trained_root import TrainedRoot, train_root


@pytest.fixture(scope="module")
def cache() -> WorkerCache:
    """A worker cache, shared by the tests of a module."""
    return WorkerCache(torch.device("cpu"))


@pytest.fixture(scope="module")
def trained(cache: WorkerCache, tmp_path_factory: pytest.TempPathFactory) -> TrainedRoot:
    """A root after three epochs."""
    return train_root(tmp_path_factory.mktemp("models"), cache)
