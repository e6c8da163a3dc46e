"""Criteria by name. A new one is a file of its own and a line here; users bring theirs as plug-ins (`plugins`)."""

from cnnpruner.domain.criteria import BooleanOption, ChoiceOption, NumberOption
from cnnpruner.engine.criteria.activation_mean import ActivationMean
from cnnpruner.engine.criteria.apoz import Apoz
from cnnpruner.engine.criteria.base import Criterion, DataCriterion, FilterCriterion, StaticCriterion
from cnnpruner.engine.criteria.bn_scale import BatchNormScale
from cnnpruner.engine.criteria.fpgm import Fpgm
from cnnpruner.engine.criteria.instability import Instability
from cnnpruner.engine.criteria.l1 import L1
from cnnpruner.engine.criteria.l2 import L2
from cnnpruner.engine.criteria.random_order import Random
from cnnpruner.engine.criteria.taylor import Taylor

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
