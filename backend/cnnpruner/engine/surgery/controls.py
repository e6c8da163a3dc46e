"""Chooses the units that a control node removes, such that its layers are as wide as its reference node's layers.

The baselines of “Rethinking the Value of Network Pruning” (ICLR 2019) are random and L1 selection at equal size.
"""

from collections.abc import Collection

import numpy as np
from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.planning.criteria.base import iterate_filter_weights
from cnnpruner.planning.structure import find_interchangeable_units, require_removable_units


def choose_random_units(layers: Layers, reference: Collection[int], seed: int) -> list[int]:
    """Choose random units (ids, ascending) whose removal leaves the same layer widths as the removal of `reference`."""
    values = np.random.default_rng(seed).random(len(layers.units))
    return _choose_lowest_units(
        layers, reference, {unit.id: value for unit, value in zip(layers.units, values, strict=True)}
    )


def choose_lowest_l1_units(network: nn.Module, layers: Layers, reference: Collection[int]) -> list[int]:
    """Like `choose_random_units`, but choose the units with the lowest sum of absolute weights (Li et al. 2017). If
    sums are equal, the lower id comes first.
    """
    return _choose_lowest_units(layers, reference, compute_l1_norms(network, layers))


def compute_l1_norms(network: nn.Module, layers: Layers) -> dict[int, float]:
    """Return, by unit id, the sum of the absolute weights of each unit's filters. `layers` is the network's current
    structure.
    """
    norm_by_unit = dict.fromkeys((unit.id for unit in layers.units), 0.0)
    for dim, weight in iterate_filter_weights(network, layers):
        sums = weight.abs().sum(dim=1).tolist()  # [F]
        for unit, value in zip(layers.dim_units[dim], sums, strict=True):
            if unit >= 0:
                norm_by_unit[unit] += value
    return norm_by_unit


def _choose_lowest_units(layers: Layers, reference: Collection[int], value_by_unit: dict[int, float]) -> list[int]:
    removed = require_removable_units(layers, reference)
    chosen_units: list[int] = []
    for unit_ids in find_interchangeable_units(layers):
        count = sum(unit in removed for unit in unit_ids)
        chosen_units += sorted(unit_ids, key=lambda unit: (value_by_unit[unit], unit))[:count]
    return sorted(chosen_units)
