"""What a Job is: a piece of work whose row is the truth, through restarts; and every kind of job, declared once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field

from cnnpruner.domain.base import Changing, ErrorBody, Value
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
]
Queue = Literal["training", "interactive"]


class Job(Changing):
    """The last three states are final."""

    id: int = Field(description="of the job")
    kind: JobKind = Field(description="what is to be done")
    queue: Queue = Field(description="long work and short answers wait in different lines")
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


class JobInputs(Value):
    """What a job is given beside the rows that it is about, kept as JSON; each subclass declares a kind of job."""

    kind: ClassVar[JobKind]
    queue: ClassVar[Queue] = "interactive"


class RootJob(JobInputs):
    """Train or import node 0 of an experiment."""

    kind = "root"
    queue = "training"


class ControlChoice(Value):
    """Which other units a control loses: as many of each layer as the node that it is like."""

    kind: ControlKind
    seed: int
    reference: int
    """Id of the node that it is a control of."""


class PruneJob(JobInputs):
    """Make a node: cut its parent, tune and measure it."""

    kind = "prune"
    queue = "training"
    units: list[int]
    """Ids of the units that the parent loses."""
    choose: ControlChoice | None = None


class ExperimentCheckJob(JobInputs):
    """Check data, network and weights before an experiment is created from them."""

    kind = "experiment_check"
    experiment: NewExperiment


class NetworkReportJob(JobInputs):
    """Report what can be cut in a network."""

    kind = "network_report"
    experiment: NewExperiment


class DataReportJob(JobInputs):
    """Report what is in a data set."""

    kind = "data_report"
    request: NewDataReport


class PreviewJob(JobInputs):
    """Measure the accuracy of a plan's network without training."""

    kind = "preview"
    revision: int
    """Of the plan that is measured."""


class LatencyJob(JobInputs):
    """Measure the time of a forward pass."""

    kind = "latency"
    batches: list[int]
    """Batch sizes."""


class TestJob(JobInputs):
    """Measure a node on the locked test split."""

    kind = "test"


class EmbeddingJob(JobInputs):
    """Lay out the map of a node's samples."""

    kind = "embedding"


class PicturesJob(JobInputs):
    """What in one selection image makes a block of a layer's filters respond."""

    kind = "pictures"
    sample: int
    layer: int
    """Index of the layer."""
    start: int
    stop: int
    """Positions of the block's filters."""
    path: str
    """File name of the block."""


class ActivationsJob(JobInputs):
    """How the filters of all layers respond to the selection images."""

    kind = "activations"


class ScoreJob(JobInputs):
    """Values of a criterion for a node."""

    kind = "score"
    criterion: str
    """Name and options."""
    source: str | None
    """Of a user's criterion: its file or entry point."""
    key: str
    """What the values are kept under."""


class ExportJob(JobInputs):
    """Write a node's network in a portable format."""

    kind = "export"
    format: ExportFormat


KINDS: dict[JobKind, type[JobInputs]] = {declared.kind: declared for declared in JobInputs.__subclasses__()}
"""All kinds of jobs by name."""


@dataclass(frozen=True)
class NewJob:
    """A job that waits from now on, and the rows that it is about."""

    inputs: JobInputs
    experiment_id: int | None = None
    """None also where the event streams of its tree shall not hear of it."""
    node_id: int | None = None
    plan_id: int | None = None

    @property
    def queue(self) -> Queue:
        """The queue in which it waits."""
        return self.inputs.queue
