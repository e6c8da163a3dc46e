"""Fixtures for tests of job functions."""

import pytest
import torch

from cnnpruner.jobs.cache import WorkerCache


@pytest.fixture(scope="module")
def cache() -> WorkerCache:
    """A worker cache, shared by the tests of a module."""
    return WorkerCache(torch.device("cpu"))
