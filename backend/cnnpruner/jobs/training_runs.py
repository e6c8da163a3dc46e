"""Trains a network epoch by epoch, with a checkpoint after each epoch. A run that was killed resumes after its last
checkpoint.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import torch
from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.domain.tree.provenance import TrainingRecord
from cnnpruner.domain.tree.training import Training
from cnnpruner.engine.device import device_name
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.threads import mean_layer_macs
from cnnpruner.engine.training.trainer import EpochStats, Trainer
from cnnpruner.jobs.checkpoints import Checkpoint, Checkpoints
from cnnpruner.jobs.context import Context
from cnnpruner.jobs.images import ImageSplits
from cnnpruner.jobs.starts import StartRecord

START_PROGRESS_SHARE = 0.1
"""Share of a training run's progress that is reserved for making the network from which training starts."""
TRAINING_TIME_SHARE = 0.85
"""Share of an epoch's duration that is spent on training; the rest is evaluation. This only affects the progress bar.
"""


@dataclass(frozen=True)
class TeacherNetwork:
    """A trained network whose predictions serve as targets, and the number of its node."""

    network: nn.Module
    number: int


@dataclass(frozen=True)
class TrainingRunSettings:
    """How to train, and which range of the job's progress the training covers."""

    training: Training
    layers: Layers
    """Structure of the network that is trained."""
    seed: int
    parent_correct_count: int | None
    """Number of selection images that the parent classifies correctly. With early stopping, training ends as soon as
    this number is reached. None for a root.
    """
    progress_before_training: float
    progress_after_training: float
    start: StartRecord
    """Which weights the network has before training. This is stored in the training record."""
    teacher: TeacherNetwork | None = None
    make_start_network: Callable[[Progress], tuple[nn.Module, StartRecord]] | None = None
    """Function that makes a different network to start from, and the record that replaces `start`. It is not called
    again when a run is resumed.
    """


@dataclass(frozen=True)
class TrainedNetwork:
    """The network as it was after its best epoch."""

    network: nn.Module
    best_epoch: int
    predictions: Predictions
    record: TrainingRecord
    """Record of how the network was trained, including earlier attempts at the job."""


