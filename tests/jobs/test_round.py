"""A full pruning round with job functions only, on real digits, without database or server."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.domain.tree.latencies import LatencyDistribution, Reliability
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.training.batches import scoring_batches
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.recalibration import recalibrate
from cnnpruner.engine.weights import write_weights
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import latency, preview, prune, root
from cnnpruner.jobs.kinds import test_accuracy as test
from cnnpruner.jobs.latencies import pytorch_setting
from cnnpruner.jobs.measurement import NodeNetwork, NodeToMeasure, measure
from cnnpruner.jobs.setups import ReadyNode, TeacherNode
from cnnpruner.jobs.starts import PrunedNetworkBuilder
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.latency import BlockTimes, summarize_block_times
from cnnpruner.planning.structure import remove_units
from tests.jobs.contexts import FakeContext, Killed
from tests.jobs.setups import check_experiment, setup_of
from tests.jobs.trained_root import NEW, TrainedRoot, half, plan_of


def test_the_check_returns_what_an_experiment_needs(trained: TrainedRoot) -> None:
    splits = trained.setup.splits
    all_indices = np.concatenate([splits.train, splits.selection, splits.test])
    assert sorted(all_indices) == list(range(1797))
    assert (trained.setup.experiment.image_size, trained.setup.experiment.channels) == (8, 1)
    assert len(trained.setup.experiment.classes) == 10
    assert trained.setup.root_layers.units


def test_a_trained_root_has_weights_scores_latency_and_pictures(trained: TrainedRoot) -> None:
    result = trained.result
    rows = trained.context.rows
    assert [row.epoch for row in rows] == [0, 1, 2, 3]
    assert max(row.accuracy for row in rows) == np.mean(result.predictions.labels == result.predictions.predicted)
    assert result.cost.size_bytes == trained.ready.weights.stat().st_size
    assert result.cost.parameters == sum(
        value.numel()
        for name, value in load_file(trained.ready.weights).items()
        if "running" not in name and "num_batches" not in name
    )
    scores = result.scores[0]
    assert (scores.criterion, scores.batches, scores.batch_size) == ("taylor", 6, 32)
    assert len(scores.score) == len(result.layers.units)
    for criterion in ("taylor", "loss_change"):
        partials = [partial for partial in trained.context.scores if partial.criterion == criterion]
        assert [partial.batches_done for partial in partials] == [1, 2, 3, 4, 5, 6]
    assert result.latencies[0].batch == 1
    assert np.load(trained.folder / "pictures.npy").shape == (len(trained.setup.splits.selection), 8, 8, 1)
    assert trained.context.progress_reports[-1][0] <= 1
    images = len(trained.setup.splits.train)
    record = result.training_record
    assert (record.start, record.images_per_epoch, record.images_seen) == ("fresh", images, 3 * images)
    assert record.seconds == sum(row.seconds for row in rows) and record.device == result.latencies[0].device


def test_a_pruned_child_has_the_planned_cost_and_its_parent_is_unchanged(
    trained: TrainedRoot, cache: WorkerCache, tmp_path: Path
) -> None:
    units, before = half(trained), trained.ready.weights.read_bytes()
    planned = CostTable(trained.result.layers).cost(units)
    training = trained.setup.experiment.training.model_copy(update={"epochs": 2, "start": "cut"})
    weights = tmp_path / "node-1" / "weights.safetensors"
    inputs = prune.PruneInputs(trained.setup, 2, trained.ready, 300, units, training, weights)
    context = FakeContext(tmp_path / "node-1")
    result = prune.run(inputs, context, cache)
    assert result.cost == planned
    assert weights.stat().st_size == planned.size_bytes
    assert trained.ready.weights.read_bytes() == before
    assert [row.epoch for row in context.rows] == [0, 1, 2]
    record = result.training_record
    assert (record.start, record.images_seen) == ("cut", 2 * len(trained.setup.splits.train))
    assert {unit.id for unit in result.layers.units} == {unit.id for unit in trained.result.layers.units} - set(units)

    grandchild = ReadyNode(result.layers, weights)
    reloaded = cache.network(trained.setup, grandchild)
    images = cache.images(trained.setup)
    logits = reloaded(images.normalize(images.selection[0].batch(torch.from_numpy(images.selection[1]), cache.device)))
    np.testing.assert_array_equal(logits.argmax(1).numpy(), result.predictions.predicted)


def test_a_child_learns_from_the_root(trained: TrainedRoot, cache: WorkerCache, tmp_path: Path) -> None:
    settings = {"epochs": 1, "teacher": 1, "teacher_weight": 1.0, "label_smoothing": 0.1}
    training = trained.setup.experiment.training.model_copy(update=settings)
    weights = tmp_path / "weights.safetensors"
    inputs = prune.PruneInputs(trained.setup, 2, trained.ready, 0, half(trained), training, weights)
    contexts = [FakeContext(tmp_path / "alone"), FakeContext(tmp_path / "taught")]
    results = [
        prune.run(replace(inputs, teacher=teacher), context, cache)
        for context, teacher in zip(contexts, (None, TeacherNode(trained.ready, 0)), strict=True)
    ]
    assert [result.training_record.teacher_number for result in results] == [None, 0]
    first_epochs = [context.rows[1] for context in contexts]
    assert first_epochs[0].train_loss != first_epochs[1].train_loss


def test_a_preview_has_the_accuracy_of_epoch_0(trained: TrainedRoot, cache: WorkerCache, tmp_path: Path) -> None:
    plan = plan_of(trained.result.layers, half(trained))
    result = preview.run(
        preview.PreviewInputs(trained.setup, trained.ready, plan, trained.result.predictions),
        FakeContext(tmp_path),
        cache,
    )
    training = trained.setup.experiment.training.model_copy(update={"epochs": 0, "start": "cut"})
    context = FakeContext(tmp_path / "node-1")
    weights = tmp_path / "weights.safetensors"
    prune.run(prune.PruneInputs(trained.setup, 2, trained.ready, 0, half(trained), training, weights), context, cache)
    assert result.raw.accuracy == context.rows[0].accuracy
    assert result.has_batch_norm
    assert result.recalibrated is not None and result.worst is not None
    assert result.recalibrated.correct == correct_with_new_statistics(trained, cache)
    assert result.before.correct == int(
        (trained.result.predictions.labels == trained.result.predictions.predicted).sum()
    )
    worst, labels = result.worst, trained.result.predictions.labels
    assert all(labels[sample] == worst.label for sample in worst.flipped)
    assert (result.plan_id, result.revision, result.removed_filters) == (5, 3, 7)


def test_parts_of_a_preview_appear_in_order_of_cost(trained: TrainedRoot, cache: WorkerCache, tmp_path: Path) -> None:
    context = FakeContext(tmp_path)
    inputs = preview.PreviewInputs(
        trained.setup, trained.ready, plan_of(trained.result.layers, half(trained)), trained.result.predictions
    )
    result = preview.run(inputs, context, cache)
    parts = [(part.recalibrated is not None, part.reconstructed is not None) for part in context.previews]
    assert parts == [(False, False), (True, False), (True, True), (True, True)]
    assert context.previews[-1] == result
    records = [part.reconstruction for part in context.previews[2:]]
    train_count = len(trained.setup.splits.train)
    assert [(record.images, record.places) for record in records if record] == [(512, 24), (min(2048, train_count), 8)]
    assert result.reconstruction is not None and result.reconstructed is not None
    assert result.reconstruction.fitted == result.reconstruction.layers > 2
    assert result.reconstruction.unfitted == []
    progress = [fraction for fraction, _, _ in context.progress_reports]
    assert progress == sorted(progress)
    network = cache.network(trained.setup, trained.ready)
    images = cache.images(trained.setup)
    networks = PrunedNetworkBuilder(
        network, trained.result.layers, half(trained), images.train, trained.setup.experiment.seed
    )
    full = networks.reconstruction_sizes()[-1]
    reconstructed, _ = networks.reconstructed(networks.cut(), full, lambda *_: None)
    assert predict(reconstructed, *images.selection, images.normalize).correct == result.reconstructed.correct


def correct_with_new_statistics(trained: TrainedRoot, cache: WorkerCache) -> int:
    """Correct selection images of the cut network after re-estimating batch norm on 2,048 images."""
    images = cache.images(trained.setup)
    network = cut(cache.network(trained.setup, trained.ready), trained.result.layers, half(trained))
    batches = scoring_batches(images.train, 32, 64, trained.setup.experiment.seed)
    recalibrated = recalibrate(network, (pictures for pictures, _ in batches))
    return predict(recalibrated, *images.selection, images.normalize).correct


def test_latency_and_test_accuracy_of_a_ready_node(trained: TrainedRoot, cache: WorkerCache, tmp_path: Path) -> None:
    context = FakeContext(tmp_path)
    result = latency.run(latency.LatencyInputs(trained.setup, trained.ready, trained.ready, (1, 8)), context, cache)
    assert [(latency_.runtime, latency_.batch) for latency_ in result.latencies] == [
        ("eager", 1), ("eager", 8), ("onnxruntime", 1), ("onnxruntime", 8),
    ]  # fmt: skip
    assert result.notes == () and all(latency_.median_ms > 0 for latency_ in result.latencies)
    accuracy = test.run(test.TestAccuracyInputs(trained.setup, trained.ready), context, cache)
    images = cache.images(trained.setup)
    assert accuracy == predict(cache.network(trained.setup, trained.ready), *images.test, images.normalize).accuracy


@dataclass
class Child:
    """A network with half of the root's units."""

    ready: ReadyNode
    network: NodeNetwork


