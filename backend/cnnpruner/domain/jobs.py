"""What a Job is: a piece of work whose row is the truth, through restarts."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from cnnpruner.domain.base import Changing, ErrorBody

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
JobKind = Literal[
    "inspect",
    "root",
    "prune",
    "preview",
    "latency",
    "test",
    "embedding",
    "pictures",
    "activations",
    "score",
    "export",
    "report",
    "data_report",
]
Lane = Literal["training", "interactive"]


class Job(Changing):
    """The last three states are final."""

    id: int = Field(description="of the job")
    kind: JobKind = Field(description="what is to be done")
    lane: Lane = Field(description="long work and short answers wait in different lines")
    state: JobState = Field(description="the last three are final")
    experiment_id: int | None = Field(description="of the tree that it is about; null: of none")
    node_id: int | None = Field(description="the node that it makes or looks at; null: none")
    plan_id: int | None = Field(description="the plan that it carries out or previews; null: none")
    progress: float = Field(ge=0, le=1, description="share of the work done, 0-1")
    message: str = Field(description="what it is doing, or was when it failed; empty once done")
    eta_s: float | None = Field(description="estimate of the seconds left; null while unknown")
    attempt: int = Field(description="goes up with every claim")
    created_at: datetime = Field(description="when it was asked for, UTC")
    started_at: datetime | None = Field(description="when it was last taken up, UTC; null: not yet")
    finished_at: datetime | None = Field(description="UTC; null while it is not final")
    error: ErrorBody | None = Field(description="why it failed; null: it did not")
    result: dict[str, Any] | None = Field(description="what it found, where it is not on the node or plan")
