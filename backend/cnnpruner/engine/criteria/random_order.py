"""A random order: what any criterion has to beat (Mittal et al. 2018, arXiv:1801.10447)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnpruner.engine.criteria.base import Floats, StaticCriterion

if TYPE_CHECKING:
    from torch import nn

    from cnnpruner.domain.layers import Layers


class Random(StaticCriterion):
    """Uniform in [0, 1) from the experiment's seed; a unit has the same value in all nodes."""

    name = "random"
    title = "Random order"
    help = "A random number for every filter, the same in all nodes: what a criterion has to beat."
    keep = "high"
    needs = frozenset()

    def values(self, network: nn.Module, layers: Layers, seed: int) -> Floats:
        """The number of each unit's id in a seeded row of numbers, [U]."""
        ids = np.array([unit.id for unit in layers.units], dtype=np.intp)
        return np.random.default_rng(seed).random(int(ids.max(initial=-1)) + 1)[ids]