@pytest.fixture(scope="module")
def child(trained: TrainedRoot, cache: WorkerCache, tmp_path_factory: pytest.TempPathFactory) -> Child:
    """The network, as cut."""
    layers = remove_units(trained.result.layers, half(trained))
    network = cut(cache.network(trained.setup, trained.ready), trained.result.layers, half(trained))
    weights = tmp_path_factory.mktemp("child") / "weights.safetensors"
    write_weights(network, weights)
    return Child(ReadyNode(layers, weights), NodeNetwork(network, layers, 2))


@pytest.mark.parametrize("is_root_damaged", [False, True])
def test_the_latency_of_a_child_is_its_ratio_to_the_root_in_one_run(
    trained: TrainedRoot, child: Child, is_root_damaged: bool, cache: WorkerCache, tmp_path: Path
) -> None:
    root_node = ReadyNode(trained.ready.layers, tmp_path / "missing") if is_root_damaged else trained.ready
    context = FakeContext(tmp_path)
    result = latency.run(latency.LatencyInputs(trained.setup, child.ready, root_node, (1,)), context, cache)
    assert {value.runtime for value in result.latencies} == {"eager", "onnxruntime"} and result.notes == ()
    for value in result.latencies:
        assert len(value.block_ms) == len(value.root_block_ms) == value.pairs >= 20
        assert value.ratio == pytest.approx(np.median(np.divide(value.block_ms, value.root_block_ms)), rel=1e-3)
        assert value.ratio_interval and value.ratio_interval.low <= (value.ratio or 0) <= value.ratio_interval.high
    messages = [message for _, message, _ in context.progress_reports]
    assert "measuring PyTorch at batch size 1, pair of timing blocks 20" in messages


