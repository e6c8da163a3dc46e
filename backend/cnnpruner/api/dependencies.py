"""What routes need: the workspace, and path ids turned into values."""

from typing import Annotated, cast

from fastapi import Depends, Path, Request

from cnnpruner.domain.estimates import Estimate
from cnnpruner.domain.experiments import Experiment
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.nodes import Node
from cnnpruner.domain.plans import Plan
from cnnpruner.domain.walks import Walk
from cnnpruner.service.workspace import Workspace

# SQLite and PostgreSQL hold ids in 64 bits; the page in a double.
Id = Annotated[int, Path(ge=1, le=2**53 - 1)]


def get_workspace(request: Request) -> Workspace:
    """The workspace of the server that answers."""
    return cast(Workspace, request.app.state.workspace)


Work = Annotated[Workspace, Depends(get_workspace)]


def get_experiment(work: Work, experiment_id: Id) -> Experiment:
    """The experiment of the path, or 404."""
    return work.store.experiments.get(experiment_id)


def get_node(work: Work, node_id: Id) -> Node:
    """The node of the path, or 404."""
    return work.store.nodes.get(node_id)


def get_plan(work: Work, plan_id: Id) -> Plan:
    """The plan of the path, or 404."""
    return work.store.plans.get(plan_id)


def get_job(work: Work, job_id: Id) -> Job:
    """The job of the path, or 404."""
    return work.store.jobs.get(job_id)


def get_estimate(work: Work, estimate_id: Id) -> Estimate:
    """The estimate of the path, or 404."""
    return work.store.estimates.get(estimate_id)


def get_walk(work: Work, walk_id: Id) -> Walk:
    """The walk of the path, or 404."""
    return work.store.walks.get(walk_id)


PathExperiment = Annotated[Experiment, Depends(get_experiment)]
PathNode = Annotated[Node, Depends(get_node)]
PathPlan = Annotated[Plan, Depends(get_plan)]
PathJob = Annotated[Job, Depends(get_job)]
PathEstimate = Annotated[Estimate, Depends(get_estimate)]
PathWalk = Annotated[Walk, Depends(get_walk)]
