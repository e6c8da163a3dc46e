"""A pretrained ResNet-20 on CIFAR-10 is imported, measured on all official test images, and pruned once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import prune, root
from cnnpruner.jobs.setups import ReadyNode
from cnnpruner.planning.cost import CostTable
from tests.jobs.contexts import FakeContext
from tests.jobs.setups import check_experiment, setup_of

NEW = NewExperiment.model_validate(
    {
        "data": {"kind": "cifar10"},
        "network": {"name": "resnet20", "options": {"shortcut": "A"}},
        "weights": {"path": "checkpoints/resnet20-12fca82f.th"},
        "mean": [0.485, 0.456, 0.406],
        "std": [0.229, 0.224, 0.225],
    }
)


@pytest.mark.data
@pytest.mark.slow
def test_a_pretrained_resnet20_has_its_published_accuracy_and_can_be_pruned(real_data: Path, tmp_path: Path) -> None:
    cache = WorkerCache(torch.device("cpu"))
    check = check_experiment(NEW, real_data, cache)
    splits = check.splits
    assert (len(splits.train), len(splits.selection), len(splits.test)) == (50_000, 5_000, 5_000)
    assert not set(splits.selection) & set(splits.test)

    setup = setup_of(NEW, check, real_data)
    weights = tmp_path / "node-0" / "weights.safetensors"
    checkpoint = real_data / "checkpoints" / "resnet20-12fca82f.th"
    inputs = root.RootInputs(setup, 1, None, checkpoint, weights, tmp_path / "pictures.npy")
    result = root.run(inputs, FakeContext(tmp_path / "node-0"), cache)
    assert result.import_accuracy == pytest.approx(0.9173, abs=2e-4)
    assert result.import_images == 10_000
    assert result.cost.parameters == 269_722
    assert np.load(tmp_path / "pictures.npy").shape == (5_000, 32, 32, 3)

    free = [unit.id for unit in check.layers.units if unit.free]
    training = setup.experiment.training.model_copy(update={"epochs": 1, "images": 2_000})
    test_indices = np.concatenate([splits.selection[500:], splits.test])
    few = replace(setup, splits=replace(splits, selection=splits.selection[:500], test=test_indices))
    ready = ReadyNode(result.layers, weights)
    child = tmp_path / "node-1" / "weights.safetensors"
    context = FakeContext(tmp_path / "node-1")
    pruned = prune.run(prune.PruneInputs(few, 2, ready, 450, tuple(free[::4]), training, child), context, cache)
    assert pruned.cost == CostTable(result.layers).cost(free[::4])
    assert [row.epoch for row in context.rows] == [0, 1]
    accuracies = [row.accuracy for row in context.rows]
    assert pruned.best_epoch == accuracies.index(max(accuracies))
    assert np.mean(pruned.predictions.predicted == pruned.predictions.labels) == max(accuracies)
