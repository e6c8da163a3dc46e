"""Fixtures for all tests."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before torch is imported: threads that spin while they wait starve each other on busy cores (worker/__main__.py).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with CIFAR-10 (`cifar10/`) and trained networks (`checkpoints/`); skips the test if it is missing."""
    folder = Path(os.environ.get("CNNPRUNER_TEST_DATA") or REPOSITORY.parent / "shared" / "data")
    if not all((folder / name).is_dir() for name in ("cifar10", "checkpoints")):
        pytest.skip(f"needs real data in {folder} (or in the folder given by CNNPRUNER_TEST_DATA)")
    return folder


@pytest.fixture(autouse=True)
def _same_import_path() -> Iterator[None]:
    """Restores the import path, to which loading a network's file may add its folder."""
    before = list(sys.path)
    yield
    sys.path[:] = before
