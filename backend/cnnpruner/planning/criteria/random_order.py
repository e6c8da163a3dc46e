"""A random order, the baseline for all criteria (Mittal et al. 2018, arXiv:1801.10447)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnpruner.domain.plans.criteria import NumberOption
from cnnpruner.planning.criteria.base import FloatArray, StaticCriterion

if TYPE_CHECKING:
    from torch import nn

    from cnnpruner.domain.plans.layers import Layers


class RandomOrder(StaticCriterion):
    """A uniform random number in [0, 1), drawn from the experiment's seed. A unit has the same value in all nodes."""

    name = "random"
    title = "Random order"
    short = "random order"
    abbreviation = "order"
    help = "A random number for every filter, the same in all nodes: the baseline for other criteria."
    scale = "linear"
    order = 90
    keep = "high"
    needs = frozenset()
    options = (
        NumberOption(
            name="draw",
            title="Draw",
            help="Which random order to use: each number stands for another order, drawn from the experiment's seed.",
            low=0,
            high=999,
            default=0,
            whole=True,
        ),
    )

    def values(self, network: nn.Module, layers: Layers, seed: int) -> FloatArray:
        """Return a random score for each unit, [U], which depends only on the seed, the option `draw` and the unit's
        id.
        """
        ids = np.array([unit.id for unit in layers.units], dtype=np.intp)
        draw = int(self.settings["draw"])
        generator = np.random.default_rng([seed, draw] if draw else seed)
        return generator.random(int(ids.max(initial=-1)) + 1)[ids]
