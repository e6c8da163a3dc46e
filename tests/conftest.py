"""Fixtures for all tests."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before torch is loaded: threads that wait by spinning starve each other on busy cores (see cnnpruner/worker.py).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with CIFAR-10 (`cifar10/`) and trained networks (`checkpoints/`), or a skip."""
    folder = Path(os.environ.get("CNNPRUNER_TEST_DATA") or REPOSITORY.parent / "shared" / "data")
    if not all((folder / part).is_dir() for part in ("cifar10", "checkpoints")):
        pytest.skip(f"needs real data in {folder} (or the folder that CNNPRUNER_TEST_DATA names)")
    return folder


@pytest.fixture(autouse=True)
def _same_import_path() -> Iterator[None]:
    """A network's file that a test loads may add its folder; the next test must not see that."""
    before = list(sys.path)
    yield
    sys.path[:] = before
