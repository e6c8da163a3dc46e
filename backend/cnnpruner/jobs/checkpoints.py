"""Checkpoints of a training run: one file per finished epoch. Only the files of the last epoch and of the best epoch
are kept.

A file contains everything that is needed to resume training after this epoch, and the values of the epoch's database
row. If a job is killed after the file was written but before the row was committed, the next attempt commits the row
instead of repeating the epoch.
"""

import io
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from cnnpruner.atomic import remove_temporary_files, write_atomically
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.domain.tree.provenance import ReconstructionRecord, StartAccuracies
from cnnpruner.jobs.starts import StartRecord

log = logging.getLogger(__name__)

_PREDICTION_ARRAYS = ("labels", "predicted", "top", "probability")


@dataclass(frozen=True)
class Checkpoint:
    """The state of a training run after an epoch."""

    row: Epoch
    correct: int
    """Number of selection images that were classified correctly after this epoch."""
    best_epoch: int
    """The epoch with the most correctly classified selection images so far; in case of a tie, the earliest of them."""
    best_correct_count: int
    state: dict[str, Any]
    """Weights, averaged weights and optimizer state, as `Trainer.state` returns them."""
    predictions: Predictions
    """Predictions for the selection images after this epoch."""
    start: StartRecord
    """Which weights training started from, and how they were chosen."""


class Checkpoints:
    """The checkpoints of one job, in the folder of the node that the job creates. Files from an earlier database have
    another `key` and are ignored.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        self._key = key

    def save(self, checkpoint: Checkpoint) -> None:
        """Write the checkpoint atomically. Raises StorageFailed."""
        # Packed in memory first: torch hides the system's error (no space left) behind its own.
        data = _pack_checkpoint(checkpoint, self._key)
        write_atomically(self._checkpoint_path(checkpoint.row.epoch), lambda path: path.write_bytes(data))

    def load_latest(self, committed_epoch_count: int) -> Checkpoint | None:
        """Return the newest readable checkpoint that matches the number of committed rows, or None if training must
        start from epoch 0.

        A checkpoint that is one epoch ahead of the rows also matches, because a process may die after writing the file
        but before committing the row.
        """
        remove_temporary_files(self._folder)
        for epoch in sorted(self._saved_epochs(), reverse=True):
            checkpoint = self.load(epoch) if epoch <= committed_epoch_count else None
            if checkpoint is not None and self._has_best_checkpoint(checkpoint):
                return checkpoint
        return None

    def load(self, epoch: int) -> Checkpoint | None:
        """Return the checkpoint of `epoch`; None if it is missing, cannot be read, or belongs to another job."""
        try:
            content = torch.load(self._checkpoint_path(epoch), map_location="cpu", weights_only=True)
            return _unpack_checkpoint(content) if content["key"] == self._key else None
        except FileNotFoundError:
            return None
        except Exception:
            log.exception("checkpoint of epoch %d in %s cannot be read; continuing without it", epoch, self._folder)
            return None

    def remove_all_except(self, *epochs: int) -> None:
        """Remove all checkpoints except those of the given epochs."""
        for epoch in set(self._saved_epochs()) - set(epochs):
            self._checkpoint_path(epoch).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all checkpoints and partially written files."""
        self.remove_all_except()
        remove_temporary_files(self._folder)

    def _has_best_checkpoint(self, checkpoint: Checkpoint) -> bool:
        return checkpoint.best_epoch == checkpoint.row.epoch or self.load(checkpoint.best_epoch) is not None

    def _checkpoint_path(self, epoch: int) -> Path:
        return self._folder / f"epoch-{epoch}.pt"

    def _saved_epochs(self) -> list[int]:
        names = (path.stem.removeprefix("epoch-") for path in self._folder.glob("epoch-*.pt"))
        return [int(name) for name in names if name.isdigit()]


def _pack_checkpoint(checkpoint: Checkpoint, key: str) -> bytes:
    predictions = checkpoint.predictions
    content = {
        "key": key,
        "row": checkpoint.row.model_dump_json(),
        "correct": checkpoint.correct,
        "best": [checkpoint.best_epoch, checkpoint.best_correct_count],
        "state": checkpoint.state,
        "predictions": {name: torch.from_numpy(getattr(predictions, name)) for name in _PREDICTION_ARRAYS},
        "loss": predictions.loss,
        "start": _pack_start_record(checkpoint.start),
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def _unpack_checkpoint(content: dict[str, Any]) -> Checkpoint:
    arrays = {name: content["predictions"][name].numpy() for name in _PREDICTION_ARRAYS}
    best_epoch, best_correct_count = content["best"]
    return Checkpoint(
        row=Epoch.model_validate_json(content["row"]),
        correct=content["correct"],
        best_epoch=best_epoch,
        best_correct_count=best_correct_count,
        state=content["state"],
        predictions=Predictions(**arrays, loss=content["loss"]),
        start=_unpack_start_record(content["start"]),
    )


def _pack_start_record(start: StartRecord) -> list[Any]:
    values = (start.accuracies, start.reconstruction)
    return [start.weights, *(None if value is None else value.model_dump_json() for value in values)]


def _unpack_start_record(content: list[Any]) -> StartRecord:
    weights, accuracies, reconstruction = content
    return StartRecord(
        weights,
        None if accuracies is None else StartAccuracies.model_validate_json(accuracies),
        None if reconstruction is None else ReconstructionRecord.model_validate_json(reconstruction),
    )
