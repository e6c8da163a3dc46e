"""What a fine-tuning starts from: epoch 0 is the preview of the same start, image for image."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnpruner.domain.base import Accuracy
from cnnpruner.domain.results import NodeResult, Predictions
from cnnpruner.domain.tree.training import TrainingStart
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.jobs import starts
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import preview, prune
from cnnpruner.jobs.starts import PrunedNetworkBuilder
from tests.jobs.contexts import FakeContext, Killed
from tests.jobs.trained_root import TrainedRoot, half, plan_of


def prune_half(
    trained: TrainedRoot, cache: WorkerCache, context: FakeContext, start: TrainingStart, epochs: int = 0
) -> NodeResult:
    """Make a child without half of the units."""
    training = trained.setup.experiment.training.model_copy(
        update={"epochs": epochs, "start": start, "images": 64, "ema": 0.9}
    )
    weights = context.folder / "weights.safetensors"
    return prune.run(
        prune.PruneInputs(trained.setup, 2, trained.ready, 0, half(trained), training, weights), context, cache
    )


def preview_predictions(trained: TrainedRoot, cache: WorkerCache) -> dict[str, Predictions]:
    """The predictions of a preview's three networks, as its job makes them."""
    images = cache.images(trained.setup)
    seed = trained.setup.experiment.seed
    parent = cache.network(trained.setup, trained.ready)
    networks = PrunedNetworkBuilder(parent, trained.ready.layers, half(trained), images.train, seed)
    cut_network = networks.cut()
    by_start = {
        "cut": cut_network,
        "recalibrated": networks.recalibrated(cut_network, lambda *_: None),
        "reconstructed": networks.reconstructed(cut_network, networks.reconstruction_sizes()[-1], lambda *_: None)[0],
    }
    return {
        name: predict(network, *images.selection, images.normalize, lambda *_: None)
        for name, network in by_start.items()
    }


def count_correct(accuracy: Accuracy | None) -> int:
    assert accuracy is not None
    return accuracy.correct


@pytest.mark.parametrize("start", ["cut", "recalibrated", "reconstructed"])
def test_epoch_0_is_the_preview_of_the_start_image_for_image(
    trained: TrainedRoot, cache: WorkerCache, tmp_path: Path, start: TrainingStart
) -> None:
    inputs = preview.PreviewInputs(
        trained.setup, trained.ready, plan_of(trained.result.layers, half(trained)), trained.result.predictions
    )
    previewed = preview.run(inputs, FakeContext(tmp_path), cache)
    context = FakeContext(tmp_path / "node-1")
    result = prune_half(trained, cache, context, start)
    expected = preview_predictions(trained, cache)[start]
    np.testing.assert_array_equal(result.predictions.predicted, expected.predicted)
    np.testing.assert_array_equal(result.predictions.probability, expected.probability)
    by_start = {"cut": previewed.raw, "recalibrated": previewed.recalibrated, "reconstructed": previewed.reconstructed}
    assert result.predictions.correct == count_correct(by_start[start])
    record = result.training_record
    assert (record.start, record.start_accuracies) == (start, None)
    assert record.reconstruction == (previewed.reconstruction if start == "reconstructed" else None)


def test_the_best_start_has_the_most_correct_images(trained: TrainedRoot, cache: WorkerCache, tmp_path: Path) -> None:
    correct = {name: value.correct for name, value in preview_predictions(trained, cache).items()}
    assert len(set(correct.values())) == 3, "the starts must differ for this test to mean anything"
    record = prune_half(trained, cache, FakeContext(tmp_path / "node-1"), "best").training_record
    assert record.start == max(correct, key=lambda name: correct[name])
    compared = record.start_accuracies
    assert compared is not None
    assert {name: count_correct(getattr(compared, name)) for name in correct} == correct


def test_the_worst_class_of_a_preview_is_that_of_the_more_accurate_network(
    trained: TrainedRoot, cache: WorkerCache, tmp_path: Path
) -> None:
    before = trained.result.predictions
    plan = plan_of(trained.result.layers, half(trained))
    previewed = preview.run(
        preview.PreviewInputs(trained.setup, trained.ready, plan, before), FakeContext(tmp_path), cache
    )
    by_start = preview_predictions(trained, cache)
    assert by_start["reconstructed"].correct > by_start["recalibrated"].correct
    expected = preview.find_worst_class(before, by_start["reconstructed"])
    assert previewed.worst == expected != preview.find_worst_class(before, by_start["recalibrated"])


def test_of_equal_starts_the_one_that_costs_least_is_chosen(
    trained: TrainedRoot, cache: WorkerCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def predict_alike(*_: object) -> Predictions:
        return trained.result.predictions

    monkeypatch.setattr(starts, "predict", predict_alike)
    assert prune_half(trained, cache, FakeContext(tmp_path / "node-1"), "best").training_record.start == "cut"


def test_a_resumed_training_keeps_its_start(
    trained: TrainedRoot, cache: WorkerCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = prune_half(trained, cache, FakeContext(tmp_path / "whole"), "best", epochs=2)
    context = FakeContext(tmp_path / "killed", kill_before_row=2)
    with pytest.raises(Killed):
        prune_half(trained, cache, context, "best", epochs=2)
    made_starts: list[object] = []
    monkeypatch.setattr(starts.InitialNetworkBuilder, "build", lambda *arguments: made_starts.append(arguments))
    resumed = prune_half(trained, cache, replace(context, kill_before_row=None), "best", epochs=2)
    assert not made_starts
    assert resumed.training_record.start_accuracies == whole.training_record.start_accuracies is not None
    assert resumed.training_record.start == whole.training_record.start
    assert resumed.weights_sha256 == whole.weights_sha256
