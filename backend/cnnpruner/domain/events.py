"""The events in an experiment's event stream."""

from typing import Annotated, Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.plans.suggestions import Suggestion
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Epoch, Node


class JobEvent(Value):
    """A job was created, made progress or ended."""

    kind: Literal["job"] = Field(default="job", description="Discriminator: always `job`.")
    job: Job = Field(description="The job in its current state.")


class NodeEvent(Value):
    """A node was created or changed."""

    kind: Literal["node"] = Field(default="node", description="Discriminator: always `node`.")
    node: Node = Field(description="The node in its current state.")


class EpochEvent(Value):
    """A node finished a training epoch."""

    kind: Literal["epoch"] = Field(default="epoch", description="Discriminator: always `epoch`.")
    node_id: int = Field(description="ID of the node being trained.")
    epoch: Epoch = Field(description="Metrics of the finished epoch.")


class ScoresEvent(Value):
    """A scoring pass made progress. The event contains the scores so far."""

    kind: Literal["scores"] = Field(default="scores", description="Discriminator: always `scores`.")
    scores: PartialScores = Field(description="The scores after the batches processed so far.")


class PlanEvent(Value):
    """A plan was created or changed."""

    kind: Literal["plan"] = Field(default="plan", description="Discriminator: always `plan`.")
    plan: Plan = Field(description="The plan in its current state.")


class ExperimentEvent(Value):
    """The experiment changed."""

    kind: Literal["experiment"] = Field(default="experiment", description="Discriminator: always `experiment`.")
    experiment: Experiment = Field(description="The experiment in its current state.")


class AutopilotEvent(Value):
    """An Autopilot started, made progress or ended."""

    kind: Literal["autopilot"] = Field(default="autopilot", description="Discriminator: always `autopilot`.")
    autopilot: Autopilot = Field(description="The Autopilot in its current state.")


class EstimateEvent(Value):
    """An estimate was created, or a plan was drafted from an estimate."""

    kind: Literal["estimate"] = Field(default="estimate", description="Discriminator: always `estimate`.")
    estimate: Estimate = Field(description="The estimate in its current state.")


class SuggestionEvent(Value):
    """A search for the best plan was requested, has measured another plan, or has ended."""

    kind: Literal["suggestion"] = Field(default="suggestion", description="Discriminator: always `suggestion`.")
    suggestion: Suggestion = Field(description="The suggestion in its current state.")


class EmbeddingEvent(EmbeddingFrame):
    """A new intermediate layout of a map of samples was computed. These events are deleted from the event log when the
    job ends.
    """

    kind: Literal["embedding"] = Field(default="embedding", description="Discriminator: always `embedding`.")


class RemovedEvent(Value):
    """A draft was deleted, or a branch was deleted along with its plans and the plan that created its first node."""

    kind: Literal["removed"] = Field(default="removed", description="Discriminator: always `removed`.")
    node_ids: list[int] = Field(description="IDs of the deleted nodes.")
    plan_ids: list[int] = Field(description="IDs of the deleted plans.")


Event = Annotated[
    JobEvent
    | NodeEvent
    | EpochEvent
    | ScoresEvent
    | PlanEvent
    | ExperimentEvent
    | AutopilotEvent
    | EstimateEvent
    | SuggestionEvent
    | EmbeddingEvent
    | RemovedEvent,
    Field(discriminator="kind"),
]
