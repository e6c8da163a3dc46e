"""What the event stream of an experiment tells."""

from typing import Annotated, Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.experiments import Experiment
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.nodes import Epoch, Node
from cnnpruner.domain.plans import Plan
from cnnpruner.domain.scores import PartialScores


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


Event = Annotated[
    JobEvent | NodeEvent | EpochEvent | ScoresEvent | PlanEvent | ExperimentEvent, Field(discriminator="kind")
]
