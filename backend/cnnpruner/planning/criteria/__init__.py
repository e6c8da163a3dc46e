"""Criteria by name. A new one is a file of its own and a line here; users bring theirs as plug-ins (`plugins`)."""

from cnnpruner.domain.plans.criteria import BooleanOption, ChoiceOption, NumberOption
from cnnpruner.planning.criteria.activation_mean import ActivationMean
from cnnpruner.planning.criteria.apoz import Apoz
from cnnpruner.planning.criteria.base import Criterion, DataCriterion, FilterCriterion, StaticCriterion
from cnnpruner.planning.criteria.bn_scale import BatchNormScale
from cnnpruner.planning.criteria.fpgm import Fpgm
from cnnpruner.planning.criteria.instability import Instability
from cnnpruner.planning.criteria.l1 import L1
from cnnpruner.planning.criteria.l2 import L2
from cnnpruner.planning.criteria.random_order import Random
from cnnpruner.planning.criteria.taylor import Taylor

_ALL: tuple[Criterion, ...] = (
    Taylor(),
    Instability(),
    L1(),
    L2(),
    BatchNormScale(),
    ActivationMean(),
    Apoz(),
    Fpgm(),
    Random(),
)

CRITERIA: dict[str, Criterion] = {criterion.name: criterion for criterion in _ALL}

BY_PASS: tuple[DataCriterion, ...] = tuple(one for one in _ALL if isinstance(one, DataCriterion))
"""Ours that look at images."""
SHARED: tuple[DataCriterion, ...] = tuple(one for one in BY_PASS if one.over_batches == "mean")
"""What the pass computes for every node; the instability comes with the sensitivity."""

__all__ = [
    "BY_PASS",
    "CRITERIA",
    "SHARED",
    "BooleanOption",
    "ChoiceOption",
    "Criterion",
    "DataCriterion",
    "FilterCriterion",
    "Instability",
    "NumberOption",
    "StaticCriterion",
    "Taylor",
]