class TrainingRun:
    """One training run. It trains a copy of `network`, which is itself left unchanged."""

    def __init__(
        self, network: nn.Module, images: ImageSplits, settings: TrainingRunSettings, context: Context
    ) -> None:
        macs = mean_layer_macs(settings.layers)
        teacher = None if settings.teacher is None else settings.teacher.network
        self._trainer = Trainer(network, images.train, settings.training, settings.seed, macs, teacher)
        self._network = network
        self._images = images
        self._settings = settings
        self._context = context
        self._checkpoints = Checkpoints(context.folder, context.key)
        self._rows = {row.epoch: row for row in context.finished_epochs}
        self._start = settings.start

    def run(self) -> TrainedNetwork:
        """Train to the end, and return the network after the epoch with the most correctly classified selection images
        (in case of a tie, the earliest).

        Epoch 0, before any training, counts too. Checkpoints are not deleted here, because the caller must first write
        the weights. Raises JobCancelled, StorageFailed or TrainingDiverged.
        """
        last_checkpoint = self._resume_from_checkpoint() or self._evaluate_before_training()
        for epoch in range(last_checkpoint.row.epoch + 1, self._settings.training.epochs + 1):
            if self._should_stop_early(last_checkpoint):
                break
            start_time = time.monotonic()
            epoch_stats = self._trainer.epoch(epoch, partial(self._report_training_progress, epoch))
            last_checkpoint = self._finish_epoch(epoch, epoch_stats, last_checkpoint, start_time, self._trainer.network)
        return self._load_best_network(last_checkpoint)

    def _resume_from_checkpoint(self) -> Checkpoint | None:
        """Load the newest checkpoint, and return it. If the process that wrote it died before committing the
        checkpoint's row, commit the row.

        Return None if no checkpoint can be read; training then restarts from epoch 0. Existing rows are left unchanged,
        because on the CPU, repeated epochs give the same results.
        """
        last_checkpoint = self._checkpoints.load_latest(committed_epoch_count=len(self._rows))
        if last_checkpoint is None:
            return None
        self._trainer.load_state(last_checkpoint.state)
        self._start = last_checkpoint.start
        self._commit_epoch_row(last_checkpoint)
        return last_checkpoint

    def _evaluate_before_training(self) -> Checkpoint:
        """Load the weights from which training starts, and evaluate them as epoch 0."""
        start_time = time.monotonic()
        network = self._network
        if self._settings.make_start_network is not None:
            network, self._start = self._settings.make_start_network(self._report_progress_before_training)
            self._trainer.load_initial_weights(network)
        return self._finish_epoch(0, None, None, start_time, network)

    def _finish_epoch(
        self,
        epoch: int,
        epoch_stats: EpochStats | None,
        previous_checkpoint: Checkpoint | None,
        start_time: float,
        network: nn.Module,
    ) -> Checkpoint:
        """Evaluate `network` after `epoch`, and save a checkpoint. At epoch 0, `network` must not be the trainer's
        copy, because the memory format of this copy may cause rounding errors that differ from those of a preview.
        """
        progress = partial(self._report_evaluation_progress, epoch)
        predictions = predict(network, *self._images.selection, self._images.normalize, progress)
        row = Epoch(
            epoch=epoch,
            train_loss=epoch_stats.train_loss if epoch_stats else None,
            loss=predictions.loss,
            accuracy=predictions.accuracy,
            learning_rate=epoch_stats.learning_rate if epoch_stats else None,
            seconds=time.monotonic() - start_time,
            at=datetime.now(UTC),
        )
        checkpoint = _make_checkpoint(previous_checkpoint, row, predictions, self._trainer, self._start)
        self._context.raise_if_cancelled()
        self._checkpoints.save(checkpoint)
        self._commit_epoch_row(checkpoint)
        return checkpoint

    def _commit_epoch_row(self, checkpoint: Checkpoint) -> None:
        """Commit the checkpoint's row, and remove checkpoints that are no longer needed. The checkpoint must already be
        on disk, so that training can be resumed after every committed epoch.
        """
        row = checkpoint.row
        if row.epoch not in self._rows:
            self._context.commit_epoch(row)
            self._rows[row.epoch] = row
        self._checkpoints.remove_all_except(row.epoch, checkpoint.best_epoch)

    def _load_best_network(self, last_checkpoint: Checkpoint) -> TrainedNetwork:
        best = (
            last_checkpoint
            if last_checkpoint.best_epoch == last_checkpoint.row.epoch
            else self._checkpoints.load(last_checkpoint.best_epoch)
        )
        assert best is not None, "the best checkpoint must exist until the weights are written"
        self._trainer.load_state(best.state)
        # Training may have changed the memory format; latency and scores are measured in the contiguous one.
        network = self._trainer.network.to(memory_format=torch.contiguous_format)
        return TrainedNetwork(
            network.eval(), best.row.epoch, best.predictions, self._make_training_record(last_checkpoint.row.epoch)
        )

    def _make_training_record(self, epochs: int) -> TrainingRecord:
        """Return the record of how the network was trained. epochs: number of finished epochs."""
        images_per_epoch = self._trainer.images_per_epoch if self._settings.training.epochs else 0
        return TrainingRecord(
            start=self._start.weights,
            start_accuracies=self._start.accuracies,
            reconstruction=self._start.reconstruction,
            seed=self._settings.seed,
            images_per_epoch=images_per_epoch,
            images_seen=epochs * images_per_epoch,
            seconds=sum(row.seconds for row in self._rows.values()),
            step_seconds_per_image=None,
            device=device_name(self._images.device),
            bfloat16=self._trainer.uses_bfloat16 and epochs > 0,
            teacher_number=None if self._settings.teacher is None else self._settings.teacher.number,
        )

    def _should_stop_early(self, last_checkpoint: Checkpoint) -> bool:
        required_correct_count = self._settings.parent_correct_count
        return (
            self._settings.training.early_stop
            and required_correct_count is not None
            and last_checkpoint.correct >= required_correct_count
        )

    def _report_progress_before_training(self, done: float, text: str) -> None:
        self._context.raise_if_cancelled()
        settings = self._settings
        share = START_PROGRESS_SHARE * done * (settings.progress_after_training - settings.progress_before_training)
        self._context.report_progress(settings.progress_before_training + share, f"before training: {text}", None)

    def _report_training_progress(self, epoch: int, done: float, _: str) -> None:
        self._report_epoch_progress(epoch, TRAINING_TIME_SHARE * done)

    def _report_evaluation_progress(self, epoch: int, done: float, _: str) -> None:
        self._report_epoch_progress(epoch, TRAINING_TIME_SHARE + (1 - TRAINING_TIME_SHARE) * done)

    def _report_epoch_progress(self, epoch: int, done: float) -> None:
        """Report the progress within an epoch. done: share of the epoch that is finished, 0-1."""
        self._context.raise_if_cancelled()
        settings, epochs = self._settings, self._settings.training.epochs
        training_progress = (max(epoch - 1, 0) + (done if epoch else 0.0)) / max(epochs, 1)
        start_progress_share = 0.0 if settings.make_start_network is None else START_PROGRESS_SHARE
        fraction = start_progress_share + (1 - start_progress_share) * training_progress
        message = f"epoch {epoch} of {epochs}" if epoch else "evaluating before training"
        self._context.report_progress(
            settings.progress_before_training
            + (settings.progress_after_training - settings.progress_before_training) * fraction,
            message,
            self._estimate_seconds_left(training_progress),
        )

    def _estimate_seconds_left(self, training_progress: float) -> float | None:
        """Return the estimated number of seconds left in the job, based on the median duration of the epochs so far;
        None before the end of the first epoch.
        """
        seconds = [row.seconds for epoch, row in self._rows.items() if epoch > 0]
        if not seconds:
            return None
        total_training_s = statistics.median(seconds) * self._settings.training.epochs
        return total_training_s * ((1 - training_progress) + (1 - self._settings.progress_after_training))


def _make_checkpoint(
    previous_checkpoint: Checkpoint | None, row: Epoch, predictions: Predictions, trainer: Trainer, start: StartRecord
) -> Checkpoint:
    """Return the checkpoint of this epoch, which also says which epoch is the best so far."""
    best_epoch, best_correct_count = row.epoch, predictions.correct
    if previous_checkpoint is not None and previous_checkpoint.best_correct_count >= predictions.correct:
        best_epoch, best_correct_count = previous_checkpoint.best_epoch, previous_checkpoint.best_correct_count
    return Checkpoint(row, predictions.correct, best_epoch, best_correct_count, trainer.state(), predictions, start)