def test_a_cancelled_measurement_stores_nothing(
    trained: TrainedRoot, child: Child, cache: WorkerCache, tmp_path: Path
) -> None:
    inputs = latency.LatencyInputs(trained.setup, child.ready, trained.ready, (1,))
    context = FakeContext(tmp_path)
    context.kill_at = lambda fake: len(fake.progress_reports) == 7
    with pytest.raises(Killed):
        latency.run(inputs, context, cache)
    assert context.progress_reports[-1][1] == "measuring PyTorch at batch size 1, pair of timing blocks 7"


def test_a_new_node_takes_the_reliable_latency_of_its_structure_and_measures_an_unreliable_one_again(
    trained: TrainedRoot, child: Child, cache: WorkerCache, tmp_path: Path
) -> None:
    def known(reliability: Reliability, batch: int) -> LatencyDistribution:
        times = BlockTimes((2.0,) * 20, (4.0,) * 20)
        values = summarize_block_times(times, pytorch_setting(batch, cache.device), datetime.now(UTC))
        return values.model_copy(update={"reliability": reliability, "measured_number": 7})

    def measured_numbers(*latencies: LatencyDistribution) -> list[tuple[int, int | None]]:
        context = FakeContext(tmp_path, latencies=list(latencies))
        node = NodeToMeasure(child.network, trained.setup, trained.ready)
        result = measure(node, cache.images(trained.setup), cache, context, 0.5)
        return [(value.batch, value.measured_number) for value in result.latencies]

    assert measured_numbers(known("reliable", 32), known("reliable", 1)) == [(32, 7), (1, 7)]
    assert measured_numbers(known("reliable", 32), known("unreliable", 1)) == [(1, None), (32, 7)]
    assert measured_numbers() == [(1, None)]


def test_an_imported_root_has_one_epoch_and_the_weights_of_the_file(
    trained: TrainedRoot, cache: WorkerCache, tmp_path: Path
) -> None:
    new = NewExperiment.model_validate(NEW.model_dump() | {"weights": {"path": "node-0/weights.safetensors"}})
    check = check_experiment(new, trained.folder, cache)
    assert "may have been trained on" in check.splits.rule
    context = FakeContext(tmp_path)
    weights = tmp_path / "weights.safetensors"
    setup = setup_of(new, check, trained.folder)
    inputs = root.RootInputs(setup, 1, None, trained.ready.weights, weights, tmp_path / "pictures.npy")
    result = root.run(inputs, context, cache)
    assert [row.epoch for row in context.rows] == [0]
    record = result.training_record
    assert (record.start, record.images_seen) == ("checkpoint", 0)
    assert record.step_seconds_per_image is not None and 0 < record.step_seconds_per_image < 1
    assert result.import_accuracy is None, "digits have no official test images"
    assert weights.read_bytes() == trained.ready.weights.read_bytes()
    np.testing.assert_array_equal(result.predictions.predicted, trained.result.predictions.predicted)


def test_an_imported_root_that_is_resumed_does_not_repeat_its_row(
    trained: TrainedRoot, cache: WorkerCache, tmp_path: Path
) -> None:
    setup = replace(trained.setup, experiment=trained.setup.experiment.model_copy(update={"score_batches": 1}))
    inputs = root.RootInputs(
        setup, 1, None, trained.ready.weights, tmp_path / "weights.safetensors", tmp_path / "pictures.npy"
    )
    context = FakeContext(tmp_path)
    root.run(inputs, context, cache)
    root.run(inputs, context, cache)
    assert [row.epoch for row in context.rows] == [0]
