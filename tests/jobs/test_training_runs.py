"""Training epoch by epoch: a run that is killed anywhere ends with the numbers of an uninterrupted one."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from torch import nn

from cnnpruner.data.images.images import ImageSet, Normalize, TensorImages
from cnnpruner.data.sets.digits import load_digits
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.domain.tree.training import Training
from cnnpruner.engine.device import device_name
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.engine.training.batches import TrainData
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.threads import mean_layer_macs
from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.errors import JobCancelled, StorageFailed
from cnnpruner.jobs.images import ImageSplits
from cnnpruner.jobs.starts import StartRecord
from cnnpruner.jobs.training_runs import TeacherNetwork, TrainedNetwork, TrainingRun, TrainingRunSettings
from cnnpruner.planning.defaults import PLAIN_TRAINING_SETTINGS
from tests.jobs.contexts import FakeContext, Killed

EPOCHS = 5


class FewDigits:
    """300 digits in the train split, 100 in the selection split."""

    def __init__(self) -> None:
        self.device = torch.device("cpu")
        self.normalize = Normalize([0.3], [0.37])
        self._digits = load_digits()

    @property
    def train(self) -> TrainData:
        """The first 300."""
        return TrainData(self._digits, np.arange(300), self.normalize, self.device)

    @property
    def selection(self) -> tuple[ImageSet, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """The next 100."""
        return self._digits, np.arange(300, 400)


@pytest.fixture(scope="module")
def images() -> FewDigits:
    """The digits, read once."""
    return FewDigits()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks are faster on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def small_network() -> nn.Module:
    """Convolution, norm, dropout and linear: everything that has state or randomness."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Dropout(0.2), nn.Linear(216, 10)]
    return nn.Sequential(*layers)


def traced(network: nn.Module) -> Layers:
    """The layers of the network."""
    return trace_layers(network, torch.zeros(1, 1, 8, 8))


def training_options(early_stop: bool = False, learning_rate: float = 0.05) -> Training:
    """Options for five short epochs."""
    return Training(
        epochs=EPOCHS,
        learning_rate=learning_rate,
        batch_size=32,
        momentum=0.9,
        weight_decay=1e-4,
        schedule="one_cycle",
        augmentation="crop",
        early_stop=early_stop,
        amp=False,
        images=None,
        **PLAIN_TRAINING_SETTINGS,
    )


def train(
    images: FewDigits, context: FakeContext, parent_correct_count: int | None = None, teacher: nn.Module | None = None
) -> TrainedNetwork:
    """Run one attempt; with `parent_correct_count`, early stopping is on. With a teacher, the weights are averaged."""
    network = small_network()
    options = training_options(early_stop=parent_correct_count is not None)
    if teacher is not None:
        options = options.model_copy(update={"teacher": 9, "ema": 0.95, "warmup_epochs": 1, "gradient_clip": 1.0})
    settings = TrainingRunSettings(
        options, traced(network), 3, parent_correct_count, 0.1, 0.9, StartRecord("fresh"),
        None if teacher is None else TeacherNetwork(teacher, 4),
    )  # fmt: skip
    return TrainingRun(network, cast(ImageSplits, images), settings, context).run()


def numbers(rows: list[Epoch]) -> list[dict[str, object]]:
    """The values of the rows that must not depend on interruptions."""
    return [row.model_dump(exclude={"seconds", "at"}) for row in rows]


@pytest.fixture(scope="module")
def uninterrupted(images: FewDigits, tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainedNetwork, list[Epoch]]:
    """The run that all interrupted ones are compared with."""
    torch.set_num_threads(1)
    context = FakeContext(tmp_path_factory.mktemp("uninterrupted"))
    return train(images, context), context.rows


