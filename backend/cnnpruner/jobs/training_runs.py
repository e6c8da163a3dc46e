"""Training epoch by epoch, each on disk before it counts, taken up again after the last one that is."""

import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import torch
from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.experiments import Training
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.threads import mean_layer_macs
from cnnpruner.engine.training.trainer import EpochStats, Trainer
from cnnpruner.jobs.checkpoints import Checkpoint, Checkpoints
from cnnpruner.jobs.context import Context
from cnnpruner.jobs.images import SplitImages

TRAINING_SHARE = 0.85
"""Of an epoch's time; the rest is evaluation. Only the progress bar rests on it."""


@dataclass(frozen=True)
class TrainingRun:
    """How to train, and in which part of the whole job's progress."""

    training: Training
    layers: Layers
    """Of the network that is trained."""
    seed: int
    enough: int | None
    """Early stop: right selection images at which training ends (the parent's); None for a root."""
    low: float
    high: float


@dataclass(frozen=True)
class Tuned:
    """The network as it was after its best epoch."""

    network: nn.Module
    best_epoch: int
    predictions: Predictions


class Tuning:
    """One training of `network`, which stays as it is; see `run`."""

    def __init__(self, network: nn.Module, images: SplitImages, training_run: TrainingRun, context: Context) -> None:
        macs = mean_layer_macs(training_run.layers)
        self._trainer = Trainer(network, images.train, training_run.training, training_run.seed, macs)
        self._images = images
        self._training_run = training_run
        self._context = context
        self._checkpoints = Checkpoints(context.folder, context.key)
        self._rows = {row.epoch: row for row in context.finished_epochs}

    def run(self) -> Tuned:
        """Train to the end and go back to the best epoch: most right selection images, the earliest of equals.

        Epoch 0, before any training, counts. Checkpoints stay until the caller has the weights on disk.
        Raises JobCancelled, StorageFailed, TrainingDiverged.
        """
        last = self._resume() or self._finish_epoch(0, None, None, time.monotonic())
        for epoch in range(last.row.epoch + 1, self._training_run.training.epochs + 1):
            if self._is_enough(last):
                break
            started = time.monotonic()
            stats = self._trainer.epoch(epoch, partial(self._on_training, epoch))
            last = self._finish_epoch(epoch, stats, last, started)
        return self._best(last)

    def _resume(self) -> Checkpoint | None:
        """Go on after the newest checkpoint; the row that its process could not commit any more is committed now.

        Where no checkpoint can be read, training starts again from epoch 0, and rows that are there stay as they are:
        on the CPU the epochs come out equal.
        """
        last = self._checkpoints.latest(finished=len(self._rows))
        if last is None:
            return None
        self._trainer.load_state(last.state)
        self._commit(last)
        return last

    def _finish_epoch(
        self, epoch: int, stats: EpochStats | None, before: Checkpoint | None, started: float
    ) -> Checkpoint:
        progress = partial(self._on_evaluation, epoch)
        found = predict(self._trainer.network, *self._images.selection, self._images.normalize, progress)
        row = Epoch(
            epoch=epoch,
            train_loss=stats.train_loss if stats else None,
            loss=found.loss,
            accuracy=found.accuracy,
            learning_rate=stats.learning_rate if stats else None,
            seconds=time.monotonic() - started,
            at=datetime.now(UTC),
        )
        checkpoint = _better_of(before, row, found, self._trainer)
        self._context.check()
        self._checkpoints.save(checkpoint)
        self._commit(checkpoint)
        return checkpoint

    def _commit(self, checkpoint: Checkpoint) -> None:
        """The row after the file: an epoch whose row is there can always be gone on from."""
        row = checkpoint.row
        if row.epoch not in self._rows:
            self._context.epoch(row)
            self._rows[row.epoch] = row
        self._checkpoints.keep_only(row.epoch, checkpoint.best_epoch)

    def _best(self, last: Checkpoint) -> Tuned:
        best = last if last.best_epoch == last.row.epoch else self._checkpoints.load(last.best_epoch)
        assert best is not None, "the best checkpoint is kept until the weights are written"
        self._trainer.load_state(best.state)
        # Training may have put the weights into another memory format; times and scores are those of the plain one.
        network = self._trainer.network.to(memory_format=torch.contiguous_format)
        return Tuned(network.eval(), best.row.epoch, best.predictions)

    def _is_enough(self, last: Checkpoint) -> bool:
        enough = self._training_run.enough
        return self._training_run.training.early_stop and enough is not None and last.correct >= enough

    def _on_training(self, epoch: int, done: float, _: str) -> None:
        self._on_progress(epoch, TRAINING_SHARE * done)

    def _on_evaluation(self, epoch: int, done: float, _: str) -> None:
        self._on_progress(epoch, TRAINING_SHARE + (1 - TRAINING_SHARE) * done)

    def _on_progress(self, epoch: int, done: float) -> None:
        """`done`: share of the epoch, 0-1."""
        self._context.check()
        training_run, epochs = self._training_run, self._training_run.training.epochs
        passed = (max(epoch - 1, 0) + (done if epoch else 0.0)) / max(epochs, 1)
        message = f"epoch {epoch} of {epochs}" if epoch else "evaluating before training"
        self._context.progress(
            training_run.low + (training_run.high - training_run.low) * passed, message, self._eta_s(passed)
        )

    def _eta_s(self, passed: float) -> float | None:
        """Seconds left by the median of the epochs so far, with the part of the job that comes after training."""
        seconds = [row.seconds for epoch, row in self._rows.items() if epoch > 0]
        if not seconds:
            return None
        training_s = statistics.median(seconds) * self._training_run.training.epochs
        return training_s * ((1 - passed) + (1 - self._training_run.high))


def _better_of(before: Checkpoint | None, row: Epoch, found: Predictions, trainer: Trainer) -> Checkpoint:
    """The checkpoint of this epoch, which knows the best epoch so far."""
    best_epoch, best_correct = row.epoch, found.correct
    if before is not None and before.best_correct >= found.correct:
        best_epoch, best_correct = before.best_epoch, before.best_correct
    return Checkpoint(row, found.correct, best_epoch, best_correct, trainer.state(), found)
