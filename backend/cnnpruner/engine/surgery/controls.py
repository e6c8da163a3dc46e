"""Which units a control removes: as many of every kind as another cut, so that all widths come out equal.

Random and L1 choice at equal size are the honest controls of "Rethinking the Value of Network Pruning" (ICLR 2019).
"""

from collections import Counter, defaultdict
from collections.abc import Collection

import numpy as np
from torch import nn

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.planning.criteria.base import weights_by_filter
from cnnpruner.planning.structure import check_removable

Kind = tuple[int, ...]
"""Layer indices of a unit's members, ascending with repeats: units of one kind leave the same gap."""


def choose_random(layers: Layers, like: Collection[int], seed: int) -> list[int]:
    """Free units (ids, ascending), drawn from `seed`, that leave every layer as wide as `like` would."""
    draw = np.random.default_rng(seed)
    return _choose(
        layers, like, {unit.id: value for unit, value in zip(layers.units, draw.random(len(layers.units)), strict=True)}
    )


def choose_l1(network: nn.Module, layers: Layers, like: Collection[int]) -> list[int]:
    """The same with the lowest sum of absolute weights over all filters of a unit (Li et al. 2017), then lowest id."""
    return _choose(layers, like, compute_l1_norms(network, layers))


def compute_l1_norms(network: nn.Module, layers: Layers) -> dict[int, float]:
    """Unit id → Σ |w| over its filters. `layers` is the structure of the network as it stands."""
    norms = dict.fromkeys((unit.id for unit in layers.units), 0.0)
    for dim, weight in weights_by_filter(network, layers):
        each = weight.abs().sum(dim=1).tolist()  # [F]
        for unit, value in zip(layers.dim_units[dim], each, strict=True):
            if unit >= 0:
                norms[unit] += value
    return norms


def _choose(layers: Layers, like: Collection[int], value: dict[int, float]) -> list[int]:
    gone = check_removable(layers, like)
    wanted = Counter(_kind(unit) for unit in layers.units if unit.id in gone)
    free: dict[Kind, list[int]] = defaultdict(list)
    for unit in layers.units:
        if unit.free:
            free[_kind(unit)].append(unit.id)
    chosen = (sorted(free[kind], key=lambda unit: (value[unit], unit))[:count] for kind, count in wanted.items())
    return sorted(unit for units in chosen for unit in units)


def _kind(unit: Unit) -> Kind:
    return tuple(sorted(layer for layer, _ in unit.members))
