"""What an Estimate is: how many filters to keep for a target accuracy, kept and later shown beside what came out."""

from datetime import datetime

from pydantic import Field

from cnnpruner.domain.base import Value


class NewEstimate(Value):
    """What is asked; all of it has a default."""

    target_accuracy: float | None = Field(
        default=None, ge=0, le=1, description="0-1; null: the experiment's target, else the root's less the tolerance"
    )
    good_id: int | None = Field(
        default=None, ge=1, le=2**53 - 1, description="a node not below the target; null: the last of the lineage"
    )
    bad_id: int | None = Field(
        default=None, ge=1, le=2**53 - 1, description="a node below the target; null: the first of the lineage"
    )


class ForecastPoint(Value):
    """What is expected of a node of that size."""

    filters: int = Field(description="of the whole network")
    accuracy: float = Field(description="expected, 0-1")
    low: float = Field(description="lower end of the 80 % interval, 0-1")
    high: float = Field(description="upper end of the 80 % interval, 0-1")


class Forecast(Value):
    """From all finished nodes of the tree that were not cut as controls; the method is in docs/methods.md."""

    nodes: int = Field(description="finished nodes that it rests on")
    keep: int | None = Field(description="fewest filters expected to reach the target; null: none of the sizes seen")
    keep_low: int | None = Field(description="fewest filters that may reach it, by the 80 % interval")
    keep_high: int | None = Field(description="fewest filters that should reach it, by the 80 % interval")
    accuracy: float = Field(description="expected of a node with `Estimate.keep` filters, 0-1")
    low: float = Field(description="lower end of its 80 % interval, 0-1")
    high: float = Field(description="upper end of its 80 % interval, 0-1")
    curve: list[ForecastPoint] = Field(description="ascending by filters, at most 33")


class TreeForecast(Value):
    """What the finished nodes of a tree let expect of a node of any size, after fine-tuning."""

    nodes: int = Field(description="finished nodes that it rests on")
    curve: list[ForecastPoint] = Field(description="ascending by filters, at most 33; empty where there is none")
    reason: str | None = Field(description="why there is none")


class EstimateOutcome(Value):
    """What came out of the plan that was made from it."""

    node_id: int = Field(description="the node that came out")
    number: int = Field(description="of the node in its tree, from 0")
    filters: int = Field(description="that it has")
    accuracy: float = Field(description="selection split, 0-1")
    is_met: bool | None = Field(description="not below the target; null where `filters` is not what was advised")
    in_interval: bool | None = Field(
        description="within the forecast's 80 % interval; null without a forecast, or where `is_met` is"
    )


class Estimate(Value):
    """An answer, as it was given."""

    id: int = Field(description="of the estimate")
    experiment_id: int = Field(description="of the tree that it is about")
    node_id: int = Field(description="where it was asked for")
    created_at: datetime = Field(description="UTC")
    target_accuracy: float = Field(description="0-1")
    from_id: int = Field(description="the node to cut: where it was asked for, if that is larger; else the good one")
    good_id: int | None = Field(description="of the interpolation; null: no pair was there yet, or it was deleted")
    bad_id: int | None = Field(description="of the interpolation; null: no pair was there yet, or it was deleted")
    keep: int = Field(description="filters to keep in all, the interpolation's where there is one")
    remove: int = Field(description="filters to remove from `from_id`")
    percent: float = Field(
        description="the same of its free filters, 0-100, unrounded: rule percent makes exactly `remove`"
    )
    change: float = Field(description="`remove` as a share of its filters, 0-1; below 0.05 it is time to stop")
    interpolated: int | None = Field(description="n of the paper's linear interpolation")
    interpolation_reason: str | None = Field(description="why there is none")
    forecast: Forecast | None = Field(description="from all finished nodes; null: see `forecast_reason`")
    forecast_reason: str | None = Field(description="why there is none")
    plan_id: int | None = Field(description="the plan that was made from it: the applied one, else the newest")
    outcome: EstimateOutcome | None = Field(description="null until that plan's node is ready")
