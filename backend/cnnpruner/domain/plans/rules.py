"""Rules: how a plan chooses the filters to remove."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.orders import Scope

FilterNumbers = dict[str, list[int]]
CostMetric = Literal["macs", "parameters", "size_bytes", "filters"]
"""Costs that a plan or an Autopilot can limit."""
CriterionSpec = Annotated[
    str,
    Field(
        max_length=100,
        description="Criterion that ranks the units: its name, or its name with options, as in "
        "`name:option=value,option=value`. A price can be appended, as in `loss_change/macs^0.5`: each score is then "
        "divided by the unit's price raised to the given exponent (0 to 1). A unit's price is what the network saves "
        "without the unit, in `macs`, `parameters` or `bytes`, relative to the mean over the free units.",
    ),
]


class _Rule(Value):
    """Settings of all rules: locked layers, overrides, limits, and a number of which layer widths must be multiples."""

    round_to: int = Field(
        default=1, ge=1, le=64, description="Keep layer widths at multiples of this number by removing fewer filters."
    )
    locked: list[str] = Field(
        default_factory=list, max_length=2000, description="Names of layers that the rule must not change."
    )
    kept: FilterNumbers = Field(
        default_factory=dict,
        description="Overrides: filters to keep, whatever the rule says. Maps layer names to original filter numbers.",
    )
    removed: FilterNumbers = Field(
        default_factory=dict,
        description="Overrides: filters to remove, whatever the rule says. Maps layer names to original filter "
        "numbers.",
    )
    floor: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Smallest share of each layer's current filters to keep, 0-1, rounded up to whole filters.",
    )
    max_layer_share: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Largest share of each layer's current filters that the rule can remove, 0-1; always 1 - `floor`. "
        "Send either this field or `floor`, not both; every response contains both.",
    )
    max_class_loss: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Largest loss of accuracy that is allowed for any class, 0-1. The preview checks this limit.",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_in_floor(cls, fields: Any) -> Any:
        """Computes `floor` from `max_layer_share`, or vice versa, if only one of them is given. Raises ValueError if
        both are given and contradict each other.
        """
        if not isinstance(fields, dict):
            return fields
        floor, share = fields.get("floor", None), fields.get("max_layer_share", None)
        if floor is None and share is None:
            floor = 0.0
        if share is None:
            return {**fields, "floor": floor, "max_layer_share": _subtract_from_one(floor)}
        if floor is None:
            return {**fields, "floor": _subtract_from_one(share)}
        if _subtract_from_one(floor) != _subtract_from_one(_subtract_from_one(share)):
            raise ValueError(
                f"floor {floor} and max_layer_share {share} contradict each other; send floor only, the smallest share "
                "of each layer's filters to keep"
            )
        return fields


def _subtract_from_one(share: Any) -> Any:
    """Returns 1 - `share`. Anything that is not a number is returned unchanged, so that the validation of the field
    rejects it.
    """
    is_number = isinstance(share, int | float) and not isinstance(share, bool)
    return round(1.0 - share, 12) if is_number else share


class RankingRule(_Rule):
    """Settings of all rules that rank units: by which criterion, and which units are ranked against each other."""

    criterion: CriterionSpec = "taylor"
    scope: Scope = Field(
        default="network",
        description="Which free units each unit is ranked against. `network`: all units. `group`: the units in the "
        "same group. `alike`: the units in layers of the same type, kernel size, stride and width. With `group` and "
        "`alike`, rules compare ranks scaled to 0-1 instead of scores, because the ranks are comparable across groups "
        "or types of layers.",
    )
    within: CriterionSpec | None = Field(
        default=None,
        max_length=100,
        description="Criterion that decides which filters of a layer are removed, such as `obs`; `criterion` then only "
        "decides how many. Null to use `criterion` for both.",
    )


class PercentRule(RankingRule):
    """Remove a percentage of the free (removable) filters across the whole network, worst scores first."""

    rule: Literal["percent"] = Field(default="percent", description="Discriminator: always `percent`.")
    percent: float = Field(ge=0, le=100, description="Percentage of the free (removable) filters to remove, 0-100.")


class ThresholdRule(RankingRule):
    """Remove every free unit whose score is below a given value, or above it if the criterion keeps low scores."""

    rule: Literal["threshold"] = Field(default="threshold", description="Discriminator: always `threshold`.")
    value: float = Field(
        description="Threshold for the scores, which are divided by the price if there is one. With the scopes `group` "
        "and `alike`, the threshold applies to the ranks, scaled to 0-1. Free units that are worse than the threshold "
        "are removed."
    )


class LayersRule(RankingRule):
    """Remove a share of the free (removable) filters of each named layer, worst scores first."""

    rule: Literal["layers"] = Field(default="layers", description="Discriminator: always `layers`.")
    shares: dict[str, float] = Field(
        description="Maps layer names to shares, 0-1: the part of each layer's free (removable) filters to remove."
    )


class TargetRule(RankingRule):
    """Remove units, worst scores first, until the cost of the network is at most a given value. Then put units back,
    best scores first, as long as the cost stays at or below this value.
    """

    rule: Literal["target"] = Field(default="target", description="Discriminator: always `target`.")
    metric: CostMetric = Field(description="The kind of cost that `value` limits.")
    value: float = Field(
        ge=0,
        description="Largest allowed cost. Depending on `metric`, this is the number of parameters, "
        "multiply-accumulates for one image, bytes of the safetensors file, or filters.",
    )


class FiltersRule(_Rule):
    """Remove exactly the listed filters and the filters coupled to them."""

    rule: Literal["filters"] = Field(default="filters", description="Discriminator: always `filters`.")
    filters: FilterNumbers = Field(description="The filters to remove. Maps layer names to original filter numbers.")


PlanRule = Annotated[PercentRule | ThresholdRule | LayersRule | TargetRule | FiltersRule, Field(discriminator="rule")]
