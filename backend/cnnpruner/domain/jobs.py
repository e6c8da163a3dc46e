"""Jobs: tasks that run in the background. They are stored in the database, so that they survive restarts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field

from cnnpruner.domain.base import ErrorBody, Value, VersionedValue
from cnnpruner.domain.sharing.exports import ExportFormat
from cnnpruner.domain.sources.data_reports import NewDataReport
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.domain.tree.nodes import ControlKind

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
JobKind = Literal[
    "experiment_check",
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
    "network_report",
    "data_report",
    "mac_count",
    "suggestion",
]
Queue = Literal["training", "interactive"]


class Job(VersionedValue):
    """A task that runs in the background."""

    id: int = Field(description="ID of the job.")
    kind: JobKind = Field(description="What the job does.")
    queue: Queue = Field(
        description="`training` for long jobs, `interactive` for short ones that a person waits for. Each queue "
        "has its own worker."
    )
    state: JobState = Field(description="Current state of the job. `done`, `failed` and `cancelled` are final.")
    experiment_id: int | None = Field(
        description="ID of the experiment that the job belongs to; null if the job belongs to no experiment."
    )
    node_id: int | None = Field(description="ID of the node that the job makes or reads; null if the job uses no node.")
    plan_id: int | None = Field(
        description="ID of the plan that the job applies or previews; null if the job uses no plan."
    )
    progress: float = Field(ge=0, le=1, description="Share of the work that is done, 0-1.")
    message: str = Field(description="What the job is doing, or was doing when it failed. Empty once the job is done.")
    eta_s: float | None = Field(description="Estimated seconds remaining; null while unknown.")
    attempt: int = Field(description="Number of times a worker has started this job.")
    created_at: datetime = Field(description="When the job was requested (UTC).")
    started_at: datetime | None = Field(
        description="When a worker last started the job (UTC); null if no worker has started it."
    )
    finished_at: datetime | None = Field(description="When the job reached a final state (UTC); null until then.")
    error: ErrorBody | None = Field(description="Why the job failed; null if it did not fail.")
    result: dict[str, Any] | None = Field(
        description="Result of the job; null if the job has no result, or if the result is stored in a node or plan."
    )


class JobInputs(Value):
    """Inputs of a job, stored as JSON. A job also reads the database rows that it belongs to. Each subclass declares a
    kind of job.
    """

    kind: ClassVar[JobKind]
    queue: ClassVar[Queue] = "interactive"


class RootJob(JobInputs):
    """Train or import node 0 of an experiment."""

    kind = "root"
    queue = "training"


class ControlSettings(Value):
    """How to choose the units that a control removes. In every layer, the control keeps as many filters as its
    reference node.
    """

    kind: ControlKind
    seed: int
    reference: int
    """ID of the control's reference node."""


class PruneJob(JobInputs):
    """Make a node: prune its parent's network, then fine-tune and measure the result."""

    kind = "prune"
    queue = "training"
    units: list[int]
    """IDs of the units to remove from the parent."""
    choose: ControlSettings | None = None


class ExperimentCheckJob(JobInputs):
    """Check data, network and weights before an experiment is created from them."""

    kind = "experiment_check"
    experiment: NewExperiment


class NetworkReportJob(JobInputs):
    """Report what can be pruned in a network."""

    kind = "network_report"
    experiment: NewExperiment


class DataReportJob(JobInputs):
    """Report what a data set contains."""

    kind = "data_report"
    request: NewDataReport


class MacCountJob(JobInputs):
    """Recount the MACs of a tree from version 0.2.0 or earlier, which left out operations such as attention."""

    kind = "mac_count"


class PreviewJob(JobInputs):
    """Measure the accuracy of the network that a plan would create, before any training."""

    kind = "preview"
    revision: int
    """Revision of the plan to measure."""


class SuggestionJob(JobInputs):
    """Search for the plan that keeps the most accuracy at a given cost. The search runs for minutes, so it is queued
    with the trainings, where it does not delay previews.
    """

    kind = "suggestion"
    queue = "training"
    suggestion_id: int
    """ID of the suggestion to search for."""


class LatencyJob(JobInputs):
    """Measure the time of a node's forward pass."""

    kind = "latency"
    batches: list[int]
    """Batch sizes at which the forward pass is timed."""


class TestJob(JobInputs):
    """Measure a node on the locked test split."""

    kind = "test"


class EmbeddingJob(JobInputs):
    """Compute the two-dimensional map of a node's samples."""

    kind = "embedding"


class PicturesJob(JobInputs):
    """Compute pictures of what each filter of a block responds to in one selection image. A block is a range of a
    layer's filters.
    """

    kind = "pictures"
    sample: int
    layer: int
    """Index of the layer that the block belongs to."""
    start: int
    stop: int
    """End of the block, exclusive: its filters have the positions `start` to `stop - 1` in the layer."""
    path: str
    """Name of the file to which the block's pictures are written."""


class ActivationsJob(JobInputs):
    """Compute how the filters of all layers respond to the selection images."""

    kind = "activations"


class ScoreJob(JobInputs):
    """Score a node's units by a criterion."""

    kind = "score"
    criterion: str
    """Name and options of the criterion."""
    source: str | None
    """File or entry point of a user-defined criterion; None for a built-in one."""
    key: str
    """Key under which the scores are stored."""


class ExportJob(JobInputs):
    """Write a node's network in a portable format."""

    kind = "export"
    format: ExportFormat


INPUTS_CLASS_BY_KIND: dict[JobKind, type[JobInputs]] = {inputs.kind: inputs for inputs in JobInputs.__subclasses__()}
"""Maps each kind of job to the class that declares its inputs."""


@dataclass(frozen=True)
class NewJob:
    """A job to add to the queue, and the database rows that it belongs to."""

    inputs: JobInputs
    experiment_id: int | None = None
    """ID of the experiment whose event streams report the job; None if no event stream should report it."""
    node_id: int | None = None
    plan_id: int | None = None

    @property
    def queue(self) -> Queue:
        """Return the queue in which the job waits."""
        return self.inputs.queue
