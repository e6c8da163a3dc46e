"""Criteria by name. A new one is a file of its own and a line here."""

from cnnpruner.engine.criteria.base import Criterion, DataCriterion
from cnnpruner.engine.criteria.taylor import Taylor

CRITERIA: dict[str, Criterion] = {criterion.name: criterion for criterion in (Taylor(),)}

__all__ = ["CRITERIA", "Criterion", "DataCriterion", "Taylor"]
