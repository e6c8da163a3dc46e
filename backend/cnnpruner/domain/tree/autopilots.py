"""What an Autopilot is: a branch that grows by itself, step by step, until its accuracy falls below the target."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Changing, Value
from cnnpruner.domain.tree.experiments import TrainingChoice

AutopilotKind = Literal["automatic", "automatic_estimator"]
AutopilotState = Literal["running", "done", "stopped", "failed"]


class NewAutopilot(Value):
    """How to autopilot."""

    kind: AutopilotKind = Field(description="the paper's baselines: equal steps, or equal steps and then the estimator")
    percent: float = Field(default=25.0, gt=0, le=90, description="of the free filters, each step, 0-90")
    target_accuracy: float | None = Field(
        default=None, ge=0, le=1, description="0-1; null: the experiment's target, else the root's less the tolerance"
    )
    training: TrainingChoice | None = Field(default=None, description="of each step, over the experiment's defaults")
    max_steps: int = Field(default=20, ge=1, le=200, description="nodes that it may make")


class StopAutopilot(Value):
    """How to stop."""

    finish_node: bool = Field(default=False, description="let the node in the making become ready, to take over there")


class Autopilot(Changing):
    """An Autopilot and how far it is."""

    id: int = Field(description="of the autopilot")
    experiment_id: int = Field(description="of the tree that it grows")
    node_id: int = Field(description="where it began")
    kind: AutopilotKind = Field(description="equal steps, or equal steps and then the estimator")
    percent: float = Field(description="of the free filters, each step, 0-90")
    target_accuracy: float = Field(description="0-1")
    training: TrainingChoice | None = Field(description="of each step; null: the experiment's defaults")
    max_steps: int = Field(description="nodes that it may make")
    state: AutopilotState = Field(description="the last three are final")
    reason: str = Field(description="why it ended, a sentence; empty while it runs")
    nodes: list[int] = Field(description="ids of the nodes that it made, in order")
    current_id: int | None = Field(description="the node in the making")
    good_id: int = Field(description="its last node that is not below the target")
    bad_id: int | None = Field(description="its last node below the target")
    created_at: datetime = Field(description="UTC")
    finished_at: datetime | None = Field(description="UTC; null while it runs")