def test_the_result_is_the_best_epoch_and_the_rows_have_no_gap(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]]
) -> None:
    trained, rows = uninterrupted
    assert [row.epoch for row in rows] == list(range(EPOCHS + 1))
    accuracies = [row.accuracy for row in rows]
    assert trained.best_epoch == accuracies.index(max(accuracies))
    record, images_per_epoch = trained.record, len(images.train.indices)
    assert (record.start, record.seed, record.images_per_epoch) == ("fresh", 3, images_per_epoch)
    assert record.images_seen == EPOCHS * images_per_epoch and record.device == device_name(images.device)
    assert record.seconds == sum(row.seconds for row in rows) and not record.bfloat16
    trainer = Trainer(small_network(), images.train, training_options(), 3, mean_layer_macs(traced(small_network())))
    assert [row.train_loss for row in rows[1:]] == [trainer.epoch(number).train_loss for number in range(1, EPOCHS + 1)]
    logits = trained.network(images.normalize(images.selection[0].batch(torch.arange(300, 400), images.device)))
    np.testing.assert_array_equal(logits.argmax(1).numpy(), trained.predictions.predicted)


@pytest.mark.parametrize("kills", [(0,), (2,), (1, 3), (EPOCHS,)])
def test_a_run_killed_between_file_and_row_resumes_without_gap_or_repeat(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]], tmp_path: Path, kills: tuple[int, ...]
) -> None:
    rows: list[Epoch] = []
    for kill in kills:
        with pytest.raises(Killed):
            train(images, FakeContext(tmp_path, rows=rows, kill_before_row=kill))
        assert numbers(rows) == numbers(uninterrupted[1][: len(rows)])
    assert_same_end(train(images, FakeContext(tmp_path, rows=rows)), rows, uninterrupted)


def test_a_run_killed_twice_during_an_epoch_ends_with_the_same_numbers(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]], tmp_path: Path
) -> None:
    rows: list[Epoch] = []
    for finished in (2, 4):

        def is_mid_epoch(context: FakeContext, finished: int = finished) -> bool:
            return len(context.rows) == finished and len(context.progress_reports) % 7 == 6

        with pytest.raises(Killed):
            train(images, FakeContext(tmp_path, rows=rows, kill_at=is_mid_epoch))
        assert len(rows) == finished
    resumed = FakeContext(tmp_path, rows=rows)
    assert_same_end(train(images, resumed), rows, uninterrupted)
    assert resumed.progress_reports[0][1] == "epoch 4 of 5"


def test_a_run_with_teacher_and_average_that_is_killed_ends_with_the_same_numbers_and_weights(
    images: FewDigits, tmp_path: Path
) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(5)
    teacher = small_network()
    uninterrupted = FakeContext(tmp_path / "uninterrupted")
    expected = train(images, uninterrupted, teacher=teacher)
    rows: list[Epoch] = []
    for kill in (1, 3):
        with pytest.raises(Killed):
            train(images, FakeContext(tmp_path / "killed", rows=rows, kill_before_row=kill), teacher=teacher)
    trained = train(images, FakeContext(tmp_path / "killed", rows=rows), teacher=teacher)
    assert_same_end(trained, rows, (expected, uninterrupted.rows))
    assert trained.record.teacher_number == expected.record.teacher_number == 4
    logits = trained.network(images.normalize(images.selection[0].batch(torch.arange(300, 400), images.device)))
    np.testing.assert_array_equal(logits.argmax(1).numpy(), trained.predictions.predicted)


def test_without_readable_checkpoints_training_restarts_and_no_row_repeats(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]], tmp_path: Path
) -> None:
    rows: list[Epoch] = []
    with pytest.raises(Killed):
        train(images, FakeContext(tmp_path, rows=rows, kill_before_row=3))
    for path in tmp_path.iterdir():
        path.write_bytes(b"broken")
    assert_same_end(train(images, FakeContext(tmp_path, rows=rows)), rows, uninterrupted)


