"""Plans: which filters of a node to remove, the rule that chose them, and the cost of the network without them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from cnnpruner.domain.base import Accuracy, Value, VersionedValue
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.markup import MarkupContent, percent, titled_table
from cnnpruner.domain.plans.rules import (
    FilterNumbers,
    FiltersRule,
    LayersRule,
    PercentRule,
    PlanRule,
    TargetRule,
    ThresholdRule,
)
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.provenance import ReconstructionRecord
from cnnpruner.domain.tree.training import Training, TrainingChoice, TrainingStart


class Cost(Value):
    """Cost of a network. The cost of a plan is the cost of the network that remains after pruning."""

    filters: int = Field(
        description="Number of filters: output channels of convolutions and output features of fully connected "
        "layers, without the output layer."
    )
    parameters: int = Field(description="Number of parameters in the whole network.")
    macs: int = Field(description="Number of multiply-accumulates for one image.")
    size_bytes: int = Field(description="Size of the safetensors file, in bytes.")


COST_NAMES = {"macs": "MACs", "parameters": "parameters", "size_bytes": "bytes", "filters": "filters"}
"""Maps the fields of `Cost` to the nouns that sentences use for them."""


class _PlanNameAndNote(Value):
    name: str | None = Field(
        default=None, min_length=1, max_length=100, description="Name of the draft; null for the next free letter."
    )
    note: str = Field(
        default="",
        max_length=10_000,
        description="Reason for the plan. It becomes the note of the node that the plan makes.",
    )


class NewPercentPlan(PercentRule, _PlanNameAndNote):
    """A new draft with the rule `percent`."""


class NewThresholdPlan(ThresholdRule, _PlanNameAndNote):
    """A new draft with the rule `threshold`."""


class NewLayersPlan(LayersRule, _PlanNameAndNote):
    """A new draft with the rule `layers`."""


class NewTargetPlan(TargetRule, _PlanNameAndNote):
    """A new draft with the rule `target`."""


class NewFiltersPlan(FiltersRule, _PlanNameAndNote):
    """A new draft with the rule `filters`."""


NewPlan = Annotated[
    NewPercentPlan | NewThresholdPlan | NewLayersPlan | NewTargetPlan | NewFiltersPlan,
    Field(discriminator="rule", description="A new draft: a rule and its settings."),
]


class Shares(Value):
    """Shares (0-1) of the node's filters, sensitivity, instability, parameters, MACs and bytes that a plan removes."""

    filters: float = Field(
        description="Share of all filters, including frozen ones, that the plan removes, 0-1. Rules and the page "
        "instead use the share of the free filters, which is `reached` divided by the node's `free_filters`."
    )
    sensitivity: float | None = Field(
        description="Share of the free units' total sensitivity that the plan removes, 0-1; null if the node has no "
        "taylor scores."
    )
    instability: float | None = Field(
        description="For the taylor scores, the share of the free units' total instability that the plan removes, "
        "0-1; null if the node has no taylor scores."
    )
    parameters: float = Field(description="Share of all parameters that the plan removes, 0-1.")
    macs: float = Field(description="Share of all multiply-accumulates that the plan removes, 0-1.")
    size_bytes: float = Field(description="Share of the safetensors file's bytes that the plan removes, 0-1.")


class ClassChange(Value):
    """How a plan changes the accuracy of one class."""

    label: int = Field(description="Class index, starting at 0.")
    accuracy_before: float = Field(description="Accuracy on the selection images of this class before pruning, 0-1.")
    accuracy_after: float = Field(
        description="Accuracy on the selection images of this class after pruning, without training, 0-1. Measured "
        "after re-estimation of the BN statistics or after reconstruction, whichever gives the more accurate network "
        "on all selection images."
    )
    flipped: list[int] = Field(
        description="Selection images of this class that the node classifies correctly but the pruned network does "
        "not, as positions in the selection split."
    )


class Preview(Value):
    """Accuracy of the pruned network on the selection split, without training: directly after pruning, after
    re-estimation of the BN statistics, and after reconstruction. Values that have not been measured yet are null.
    """

    plan_id: int = Field(description="ID of the plan that was measured.")
    removed_filters: int = Field(description="Number of filters that the measured plan removes.")
    revision: int = Field(
        description="Plan revision that was measured. If it is lower than the plan's current revision, the preview "
        "is stale."
    )
    before: Accuracy = Field(description="Accuracy of the node before pruning.")
    raw: Accuracy = Field(description="Accuracy directly after pruning.")
    recalibrated: Accuracy | None = Field(
        description="Accuracy after the BN statistics have been re-estimated on training batches; null until it has "
        "been measured."
    )
    reconstructed: Accuracy | None = Field(
        description="Accuracy after reconstruction. Every layer whose inputs were changed by the pruning is fitted by "
        "least squares, on training images without their labels, so that it reproduces its outputs in the parent. "
        "Null until it has been measured, and in previews made by earlier versions of CNNPruner. While the preview is "
        "being measured, this is at first the accuracy after a quicker fit on fewer images."
    )
    reconstruction: ReconstructionRecord | None = Field(
        description="Which layers the reconstruction fitted; null as long as `reconstructed` is null."
    )
    has_batch_norm: bool = Field(
        description="Whether the network has batch norm. Without it, `raw` and `recalibrated` are equal."
    )
    worst: ClassChange | None = Field(
        description="The class that loses the most accuracy, measured after re-estimation of the BN statistics or "
        "after reconstruction, whichever gives the higher accuracy; null until it has been measured."
    )
    broken_limits: list[str] = Field(description="Limits of the rule that are exceeded, one sentence each.")
    seconds: float = Field(description="Duration of the measurement in seconds.")


