"""Criteria by name. A new one is a file of its own and a line here; users bring theirs as plug-ins (`plugins`)."""

from cnnpruner.domain.criteria import BooleanOption, ChoiceOption, NumberOption
from cnnpruner.engine.criteria.activation_mean import ActivationMean
from cnnpruner.engine.criteria.apoz import Apoz
from cnnpruner.engine.criteria.base import Criterion, DataCriterion, FilterCriterion, StaticCriterion
from cnnpruner.engine.criteria.bn_scale import BatchNormScale
from cnnpruner.engine.criteria.fpgm import Fpgm
from cnnpruner.engine.criteria.l1 import L1
from cnnpruner.engine.criteria.l2 import L2
from cnnpruner.engine.criteria.random_order import Random
from cnnpruner.engine.criteria.taylor import Taylor

_ALL: tuple[Criterion, ...] = (Taylor(), L1(), L2(), BatchNormScale(), ActivationMean(), Apoz(), Fpgm(), Random())

CRITERIA: dict[str, Criterion] = {criterion.name: criterion for criterion in _ALL}

__all__ = [
    "CRITERIA",
    "BooleanOption",
    "ChoiceOption",
    "Criterion",
    "DataCriterion",
    "FilterCriterion",
    "NumberOption",
    "StaticCriterion",
    "Taylor",
]
