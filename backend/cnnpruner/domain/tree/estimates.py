"""Estimates of how many filters to keep for a target accuracy. They are stored, and later compared with the outcome."""

from datetime import datetime

from pydantic import Field

from cnnpruner.domain.base import Value


class NewEstimate(Value):
    """Settings of a new estimate; all are optional."""

    target_accuracy: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Target accuracy, 0-1; null for the experiment's target or, without one, the root's accuracy "
        "minus the tolerance.",
    )
    good_id: int | None = Field(
        default=None,
        ge=1,
        le=2**53 - 1,
        description="ID of a node at or above the target; null for the last such node of the lineage.",
    )
    bad_id: int | None = Field(
        default=None,
        ge=1,
        le=2**53 - 1,
        description="ID of a node below the target; null for the first such node of the lineage.",
    )


class ForecastPoint(Value):
    """Expected accuracy, after fine-tuning, of a node with a given number of filters."""

    filters: int = Field(description="Number of filters of the whole network.")
    accuracy: float = Field(description="Expected accuracy, 0-1.")
    low: float = Field(description="Lower end of the 80 % interval, 0-1.")
    high: float = Field(description="Upper end of the 80 % interval, 0-1.")


class Forecast(Value):
    """A forecast of the number of filters to keep, fitted to all finished nodes of the tree except controls.
    docs/methods.md describes the method.
    """

    nodes: int = Field(description="Number of finished nodes that the forecast is based on.")
    keep: int | None = Field(
        description="Smallest number of filters that is expected to reach the target; null if no observed size reaches "
        "the target."
    )
    keep_low: int | None = Field(
        description="Smallest number of filters at which the upper end of the 80 % interval reaches the target."
    )
    keep_high: int | None = Field(
        description="Smallest number of filters at which the lower end of the 80 % interval reaches the target."
    )
    accuracy: float = Field(
        description="Expected accuracy, after fine-tuning, of a node with `Estimate.keep` filters, 0-1."
    )
    low: float = Field(description="Lower end of the 80 % interval of the accuracy, 0-1.")
    high: float = Field(description="Upper end of the 80 % interval of the accuracy, 0-1.")
    curve: list[ForecastPoint] = Field(description="Points of the curve, ascending by filters, at most 33.")


class TreeForecast(Value):
    """Accuracy that nodes of any size are expected to reach after fine-tuning, based on the finished nodes
    of the tree.
    """

    nodes: int = Field(description="Number of finished nodes that the forecast is based on.")
    curve: list[ForecastPoint] = Field(
        description="Points of the curve, ascending by filters, at most 33; empty if there is no forecast."
    )
    reason: str | None = Field(description="Why there is no forecast; null if there is a forecast.")


class EstimateOutcome(Value):
    """Comparison of an estimate with the node that was created from its plan."""

    node_id: int = Field(description="ID of the node.")
    number: int = Field(description="Number of the node in its tree, from 0.")
    filters: int = Field(description="Number of filters of the node.")
    accuracy: float = Field(description="Accuracy on the selection split, 0-1.")
    is_met: bool | None = Field(
        description="Whether the node's accuracy is at or above the target; null if the node does not have the "
        "estimated number of filters."
    )
    in_interval: bool | None = Field(
        description="Whether the accuracy is within the forecast's 80 % interval; null without a forecast, or if "
        "`is_met` is null."
    )


class Estimate(Value):
    """A stored estimate of how many filters to keep for a target accuracy."""

    id: int = Field(description="ID of the estimate.")
    experiment_id: int = Field(description="ID of the experiment.")
    node_id: int = Field(description="ID of the node that the estimate was requested for.")
    created_at: datetime = Field(description="When the estimate was made, UTC.")
    target_accuracy: float = Field(description="Target accuracy, 0-1.")
    from_id: int = Field(
        description="ID of the node to prune: the requested node if it has at least `keep` filters, else the node "
        "`good_id` or an ancestor."
    )
    good_id: int | None = Field(
        description="ID of the node in the interpolation whose accuracy is at or above the target; null if there is "
        "no interpolation or "
        "the node has been deleted."
    )
    bad_id: int | None = Field(
        description="ID of the node in the interpolation whose accuracy is below the target; null if there is no "
        "interpolation or the "
        "node has been deleted."
    )
    keep: int = Field(
        description="Total number of filters to keep: the result of the interpolation if there is one, otherwise "
        "that of the forecast."
    )
    remove: int = Field(description="Number of filters to remove from `from_id`.")
    percent: float = Field(
        description="`remove` as a percentage of the free filters, 0-100, unrounded: the rule `percent` with this "
        "value removes exactly `remove` filters."
    )
    change: float = Field(
        description="`remove` as a share of the node's filters, 0-1. Below 0.05, further pruning is not worthwhile."
    )
    interpolated: int | None = Field(
        description="Number of filters to keep according to the linear interpolation of CNNPruner's paper (Li et al. "
        "2021); null if there is no interpolation."
    )
    interpolation_reason: str | None = Field(
        description="Why there is no interpolation; null if there is an interpolation."
    )
    forecast: Forecast | None = Field(
        description="Forecast from all finished nodes; null if there is no forecast (see `forecast_reason`)."
    )
    forecast_reason: str | None = Field(description="Why there is no forecast; null if there is a forecast.")
    plan_id: int | None = Field(
        description="ID of the plan made from the estimate: the applied plan, else the newest; null if there "
        "is no plan."
    )
    outcome: EstimateOutcome | None = Field(
        description="Comparison of the estimate with the node that was created from its plan; null until that node is "
        "ready."
    )
