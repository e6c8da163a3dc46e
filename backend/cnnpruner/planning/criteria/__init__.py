"""The criteria, by name. To add a built-in criterion, add a file to this package; for user-defined criteria, see
`plugins`.
"""

from importlib import import_module
from pkgutil import iter_modules

from cnnpruner.domain.plans.criteria import BooleanOption, ChoiceOption, NumberOption
from cnnpruner.planning.criteria.base import Criterion, DataCriterion, FilterCriterion, StaticCriterion
from cnnpruner.planning.criteria.instability import Instability
from cnnpruner.planning.criteria.plugins import find_criterion_classes
from cnnpruner.planning.criteria.taylor import Taylor


def _find_built_in_criteria() -> list[Criterion]:
    """Return an instance of each criterion in this package, sorted by `order`, then by name."""
    names = [module.name for module in iter_modules(__path__)]
    criterion_classes = [
        criterion_class
        for name in names
        for criterion_class in find_criterion_classes(import_module(f"{__name__}.{name}"))
    ]
    return [
        criterion_class()
        for criterion_class in sorted(
            criterion_classes, key=lambda criterion_class: (criterion_class.order, criterion_class.name)
        )
    ]


_BUILT_IN_CRITERIA = _find_built_in_criteria()

CRITERIA: dict[str, Criterion] = {criterion.name: criterion for criterion in _BUILT_IN_CRITERIA}

SCORING_PASS_CRITERIA: tuple[DataCriterion, ...] = tuple(
    criterion for criterion in _BUILT_IN_CRITERIA if isinstance(criterion, DataCriterion)
)
"""The built-in criteria that need a scoring pass."""
BATCH_MEAN_CRITERIA: tuple[DataCriterion, ...] = tuple(
    criterion for criterion in SCORING_PASS_CRITERIA if criterion.over_batches == "mean"
)
"""The built-in criteria whose scores are means over the batches of a scoring pass. Instability is not one of them: its
scores are stored with the Taylor scores.
"""

__all__ = [
    "BATCH_MEAN_CRITERIA",
    "CRITERIA",
    "SCORING_PASS_CRITERIA",
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
