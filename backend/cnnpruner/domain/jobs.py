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

    id: int
    kind: JobKind
    lane: Lane = Field(description="long work and short answers wait in different lines")
    state: JobState
    experiment_id: int | None
    node_id: int | None
    plan_id: int | None
    progress: float = Field(ge=0, le=1, description="share of the work done, 0-1")
    message: str = Field(description="what it is doing")
    eta_s: float | None = Field(description="estimate of the seconds left; null while unknown")
    attempt: int = Field(description="goes up with every claim")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: ErrorBody | None
    result: dict[str, Any] | None = Field(description="what it found, where it is not on the node or plan")
