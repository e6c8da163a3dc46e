"""What a worker has when a job begins."""

import pytest
import torch

from cnnpruner.jobs.cache import WorkerCache


@pytest.fixture(scope="module")
def cache() -> WorkerCache:
    """What the worker keeps."""
    return WorkerCache(torch.device("cpu"))
