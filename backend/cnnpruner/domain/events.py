"""What the event stream of an experiment tells."""

from typing import Annotated, Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Epoch, Node


class JobEvent(Value):
    """A job is new, moved on or ended."""

    kind: Literal["job"] = Field(default="job", description="tells events apart")
    job: Job = Field(description="as it is now")


class NodeEvent(Value):
    """A node is new or changed."""

    kind: Literal["node"] = Field(default="node", description="tells events apart")
    node: Node = Field(description="as it is now")


class EpochEvent(Value):
    """An epoch of a node is finished."""

    kind: Literal["epoch"] = Field(default="epoch", description="tells events apart")
    node_id: int = Field(description="the node in training")
    epoch: Epoch = Field(description="what it came to")


class ScoresEvent(Value):
    """A scoring pass moved on."""

    kind: Literal["scores"] = Field(default="scores", description="tells events apart")
    scores: PartialScores = Field(description="after the batches so far")


class PlanEvent(Value):
    """A plan is new or changed."""

    kind: Literal["plan"] = Field(default="plan", description="tells events apart")
    plan: Plan = Field(description="as it is now")


class ExperimentEvent(Value):
    """The experiment changed."""

    kind: Literal["experiment"] = Field(default="experiment", description="tells events apart")
    experiment: Experiment = Field(description="as it is now")


class AutopilotEvent(Value):
    """An Autopilot is new, moved on or ended."""

    kind: Literal["autopilot"] = Field(default="autopilot", description="tells events apart")
    autopilot: Autopilot = Field(description="as it is now")


class EstimateEvent(Value):
    """An estimate is new, or a plan was made from it."""

    kind: Literal["estimate"] = Field(default="estimate", description="tells events apart")
    estimate: Estimate = Field(description="as it is now")


class EmbeddingEvent(EmbeddingFrame):
    """A map of samples moved on; it goes from the log when its job ends."""

    kind: Literal["embedding"] = Field(default="embedding", description="tells events apart")


class RemovedEvent(Value):
    """A branch is gone, with its plans and the plan that made it; or a draft alone."""

    kind: Literal["removed"] = Field(default="removed", description="tells events apart")
    node_ids: list[int] = Field(description="ids of the nodes that are gone")
    plan_ids: list[int] = Field(description="ids of the plans that are gone")


Event = Annotated[
    JobEvent
    | NodeEvent
    | EpochEvent
    | ScoresEvent
    | PlanEvent
    | ExperimentEvent
    | AutopilotEvent
    | EstimateEvent
    | EmbeddingEvent
    | RemovedEvent,
    Field(discriminator="kind"),
]
