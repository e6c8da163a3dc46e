"""Goals of Autopilots and of searches for the best plan."""

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.rules import CostMetric


class CostGoal(Value):
    """Reduce a cost to at most a given value."""

    metric: CostMetric = Field(description="The cost that `value` limits.")
    value: float = Field(
        ge=0, description="Largest cost allowed: multiply-accumulates for one image, parameters, bytes, or filters."
    )


class AccuracyGoal(Value):
    """Reduce the cost as far as possible while the accuracy stays at or above a given value."""

    accuracy: float = Field(ge=0, le=1, description="Lowest accuracy allowed, 0-1.")
