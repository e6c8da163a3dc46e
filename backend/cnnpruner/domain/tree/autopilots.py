"""Autopilots: each one makes and applies plans, node after node, until accuracy falls below the target."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value, VersionedValue
from cnnpruner.domain.tree.training import TrainingChoice

AutopilotKind = Literal["automatic", "automatic_estimator"]
AutopilotState = Literal["running", "done", "stopped", "failed"]


class NewAutopilot(Value):
    """Settings for starting an Autopilot."""

    kind: AutopilotKind = Field(
        description="Baseline from the CNNPruner paper. `automatic` removes the same percentage in every step until "
        "a node is below the target. `automatic_estimator` then continues with the sizes that the estimator advises."
    )
    percent: float = Field(
        default=25.0, gt=0, le=90, description="Percentage of the free filters to remove in each step, 0-90."
    )
    target_accuracy: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Target accuracy, 0-1; null for the experiment's target accuracy or, if it has none, the root's "
        "accuracy minus the tolerance.",
    )
    training: TrainingChoice | None = Field(
        default=None, description="Training settings for each step, which override the experiment's defaults."
    )
    max_steps: int = Field(default=20, ge=1, le=200, description="Maximum number of nodes to make.")


class StopAutopilot(Value):
    """How to stop an Autopilot."""

    finish_node: bool = Field(
        default=False,
        description="Finish the current node instead of cancelling it, so that you can continue from it.",
    )


class Autopilot(VersionedValue):
    """An Autopilot: its settings and its progress."""

    id: int = Field(description="ID of the Autopilot.")
    experiment_id: int = Field(description="ID of the experiment whose tree the Autopilot grows.")
    node_id: int = Field(description="ID of the node that the Autopilot started from.")
    kind: AutopilotKind = Field(
        description="`automatic` removes the same percentage in every step until a node is below the target. "
        "`automatic_estimator` then continues with the sizes that the estimator advises."
    )
    percent: float = Field(description="Percentage of the free filters to remove in each step, 0-90.")
    target_accuracy: float = Field(description="Target accuracy, 0-1.")
    training: TrainingChoice | None = Field(
        description="Training settings for each step; null for the experiment's defaults."
    )
    max_steps: int = Field(description="Maximum number of nodes to make.")
    state: AutopilotState = Field(description="Current state. `done`, `stopped` and `failed` are final.")
    reason: str = Field(description="A sentence that says why the Autopilot ended; empty while it runs.")
    nodes: list[int] = Field(description="IDs of the nodes that the Autopilot made, in order.")
    current_id: int | None = Field(description="ID of the node being made; null if no node is being made.")
    good_id: int = Field(
        description="ID of the last node at or above the target; at first, the node that the Autopilot started from."
    )
    bad_id: int | None = Field(description="ID of the last node below the target; null if no node is below the target.")
    created_at: datetime = Field(description="When the Autopilot was started (UTC).")
    finished_at: datetime | None = Field(description="When the Autopilot ended (UTC); null while it runs.")
