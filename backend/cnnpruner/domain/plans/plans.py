"""What a Plan is: which filters of a node shall go, by what rule, at what cost."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from cnnpruner.domain.base import Accuracy, Changing, Value
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.markup import Content, facts, percent
from cnnpruner.domain.tree.experiments import TrainingChoice
from cnnpruner.domain.tree.nodes import Node

Numbers = dict[str, list[int]]
CriterionSpec = Annotated[
    str, Field(max_length=100, description="what orders the units: a name, or `name:option=value,option=value`")
]


class Cost(Value):
    """What a network costs; of a plan, what the network it leaves will cost."""

    filters: int = Field(description="output channels of convolutions and units of fully-connected layers")
    parameters: int = Field(description="of the whole network")
    macs: int = Field(description="multiply-accumulates for one image")
    size_bytes: int = Field(description="size of the safetensors file")


class _Rule(Value):
    """What all rules share: widths, locked layers and what a person decided by hand."""

    round_to: int = Field(
        default=1, ge=1, le=64, description="keep widths at multiples of this, by removing fewer filters"
    )
    locked: list[str] = Field(default_factory=list, max_length=2000, description="layers that no rule may touch")
    kept: Numbers = Field(default_factory=dict, description="filters kept by hand, whatever the rule says")
    removed: Numbers = Field(default_factory=dict, description="filters removed by hand, whatever the rule says")
    max_layer_share: float = Field(
        default=1.0, ge=0, le=1, description="share of a layer's present filters that the rule may remove at most, 0-1"
    )
    max_class_loss: float | None = Field(
        default=None, ge=0, le=1, description="accuracy that a class may lose at most, 0-1; the preview checks it"
    )


class PercentRule(_Rule):
    """Remove that share of the free filters, lowest scores first, over the whole network."""

    rule: Literal["percent"] = Field(default="percent", description="tells rules apart")
    percent: float = Field(ge=0, le=100, description="of the free filters, 0-100")
    criterion: CriterionSpec = "taylor"


class ThresholdRule(_Rule):
    """Remove all free units that the criterion puts below the value."""

    rule: Literal["threshold"] = Field(default="threshold", description="tells rules apart")
    value: float = Field(description="units that rank below this go; in the unit of the criterion")
    criterion: CriterionSpec = "taylor"


class LayersRule(_Rule):
    """Remove a share of each named layer, lowest scores first."""

    rule: Literal["layers"] = Field(default="layers", description="tells rules apart")
    shares: dict[str, float] = Field(description="layer -> share of its free filters to remove, 0-1")
    criterion: CriterionSpec = "taylor"


class TargetRule(_Rule):
    """Remove lowest scores first until no more than the value remains."""

    rule: Literal["target"] = Field(default="target", description="tells rules apart")
    metric: Literal["parameters", "macs"] = Field(description="what the value is of")
    value: float = Field(ge=0, description="what may remain: parameters, or multiply-accumulates for one image")
    criterion: CriterionSpec = "taylor"


class FiltersRule(_Rule):
    """Remove exactly these, and what is coupled to them."""

    rule: Literal["filters"] = Field(default="filters", description="tells rules apart")
    filters: Numbers = Field(description="layer -> original filter numbers")


class _Labels(Value):
    name: str | None = Field(default=None, min_length=1, max_length=100, description="of the draft; null: next letter")
    note: str = Field(default="", max_length=10_000, description="the reason, stays with the node")


class NewPercentPlan(PercentRule, _Labels):
    """Rule percent, as a new draft."""


class NewThresholdPlan(ThresholdRule, _Labels):
    """Rule threshold, as a new draft."""


class NewLayersPlan(LayersRule, _Labels):
    """Rule layers, as a new draft."""


class NewTargetPlan(TargetRule, _Labels):
    """Rule target, as a new draft."""


class NewFiltersPlan(FiltersRule, _Labels):
    """Rule filters, as a new draft."""


NewPlan = Annotated[
    NewPercentPlan | NewThresholdPlan | NewLayersPlan | NewTargetPlan | NewFiltersPlan,
    Field(discriminator="rule", description="A rule and what it needs to know, to make a draft by it."),
]
PlanRule = Annotated[PercentRule | ThresholdRule | LayersRule | TargetRule | FiltersRule, Field(discriminator="rule")]


class Shares(Value):
    """What share of the node a plan removes, each 0-1."""

    filters: float = Field(description="of all filters, 0-1")
    sensitivity: float | None = Field(
        description="of the sum over free units, 0-1; null where the node is not scored by taylor"
    )
    instability: float | None = Field(
        description="of the sum over free units, 0-1: that of the sensitivity, whatever ranks them; null as above"
    )
    parameters: float = Field(description="of all parameters, 0-1")
    macs: float = Field(description="of all multiply-accumulates, 0-1")
    size_bytes: float = Field(description="of all bytes of the safetensors file, 0-1")


class ClassChange(Value):
    """How a class fares under a plan."""

    label: int = Field(description="the class, from 0")
    accuracy_before: float = Field(description="selection images of the class, 0-1")
    accuracy_after: float = Field(description="after BN re-estimation, without training, 0-1")
    flipped: list[int] = Field(description="all samples of the class that were right before and are wrong after")


class Preview(Value):
    """Accuracy of the cut network without training, on the selection split."""

    plan_id: int = Field(description="the plan that was measured")
    removed_filters: int = Field(description="size of the plan that was measured")
    revision: int = Field(description="revision of the plan that was measured; older than the plan's: stale")
    before: Accuracy = Field(description="of the node as it is")
    raw: Accuracy = Field(description="as cut")
    recalibrated: Accuracy = Field(description="after BN statistics are re-estimated on training batches")
    has_batch_norm: bool = Field(description="without batch norm both are the same")
    worst: ClassChange = Field(description="the class that loses most after re-estimation")
    broken_limits: list[str] = Field(description="limits of the rule that do not hold, a sentence each")
    seconds: float = Field(description="that the measuring took")


class Plan(Changing):
    """A draft until applied; then closed and the plan of one node."""

    id: int = Field(description="of the plan")
    node_id: int = Field(description="the node to cut")
    name: str = Field(description="of the draft: A, B, ...")
    state: Literal["draft", "applied"] = Field(description="an applied plan never changes")
    child_id: int | None = Field(description="the node that it made")
    revision: int = Field(description="goes up with every edit of what is removed")
    created_at: datetime = Field(description="UTC")
    updated_at: datetime = Field(description="when it was last changed, UTC")
    rule: PlanRule = Field(description="what chose its filters")
    filters: Numbers = Field(description="layer -> original numbers to remove, ascending, closed under coupling")
    units: list[int] = Field(description="the same as unit ids, ascending")
    budget: int | None = Field(description="B of rule percent: filters that may go")
    reached: int = Field(description="filters removed")
    notes: list[str] = Field(description="what the rule had to leave, a sentence each")
    now: Cost = Field(description="of the node to cut")
    cost: Cost = Field(description="of the network that it would leave; exact")
    shares: Shares = Field(description="what of the node goes")
    preview: Preview | None = Field(description="null until it is measured")
    note: str = Field(description="the reason, stays with the node")

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        seen = self.preview
        report: list[tuple[str, Content | None]] = [
            ("rule", self.rule.rule),
            ("removes", f"{self.reached:,} of {self.now.filters:,} filters"),
            ("parameters", f"{self.now.parameters:,} → {self.cost.parameters:,}"),
            ("MACs", f"{self.now.macs:,} → {self.cost.macs:,}"),
            ("bytes", f"{self.now.size_bytes:,} → {self.cost.size_bytes:,}"),
            ("preview, raw", percent(seen.raw.accuracy) if seen else None),
            ("preview, BN re-estimated", percent(seen.recalibrated.accuracy) if seen else None),
            *(("remark", remark) for remark in self.notes),
            ("reason", self.note or None),
        ]
        return facts(f"Plan {self.name} ({self.state})", report)


class PlanChanges(Value):
    """Edit of a draft. Without what it was made from, it goes over whatever somebody else did meanwhile."""

    revision: int | None = Field(
        default=None,
        ge=1,
        le=2**53 - 1,
        description="of the plan that the new rule was made from; 409 where it is older",
    )
    note_before: str | None = Field(
        default=None, max_length=10_000, description="the note that was edited; 409 where it reads otherwise by now"
    )
    rule: PlanRule | None = Field(default=None, description="null: as it is")
    name: str | None = Field(default=None, min_length=1, max_length=100, description="of the draft; null: as it is")
    note: str | None = Field(default=None, max_length=10_000, description="the reason; null: as it is")


class Application(Value):
    """How a plan shall be carried out."""

    revision: int | None = Field(
        default=None, ge=1, le=2**53 - 1, description="of the plan that was looked at; 409 where it is older"
    )
    training: TrainingChoice | None = Field(default=None, description="over the experiment's defaults")
    note: str | None = Field(
        default=None, max_length=10_000, description="the reason, stays with the node; null: the plan's"
    )


class Applied(Value):
    """The node that exists at once, and the job that makes it ready."""

    node: Node = Field(description="in the making")
    job: Job = Field(description="what makes it")