def assert_same_end(
    trained: TrainedNetwork, rows: list[Epoch], uninterrupted: tuple[TrainedNetwork, list[Epoch]]
) -> None:
    """Assert that rows, best epoch, weights and predictions equal those of the uninterrupted run."""
    expected, expected_rows = uninterrupted
    assert numbers(rows) == numbers(expected_rows)
    assert trained.best_epoch == expected.best_epoch
    assert trained.record.images_seen == expected.record.images_seen
    assert trained.record.seconds == sum(row.seconds for row in rows), "of all attempts"
    np.testing.assert_array_equal(trained.predictions.probability, expected.predictions.probability)
    for name, value in expected.network.state_dict().items():
        assert torch.equal(trained.network.state_dict()[name], value), name


def test_a_cancelled_run_stops_at_the_next_step(images: FewDigits, tmp_path: Path) -> None:
    context = FakeContext(tmp_path, cancelled=True)
    with pytest.raises(JobCancelled):
        train(images, context)
    assert context.rows == []


def test_early_stopping_ends_at_the_first_epoch_not_below_the_parent(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]], tmp_path: Path
) -> None:
    parent_correct_count = round(uninterrupted[1][3].accuracy * 100)
    first = next(row.epoch for row in uninterrupted[1] if round(row.accuracy * 100) >= parent_correct_count)
    context = FakeContext(tmp_path)
    trained = train(images, context, parent_correct_count)
    assert [row.epoch for row in context.rows] == list(range(first + 1))
    assert trained.record.images_seen == first * len(images.train.indices)


class PerfectBeforeTraining(FewDigits):
    """Selection labels are the untrained network's own predictions, so that no training can improve it."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        images, indices = super().selection
        predicted = predict(network, images, indices, self.normalize).predicted
        pixels = images.batch(torch.from_numpy(indices), self.device)
        self._relabeled = TensorImages(pixels, torch.from_numpy(predicted))

    @property
    def selection(self) -> tuple[ImageSet, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """The relabeled images."""
        return self._relabeled, np.arange(len(self._relabeled))


def test_epoch_0_is_the_best_if_training_only_makes_it_worse(tmp_path: Path) -> None:
    network = small_network().eval()
    images, context = PerfectBeforeTraining(network), FakeContext(tmp_path)
    settings = TrainingRunSettings(training_options(), traced(network), 3, None, 0.0, 1.0, StartRecord("fresh"))
    trained = TrainingRun(network, cast(ImageSplits, images), settings, context).run()
    assert context.rows[0].accuracy == 1 and trained.best_epoch == 0
    for name, value in network.state_dict().items():
        assert torch.equal(trained.network.state_dict()[name], value), name


def test_the_earliest_of_equal_epochs_is_the_best(images: FewDigits, tmp_path: Path) -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    settings = TrainingRunSettings(
        training_options(learning_rate=1e-12), traced(network), 3, None, 0.0, 1.0, StartRecord("fresh")
    )
    context = FakeContext(tmp_path)
    trained = TrainingRun(network, cast(ImageSplits, images), settings, context).run()
    assert len({row.accuracy for row in context.rows}) == 1
    assert trained.best_epoch == 0


def test_a_full_disk_fails_with_a_message_and_keeps_finished_epochs(
    images: FewDigits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = FakeContext(tmp_path)
    write, written = Path.write_bytes, []

    def until_full(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) > 2:
            write(path, data[:100])
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", until_full)
    with pytest.raises(StorageFailed, match="No space left on device"):
        train(images, context)
    assert [row.epoch for row in context.rows] == [0, 1]
    assert not list(tmp_path.glob("*.tmp"))


def test_the_time_left_is_reported_after_the_first_epoch(images: FewDigits, tmp_path: Path) -> None:
    context = FakeContext(tmp_path)
    train(images, context)
    assert all(
        eta is None for _, message, eta in context.progress_reports if message.startswith(("evaluating", "epoch 1 "))
    )
    last = [eta for _, message, eta in context.progress_reports if message == "epoch 5 of 5"]
    assert all(eta is not None for eta in last)
    shares = [share for share, _, _ in context.progress_reports]
    assert shares == sorted(shares)
    assert 0.1 <= shares[0] <= shares[-1] <= 0.9 + 1e-9
