"""Autopilots. Each one automatically creates and applies a sequence of plans, which grows a branch of the tree."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value, VersionedValue
from cnnpruner.domain.plans.goals import AccuracyGoal, CostGoal
from cnnpruner.domain.plans.orders import Order
from cnnpruner.domain.tree.training import TrainingChoice, TrainingStart

AutopilotKind = Literal["automatic", "automatic_estimator", "halving", "schedule"]
AutopilotState = Literal["running", "done", "stopped", "failed"]

PAPER_AUTOPILOT_KINDS: frozenset[AutopilotKind] = frozenset({"automatic", "automatic_estimator"})
"""The kinds of Autopilot that are baselines in the CNNPruner paper. Unless a request says otherwise, their nodes are
trained from the parent's weights without the removed filters.
"""

_KIND_DESCRIPTION = (
    "`automatic` prunes in equal steps until a node misses the target. `automatic_estimator` does the same, but then "
    "continues with the sizes that the estimator advises. (These two kinds are baselines in the CNNPruner paper.) When "
    "a node misses the target, `halving` goes back to the last node that reached it, and continues with steps half as "
    "large, down to 1% or one unit. `schedule` reaches the cost `goal` in `steps` steps of decreasing size (the cubic "
    "sparsity schedule of AGP)."
)


class NewAutopilot(Value):
    """Settings for starting an Autopilot."""

    kind: AutopilotKind = Field(description=_KIND_DESCRIPTION)
    percent: float = Field(
        default=25.0,
        gt=0,
        le=90,
        description="Percentage of the free (removable) filters to remove in each step, 0-90. Not used by `schedule`.",
    )
    goal: CostGoal | AccuracyGoal | None = Field(
        default=None,
        description="Either a cost at which the Autopilot ends (its last step reaches the cost exactly), or an "
        "accuracy that nodes must not fall below, which has the same effect as `target_accuracy`. Null to continue "
        "until a node misses the target accuracy.",
    )
    target_accuracy: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Target accuracy, 0-1. If null: the accuracy in `goal`, if that is an accuracy; no target, if "
        "`goal` is a cost and the kind is not `automatic_estimator`; otherwise the experiment's target or, if the "
        "experiment has none, the root's accuracy minus the tolerance.",
    )
    steps: int | None = Field(
        default=None, ge=1, le=200, description="Number of steps for the kind `schedule`; null means 5."
    )
    order: Order = Field(
        default_factory=Order,
        description="How the units are ranked. If omitted, as in CNNPruner's paper: by sensitivity (`taylor`) across "
        "the whole network, without a floor.",
    )
    start: TrainingStart | None = Field(
        default=None,
        description="Weights from which the training of each node starts. If null, `start` in `training` applies. If "
        "neither is set, the default is `cut` for the kinds `automatic` and `automatic_estimator`, and the "
        "experiment's `start` for all other kinds.",
    )
    training: TrainingChoice | None = Field(
        default=None, description="Training settings for each step, which override the experiment's defaults."
    )
    recipe: bool = Field(
        default=False,
        description="Train each step with the settings of its recipe (`GET /api/nodes/{id}/recipe`). `start` and the "
        "settings in `training` take precedence over the recipe.",
    )
    max_steps: int = Field(default=20, ge=1, le=200, description="Maximum number of nodes to make.")


class StopAutopilot(Value):
    """How to stop an Autopilot."""

    finish_node: bool = Field(
        default=False,
        description="Finish the current node instead of cancelling it, so that you can continue from it.",
    )


class Autopilot(VersionedValue):
    """An Autopilot, which automatically creates and applies a sequence of plans: its settings and its progress."""

    id: int = Field(description="ID of the Autopilot.")
    experiment_id: int = Field(description="ID of the experiment whose tree the Autopilot grows.")
    node_id: int = Field(description="ID of the node that the Autopilot started from.")
    kind: AutopilotKind = Field(description=_KIND_DESCRIPTION)
    percent: float = Field(
        description="Percentage of the free (removable) filters to remove in each step, 0-90. Not used by `schedule`."
    )
    goal: CostGoal | None = Field(description="Cost at which the Autopilot ends; null for no cost goal.")
    target_accuracy: float | None = Field(description="Target accuracy, 0-1; null if there is only a cost goal.")
    steps: int | None = Field(description="Number of steps for the kind `schedule`; null for all other kinds.")
    order: Order = Field(description="How the units are ranked.")
    start: TrainingStart = Field(description="Weights from which each training starts.")
    training: TrainingChoice | None = Field(
        description="Training settings for each step; null for the experiment's defaults."
    )
    recipe: bool = Field(description="Whether each step is trained with the settings of its recipe.")
    max_steps: int = Field(description="Maximum number of nodes to make.")
    state: AutopilotState = Field(
        description="Current state of the Autopilot. `done`, `stopped` and `failed` are final."
    )
    reason: str = Field(description="A sentence that says why the Autopilot ended; empty while it runs.")
    nodes: list[int] = Field(description="IDs of the nodes that the Autopilot made, in order.")
    current_id: int | None = Field(description="ID of the node being made; null if no node is being made.")
    good_id: int = Field(
        description="ID of the last node at or above the target; at first, the node that the Autopilot started from."
    )
    bad_id: int | None = Field(description="ID of the last node below the target; null if no node is below the target.")
    created_at: datetime = Field(description="When the Autopilot was started (UTC).")
    finished_at: datetime | None = Field(description="When the Autopilot ended (UTC); null while it runs.")
