"""Base classes and option types for user-defined criteria; see docs/methods.md."""

from cnnpruner.planning.criteria import (
    BooleanOption,
    ChoiceOption,
    Criterion,
    DataCriterion,
    FilterCriterion,
    NumberOption,
    StaticCriterion,
)

__all__ = [
    "BooleanOption",
    "ChoiceOption",
    "Criterion",
    "DataCriterion",
    "FilterCriterion",
    "NumberOption",
    "StaticCriterion",
]
