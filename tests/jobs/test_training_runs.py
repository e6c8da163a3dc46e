"""Training epoch by epoch: killed anywhere, it ends with the numbers of one that was never stopped."""

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
from cnnpruner.domain.tree.experiments import Training
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.engine.training.batches import TrainData
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.threads import mean_layer_macs
from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.errors import JobCancelled, StorageFailed
from cnnpruner.jobs.images import SplitImages
from cnnpruner.jobs.training_runs import TrainedNetwork, TrainingRun, TrainingRunSettings
from tests.jobs.contexts import FakeContext, Killed

EPOCHS = 5


class FewDigits:
    """300 digits to train on, 100 to select on."""

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
    """Read once."""
    return FewDigits()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks are faster so."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def small_network() -> nn.Module:
    """Convolution, norm, dropout, linear: all that has state or randomness."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Dropout(0.2), nn.Linear(216, 10)]
    return nn.Sequential(*layers)


def traced(network: nn.Module) -> Layers:
    """Its layers."""
    return trace_layers(network, torch.zeros(1, 1, 8, 8))


def training(early_stop: bool = False, learning_rate: float = 0.05) -> Training:
    """Five short epochs."""
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
    )


def tune(
    images: FewDigits, context: FakeContext, enough: int | None = None, chosen: Training | None = None
) -> TrainedNetwork:
    """One attempt."""
    network = small_network()
    settings = TrainingRunSettings(
        chosen or training(early_stop=enough is not None), traced(network), 3, enough, 0.1, 0.9
    )
    return TrainingRun(network, cast(SplitImages, images), settings, context).run()


def numbers(rows: list[Epoch]) -> list[dict[str, object]]:
    """What must not depend on interruptions."""
    return [row.model_dump(exclude={"seconds", "at"}) for row in rows]


@pytest.fixture(scope="module")
def uninterrupted(images: FewDigits, tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainedNetwork, list[Epoch]]:
    """What every other run is compared with."""
    torch.set_num_threads(1)
    context = FakeContext(tmp_path_factory.mktemp("whole"))
    return tune(images, context), context.rows


def test_the_best_epoch_is_kept_and_the_rows_have_no_gap(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]]
) -> None:
    tuned, rows = uninterrupted
    assert [row.epoch for row in rows] == list(range(EPOCHS + 1))
    accuracies = [row.accuracy for row in rows]
    assert tuned.best_epoch == accuracies.index(max(accuracies))
    trainer = Trainer(small_network(), images.train, training(), 3, mean_layer_macs(traced(small_network())))
    assert [row.train_loss for row in rows[1:]] == [trainer.epoch(number).train_loss for number in range(1, EPOCHS + 1)]
    logits = tuned.network(images.normalize(images.selection[0].batch(torch.arange(300, 400), images.device)))
    np.testing.assert_array_equal(logits.argmax(1).numpy(), tuned.predictions.predicted)


@pytest.mark.parametrize("kills", [(0,), (2,), (1, 3), (EPOCHS,)])
def test_killed_between_file_and_row_goes_on_without_gap_or_repeat(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]], tmp_path: Path, kills: tuple[int, ...]
) -> None:
    rows: list[Epoch] = []
    for kill in kills:
        with pytest.raises(Killed):
            tune(images, FakeContext(tmp_path, rows=rows, kill_before_row=kill))
        assert numbers(rows) == numbers(uninterrupted[1][: len(rows)])
    assert_same_end(tune(images, FakeContext(tmp_path, rows=rows)), rows, uninterrupted)


def test_killed_in_mid_epoch_twice_ends_with_the_same_numbers(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]], tmp_path: Path
) -> None:
    rows: list[Epoch] = []
    for finished in (2, 4):

        def in_mid_epoch(context: FakeContext, finished: int = finished) -> bool:
            return len(context.rows) == finished and len(context.progress_reports) % 7 == 6

        with pytest.raises(Killed):
            tune(images, FakeContext(tmp_path, rows=rows, kill_at=in_mid_epoch))
        assert len(rows) == finished
    again = FakeContext(tmp_path, rows=rows)
    assert_same_end(tune(images, again), rows, uninterrupted)
    assert again.progress_reports[0][1] == "epoch 4 of 5"


def test_without_readable_checkpoints_all_is_done_again_and_no_row_repeats(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]], tmp_path: Path
) -> None:
    rows: list[Epoch] = []
    with pytest.raises(Killed):
        tune(images, FakeContext(tmp_path, rows=rows, kill_before_row=3))
    for path in tmp_path.iterdir():
        path.write_bytes(b"broken")
    assert_same_end(tune(images, FakeContext(tmp_path, rows=rows)), rows, uninterrupted)


def assert_same_end(
    tuned: TrainedNetwork, rows: list[Epoch], uninterrupted: tuple[TrainedNetwork, list[Epoch]]
) -> None:
    """Rows, best epoch, weights and predictions are those of the uninterrupted run."""
    expected, expected_rows = uninterrupted
    assert numbers(rows) == numbers(expected_rows)
    assert tuned.best_epoch == expected.best_epoch
    np.testing.assert_array_equal(tuned.predictions.probability, expected.predictions.probability)
    for name, value in expected.network.state_dict().items():
        assert torch.equal(tuned.network.state_dict()[name], value), name


def test_cancel_stops_at_the_next_step(images: FewDigits, tmp_path: Path) -> None:
    context = FakeContext(tmp_path, cancelled=True)
    with pytest.raises(JobCancelled):
        tune(images, context)
    assert context.rows == []


def test_early_stop_ends_at_the_first_epoch_not_below_the_parent(
    images: FewDigits, uninterrupted: tuple[TrainedNetwork, list[Epoch]], tmp_path: Path
) -> None:
    enough = round(uninterrupted[1][3].accuracy * 100)
    first = next(row.epoch for row in uninterrupted[1] if round(row.accuracy * 100) >= enough)
    context = FakeContext(tmp_path)
    tune(images, context, enough)
    assert [row.epoch for row in context.rows] == list(range(first + 1))


class TrueAtFirst(FewDigits):
    """The classes to select on are those that the network as it is answers: no training makes it better."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        images, chosen = super().selection
        found = predict(network, images, chosen, self.normalize).predicted
        pixels = images.batch(torch.from_numpy(chosen), self.device)
        self._first = TensorImages(pixels, torch.from_numpy(found))

    @property
    def selection(self) -> tuple[ImageSet, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """With other classes."""
        return self._first, np.arange(len(self._first))


def test_epoch_0_is_kept_where_training_only_harms(tmp_path: Path) -> None:
    network = small_network().eval()
    images, context = TrueAtFirst(network), FakeContext(tmp_path)
    settings = TrainingRunSettings(training(), traced(network), 3, None, 0.0, 1.0)
    harmed = TrainingRun(network, cast(SplitImages, images), settings, context).run()
    assert context.rows[0].accuracy == 1 and harmed.best_epoch == 0
    for name, value in network.state_dict().items():
        assert torch.equal(harmed.network.state_dict()[name], value), name


def test_of_equal_epochs_the_earliest_is_kept(images: FewDigits, tmp_path: Path) -> None:
    still = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    settings = TrainingRunSettings(training(learning_rate=1e-12), traced(still), 3, None, 0.0, 1.0)
    context = FakeContext(tmp_path)
    tuned = TrainingRun(still, cast(SplitImages, images), settings, context).run()
    assert len({row.accuracy for row in context.rows}) == 1
    assert tuned.best_epoch == 0


def test_a_full_disk_fails_with_a_sentence_and_keeps_what_was_finished(
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
        tune(images, context)
    assert [row.epoch for row in context.rows] == [0, 1]
    assert not list(tmp_path.glob("*.tmp"))


def test_time_left_is_told_after_the_first_epoch_and_falls(images: FewDigits, tmp_path: Path) -> None:
    context = FakeContext(tmp_path)
    tune(images, context)
    assert all(
        eta is None for _, message, eta in context.progress_reports if message.startswith(("evaluating", "epoch 1 "))
    )
    last = [eta for _, message, eta in context.progress_reports if message == "epoch 5 of 5"]
    assert all(eta is not None for eta in last)
    shares = [share for share, _, _ in context.progress_reports]
    assert shares == sorted(shares)
    assert 0.1 <= shares[0] <= shares[-1] <= 0.9 + 1e-9
