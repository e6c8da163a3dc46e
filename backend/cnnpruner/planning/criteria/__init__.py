"""Criteria by name. A new one is a file of its own here, which is found; users bring theirs as plug-ins (`plugins`)."""

from importlib import import_module
from pkgutil import iter_modules

from cnnpruner.domain.plans.criteria import BooleanOption, ChoiceOption, NumberOption
from cnnpruner.planning.criteria.base import Criterion, DataCriterion, FilterCriterion, StaticCriterion
from cnnpruner.planning.criteria.instability import Instability
from cnnpruner.planning.criteria.plugins import classes_of
from cnnpruner.planning.criteria.taylor import Taylor


def _find() -> list[Criterion]:
    """One of each criterion that a module of this package defines, in their order."""
    names = [module.name for module in iter_modules(__path__)]
    kinds = [kind for name in names for kind in classes_of(import_module(f"{__name__}.{name}"))]
    return [kind() for kind in sorted(kinds, key=lambda kind: (kind.order, kind.name))]


_ALL = _find()

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
