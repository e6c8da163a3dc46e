"""Estimates of how many filters to keep for a target accuracy. They are stored, and later compared with the outcome."""

from datetime import datetime

from pydantic import Field

from cnnpruner.domain.base import Value


class NewEstimate(Value):
    """Settings for a new estimate; all are optional."""

    target_accuracy: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Target accuracy, 0-1; null for the experiment's target accuracy or, if it has none, the root's "
        "accuracy minus the tolerance.",
    )
    good_id: int | None = Field(
        default=None,
        ge=1,
        le=2**53 - 1,
        description="ID of a node at or above the target. If null, the server searches for one, starting at the node "
        "`bad_id` or, if that is null too, at the requested node.",
    )
    bad_id: int | None = Field(
        default=None,
        ge=1,
        le=2**53 - 1,
        description="ID of a node below the target. If null, the server searches for one, starting at the node "
        "`good_id` or, if that is null too, at the requested node.",
    )


class ForecastPoint(Value):
    """Expected accuracy, after fine-tuning, of a node with a given number of filters."""

    filters: int = Field(description="Number of filters in the whole network.")
    accuracy: float = Field(description="Expected accuracy, 0-1.")
    low: float = Field(description="Lower end of the 80% confidence interval of the accuracy, 0-1.")
    high: float = Field(description="Upper end of the 80% confidence interval of the accuracy, 0-1.")


class Forecast(Value):
    """A forecast of the number of filters to keep, fitted to all finished nodes of the tree except controls.
    docs/methods.md describes the method.
    """

    nodes: int = Field(description="Number of finished nodes that the forecast is based on.")
    keep: int | None = Field(
        description="Smallest number of filters with which a node is expected to reach the target; null if there is "
        "no such number within the range that the finished nodes cover."
    )
    keep_low: int | None = Field(
        description="Smallest number of filters at which the upper end of the accuracy's 80% interval reaches the "
        "target; null if there is no such number."
    )
    keep_high: int | None = Field(
        description="Smallest number of filters at which the lower end of the accuracy's 80% interval reaches the "
        "target; null if there is no such number."
    )
    accuracy: float = Field(
        description="Expected accuracy, after fine-tuning, of a node with `Estimate.keep` filters, 0-1."
    )
    low: float = Field(description="Lower end of the 80% confidence interval of the accuracy, 0-1.")
    high: float = Field(description="Upper end of the 80% confidence interval of the accuracy, 0-1.")
    curve: list[ForecastPoint] = Field(
        description="Points of the forecast curve, at most 33, in ascending order of `filters`."
    )


class TreeForecast(Value):
    """Expected accuracy after fine-tuning as a function of the number of filters, based on the finished nodes of the
    tree.
    """

    nodes: int = Field(description="Number of finished nodes that the forecast is based on.")
    curve: list[ForecastPoint] = Field(
        description="Points of the forecast curve, at most 33, in ascending order of `filters`; empty if there is no "
        "forecast."
    )
    reason: str | None = Field(description="Why there is no forecast; null if there is one.")


class EstimateOutcome(Value):
    """Comparison of an estimate with the node that was created from its plan."""

    node_id: int = Field(description="ID of the node.")
    number: int = Field(description="Number of the node in its tree, starting at 0.")
    filters: int = Field(description="Number of filters in the node.")
    accuracy: float = Field(description="Accuracy on the selection split, 0-1.")
    is_met: bool | None = Field(
        description="Whether the node's accuracy is at or above the target; null if the node does not have the "
        "estimated number of filters."
    )
    in_interval: bool | None = Field(
        description="Whether the accuracy is within the forecast's 80% interval; null if there is no forecast or if "
        "`is_met` is null."
    )


class Estimate(Value):
    """A stored estimate of how many filters to keep to reach a target accuracy."""

    id: int = Field(description="ID of the estimate.")
    experiment_id: int = Field(description="ID of the experiment.")
    node_id: int = Field(description="ID of the node that the estimate was requested for.")
    created_at: datetime = Field(description="When the estimate was made (UTC).")
    target_accuracy: float = Field(description="Target accuracy, 0-1.")
    from_id: int = Field(
        description="ID of the node to prune. The requested node, the node `good_id` and the ancestors of the "
        "requested node are tried in this order; the first one with at least `keep` filters is used."
    )
    good_id: int | None = Field(
        description="ID of the node at or above the target that was used for the interpolation; null if there is no "
        "interpolation or if this node has been deleted."
    )
    bad_id: int | None = Field(
        description="ID of the node below the target that was used for the interpolation; null if there is no "
        "interpolation or if this node has been deleted."
    )
    keep: int = Field(
        description="Total number of filters to keep: the result of the interpolation if there is one, otherwise "
        "the result of the forecast."
    )
    remove: int = Field(description="Number of filters to remove from the node `from_id`.")
    percent: float = Field(
        description="`remove` as a percentage of the free (removable) filters of the node `from_id`, 0-100. The value "
        "is not rounded, so that the rule `percent` with this value removes exactly `remove` filters."
    )
    change: float = Field(
        description="`remove` as a share of all filters of the node `from_id`, 0-1. Below 0.05, further pruning is "
        "not worthwhile."
    )
    interpolated: int | None = Field(
        description="Number of filters to keep according to the linear interpolation in the CNNPruner paper (Li et "
        "al. 2021); null if there is no interpolation."
    )
    interpolation_reason: str | None = Field(description="Why there is no interpolation; null if there is one.")
    forecast: Forecast | None = Field(
        description="Forecast from all finished nodes; null if there is no forecast (see `forecast_reason`)."
    )
    forecast_reason: str | None = Field(description="Why there is no forecast; null if there is one.")
    plan_id: int | None = Field(
        description="ID of the plan that was drafted from the estimate: the applied plan if there is one, otherwise "
        "the newest plan; null if there is no plan."
    )
    outcome: EstimateOutcome | None = Field(
        description="Comparison of the estimate with the node that was created from its plan; null until that node is "
        "ready."
    )
