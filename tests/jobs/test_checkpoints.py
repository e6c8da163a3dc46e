"""Checkpoints and their files."""

import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnpruner import atomic
from cnnpruner.atomic import remove_temporary_files, write_atomically
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.domain.tree.provenance import ReconstructionRecord, StartAccuracies, UnfittedLayer
from cnnpruner.errors import StorageFailed
from cnnpruner.jobs.checkpoints import Checkpoint, Checkpoints
from cnnpruner.jobs.starts import StartRecord
from cnnpruner.planning.intervals import accuracy_with_interval

START = StartRecord(
    "reconstructed",
    StartAccuracies(cut=accuracy_with_interval(0, 3), recalibrated=None, reconstructed=accuracy_with_interval(1, 3)),
    ReconstructionRecord(fitted=3, layers=4, unfitted=[UnfittedLayer(layer="a", reason="b")], images=9, places=2),
)


def checkpoint(epoch: int, best_epoch: int) -> Checkpoint:
    """A small checkpoint of `epoch`."""
    row = Epoch(
        epoch=epoch, train_loss=0.5, loss=0.4, accuracy=0.5, learning_rate=0.1, seconds=1.0, at=datetime.now(UTC)
    )
    predictions = Predictions(
        labels=np.array([0, 1]),
        predicted=np.array([0, 0]),
        top=np.array([[0, 1], [0, 1]]),
        probability=np.array([[0.9, 0.1], [0.8, 0.2]], dtype=np.float32),
        loss=0.4,
    )
    state = {"network": {"weight": torch.full((2, 3), float(epoch))}, "optimizer": {"state": {}, "param_groups": []}}
    return Checkpoint(row, 1, best_epoch, 1, state, predictions, START)


def names(folder: Path) -> list[str]:
    """The names of all files in `folder`."""
    return sorted(path.name for path in folder.iterdir())


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = checkpoint(3, 3)
    Checkpoints(tmp_path / "node-1", "job 1").save(written)
    read = Checkpoints(tmp_path / "node-1", "job 1").load(3)
    assert read is not None
    assert read.row == written.row
    assert read.start == START
    assert torch.equal(read.state["network"]["weight"], written.state["network"]["weight"])
    np.testing.assert_array_equal(read.predictions.probability, written.predictions.probability)
    assert names(tmp_path / "node-1") == ["epoch-3.pt"]


def test_only_the_last_and_the_best_checkpoint_stay(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, "job 1")
    for epoch in range(4):
        checkpoints.save(checkpoint(epoch, 1 if epoch else 0))
        checkpoints.remove_all_except(epoch, 1 if epoch else 0)
    assert names(tmp_path) == ["epoch-1.pt", "epoch-3.pt"]


@pytest.mark.parametrize(("committed_epoch_count", "expected"), [(2, 2), (3, 2), (1, None)])
def test_the_latest_checkpoint_is_at_most_one_epoch_ahead_of_the_rows(
    tmp_path: Path, committed_epoch_count: int, expected: int | None
) -> None:
    checkpoints = Checkpoints(tmp_path, "job 1")
    checkpoints.save(checkpoint(2, 2))
    latest = checkpoints.load_latest(committed_epoch_count)
    assert (latest.row.epoch if latest else None) == expected


def test_if_a_checkpoint_is_broken_the_best_one_is_used_then_none(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, "job 1")
    checkpoints.save(checkpoint(1, 1))
    checkpoints.save(checkpoint(3, 1))
    (tmp_path / "epoch-3.pt").write_bytes(b"half a file")
    latest = checkpoints.load_latest(4)
    assert latest is not None
    assert latest.row.epoch == 1
    (tmp_path / "epoch-1.pt").write_bytes(b"")
    assert checkpoints.load_latest(4) is None


def test_a_checkpoint_whose_best_epoch_is_missing_is_not_used(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, "job 1")
    checkpoints.save(checkpoint(3, 1))
    assert checkpoints.load_latest(4) is None


def test_checkpoints_of_another_job_are_not_used(tmp_path: Path) -> None:
    Checkpoints(tmp_path, "job 1 of a former database").save(checkpoint(0, 0))
    assert Checkpoints(tmp_path, "job 1").load_latest(0) is None


def test_temporary_files_of_a_killed_attempt_are_removed(tmp_path: Path) -> None:
    (tmp_path / "epoch-1.pt.77.tmp").write_bytes(b"half")
    (tmp_path / "weights.safetensors.78.tmp").write_bytes(b"half")
    (tmp_path / "weights.safetensors").write_bytes(b"whole")
    remove_temporary_files(tmp_path)
    assert names(tmp_path) == ["weights.safetensors"]


def test_a_failed_write_keeps_the_old_file_and_leaves_no_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "epoch-1.pt"
    path.write_bytes(b"old")

    def fail(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "_flush_to_disk", fail)
    with pytest.raises(StorageFailed, match=r"epoch-1\.pt could not be written .* \(No space left on device\)"):
        write_atomically(path, lambda temporary_path: temporary_path.write_bytes(b"new"))
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["epoch-1.pt"]


LIMITED = """
import resource, signal, sys
from pathlib import Path
from cnnpruner.errors import StorageFailed
from cnnpruner.jobs.checkpoints import Checkpoints
from tests.jobs.test_checkpoints import checkpoint
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    Checkpoints(Path(sys.argv[1]), "job 1").save(checkpoint(1, 1))
except StorageFailed as error:
    print(error.message)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on file sizes")
def test_a_full_disk_fails_with_a_message(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    process = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True, cwd=root
    )
    assert "epoch-1.pt could not be written" in process.stdout
    assert names(tmp_path) == []
