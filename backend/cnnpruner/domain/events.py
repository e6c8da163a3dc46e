"""What the event stream of an experiment tells."""

from typing import Annotated, Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.embeddings import EmbeddingFrame
from cnnpruner.domain.experiments import Experiment
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.nodes import Epoch, Node
from cnnpruner.domain.plans import Plan
from cnnpruner.domain.scores import PartialScores
from cnnpruner.domain.walks import Walk


class JobEvent(Value):
    """A job is new, moved on or ended."""

    kind: Literal["job"] = "job"
    job: Job


class NodeEvent(Value):
    """A node is new or changed."""

    kind: Literal["node"] = "node"
    node: Node


class EpochEvent(Value):
    """An epoch of a node is finished."""

    kind: Literal["epoch"] = "epoch"
    node_id: int
    epoch: Epoch


class ScoresEvent(Value):
    """A scoring pass moved on."""

    kind: Literal["scores"] = "scores"
    scores: PartialScores


class PlanEvent(Value):
    """A plan is new or changed."""

    kind: Literal["plan"] = "plan"
    plan: Plan


class ExperimentEvent(Value):
    """The experiment changed."""

    kind: Literal["experiment"] = "experiment"
    experiment: Experiment


class WalkEvent(Value):
    """A walk is new, moved on or ended."""

    kind: Literal["walk"] = "walk"
    walk: Walk


class EmbeddingEvent(EmbeddingFrame):
    """A map of samples moved on; it goes from the log when its job ends."""

    kind: Literal["embedding"] = "embedding"


class RemovedEvent(Value):
    """A branch is gone, with its plans and the plan that made it; or a draft alone."""

    kind: Literal["removed"] = "removed"
    node_ids: list[int]
    plan_ids: list[int]


Event = Annotated[
    JobEvent
    | NodeEvent
    | EpochEvent
    | ScoresEvent
    | PlanEvent
    | ExperimentEvent
    | WalkEvent
    | EmbeddingEvent
    | RemovedEvent,
    Field(discriminator="kind"),
]