class Plan(VersionedValue):
    """Filters to remove from a node. A plan is a draft until it is applied; applying it makes one new node."""

    id: int = Field(description="ID of the plan.")
    node_id: int = Field(description="ID of the node to prune.")
    name: str = Field(description="Name of the draft: A, B, …")
    state: Literal["draft", "applied"] = Field(description="A `draft` can be edited; an `applied` plan never changes.")
    child_id: int | None = Field(description="ID of the node that the plan made; null for a draft.")
    revision: int = Field(description="Number that increases whenever the set of filters to remove is edited.")
    created_at: datetime = Field(description="When the plan was created (UTC).")
    updated_at: datetime = Field(description="When the plan was last changed (UTC).")
    rule: PlanRule = Field(description="The rule that chose the filters.")
    filters: FilterNumbers = Field(
        description="The filters to remove, including all coupled filters. Maps layer names to original filter "
        "numbers in ascending order."
    )
    units: list[int] = Field(
        description="IDs of the units to remove, in ascending order. These units contain exactly the filters in "
        "`filters`."
    )
    budget: int | None = Field(
        description="For the rule `percent`, the largest number of filters that the plan may remove, computed from "
        "the percentage; null for other rules."
    )
    reached: int = Field(description="Number of filters that the plan removes.")
    notes: list[str] = Field(
        description="How the rule was applied, such as which filters it could not remove and why, one sentence each."
    )
    now: Cost = Field(description="Cost of the node before pruning.")
    cost: Cost = Field(description="Exact cost of the network after pruning.")
    shares: Shares = Field(
        description="What the plan removes, as shares of the node's filters, sensitivity, instability, parameters, "
        "MACs and bytes."
    )
    preview: Preview | None = Field(description="Result of the latest preview; null if there is no preview.")
    note: str = Field(description="Reason for the plan. It becomes the note of the node that the plan makes.")
    training: Training | None = Field(description="Training settings that the plan was applied with; null for a draft.")

    def _repr_html_(self) -> str:
        """Returns the HTML table that notebooks display for the plan."""
        preview = self.preview
        rows: list[tuple[str, MarkupContent | None]] = [
            ("rule", self.rule.rule),
            ("removes", f"{self.reached:,} of {self.now.filters:,} filters"),
            ("parameters", f"{self.now.parameters:,} → {self.cost.parameters:,}"),
            ("MACs", f"{self.now.macs:,} → {self.cost.macs:,}"),
            ("bytes", f"{self.now.size_bytes:,} → {self.cost.size_bytes:,}"),
            ("accuracy in the preview, before BN re-estimation", percent(preview.raw.accuracy) if preview else None),
            (
                "accuracy in the preview, after BN re-estimation",
                _accuracy_text(preview.recalibrated) if preview else None,
            ),
            ("accuracy in the preview, reconstructed", _accuracy_text(preview.reconstructed) if preview else None),
            *(("note", note) for note in self.notes),
            ("training settings", self._describe_settings()),
            ("reason", self.note or None),
        ]
        return titled_table(f"Plan {self.name} ({self.state})", rows)

    def _describe_settings(self) -> str | None:
        if self.state == "draft":
            return None
        settings = None if self.training is None else self.training.model_dump(mode="json")
        return "not recorded" if settings is None else ", ".join(f"{name} {value}" for name, value in settings.items())


def _accuracy_text(accuracy: Accuracy | None) -> str | None:
    return None if accuracy is None else percent(accuracy.accuracy)


class PlanChanges(Value):
    """Changes to a draft. Send `revision` and `note_before` so that you do not overwrite edits that others made in the
    meantime.
    """

    revision: int | None = Field(
        default=None,
        ge=1,
        le=2**53 - 1,
        description="Plan revision that the new rule is based on. The call returns 409 if the plan has been changed "
        "since that revision.",
    )
    note_before: str | None = Field(
        default=None,
        max_length=10_000,
        description="The note as it was before your edit. The call returns 409 if the note has been changed "
        "in the meantime.",
    )
    rule: PlanRule | None = Field(default=None, description="New rule; null leaves it unchanged.")
    name: str | None = Field(
        default=None, min_length=1, max_length=100, description="New name of the draft; null leaves it unchanged."
    )
    note: str | None = Field(
        default=None, max_length=10_000, description="New reason for the plan; null leaves it unchanged."
    )


class Application(Value):
    """How to apply a plan."""

    revision: int | None = Field(
        default=None,
        ge=1,
        le=2**53 - 1,
        description="Plan revision that you reviewed. The call returns 409 if the plan has been changed since that "
        "revision.",
    )
    start: TrainingStart | None = Field(
        default=None,
        description="Weights from which the training starts. If set, this overrides `start` in `training`. If "
        "neither is set, the experiment's default applies, which is `best` unless it was changed.",
    )
    training: TrainingChoice | None = Field(
        default=None, description="Training settings that override the experiment's defaults."
    )
    note: str | None = Field(
        default=None,
        max_length=10_000,
        description="Reason for the plan, which becomes the note of the new node; null to use the plan's note.",
    )


class AppliedPlan(Value):
    """Result of applying a plan: the new node, and the job that prunes its network, trains it and measures it."""

    node: Node = Field(description="The new node, which is not ready yet.")
    job: Job = Field(description="The job that prunes, trains and measures the node.")
