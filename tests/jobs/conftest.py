"""What a worker has when a job begins."""

import pytest
import torch

from cnnpruner.jobs.cache import Warm


@pytest.fixture(scope="module")
def warm() -> Warm:
    """What the worker keeps."""
    return Warm(torch.device("cpu"))
