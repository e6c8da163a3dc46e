"""Plans of Torch-Pruning (Fang et al., CVPR 2023) as ids of our units, at the same MACs as a plan of ours.

Torch-Pruning prunes in one step with a global ratio that is found by bisection. It cannot cut ResNet-20's padded
shortcuts, so all layers but the first convolution of each block are ignored.
"""

import copy
import re
from collections.abc import Callable
from typing import Any

import torch
import torch_pruning
from torch import Tensor, nn
from torch.nn import functional

from cnnpruner.engine.training.batches import scoring_batches
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.structure import units_of_filters
from studies.cost.cases import SEED, Case

FIRST_CONVOLUTION_PATTERN = re.compile(r"layer\d\.\d+\.conv1")
"""Names of the layers that are pruned."""
MAX_LAYER_RATIO = 0.95
"""Largest share of a layer's filters that is removed."""
BISECTION_STEPS = 20

IMPORTANCES: dict[str, Callable[[], Any]] = {
    "group norm": lambda: torch_pruning.importance.GroupMagnitudeImportance(p=2),
    "group Taylor": torch_pruning.importance.GroupTaylorImportance,
    "BN scale": torch_pruning.importance.BNScaleImportance,
}


def choose_peer_units(case: Case, table: CostTable, importance: str) -> tuple[int, ...]:
    """Return the units that Torch-Pruning removes at the largest ratio bound that meets the goal: the most expensive
    plan that costs no more than the case's share of the MACs.
    """
    goal = case.share * table.cost([]).macs
    gradients = compute_gradients(case)
    low, high = 0.0, 1.0
    units: tuple[int, ...] = ()
    for _ in range(BISECTION_STEPS):
        ratio = (low + high) / 2
        candidate = _prune(case, gradients, IMPORTANCES[importance](), ratio)
        if table.cost(candidate).macs <= goal:
            units, high = candidate, ratio
        else:
            low = ratio
    return units


def _prune(case: Case, gradients: dict[str, Tensor], importance: Any, ratio: float) -> tuple[int, ...]:
    network = copy.deepcopy(case.network)
    for name, parameter in network.named_parameters():
        parameter.grad = gradients[name]
    layers = {module: name for name, module in network.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)}
    ignored = [module for module, name in layers.items() if not FIRST_CONVOLUTION_PATTERN.fullmatch(name)]
    pruner = torch_pruning.pruner.MetaPruner(
        network,
        torch.zeros(1, 3, 32, 32),
        importance=importance,
        global_pruning=True,
        pruning_ratio=ratio,
        max_pruning_ratio=MAX_LAYER_RATIO,
        ignored_layers=ignored,
    )
    removed: dict[str, list[int]] = {}
    for group in pruner.step(interactive=True):
        name = layers[group[0].dep.target.module]
        layer = next(layer for layer in case.layers.layers if layer.name == name)
        removed[layer.name] = [layer.numbers[index] for index in group[0].idxs]
    return tuple(sorted(units_of_filters(case.layers, removed)))


def compute_gradients(case: Case) -> dict[str, Tensor]:
    """Return the gradients of the loss on the images on which our criteria are computed, too, by parameter."""
    network = copy.deepcopy(case.network)
    for images, labels in scoring_batches(case.train, 50, 32, SEED):
        functional.cross_entropy(network(images), labels).backward()  # type: ignore[no-untyped-call]
    return {name: parameter.grad for name, parameter in network.named_parameters() if parameter.grad is not None}
