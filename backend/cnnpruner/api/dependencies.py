"""What routes need: the workspace, and path ids turned into values."""

from dataclasses import replace
from typing import Annotated, Any, cast

from anyio import from_thread
from fastapi import Depends, Path, Request

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.sharing.visitors import NOBODY
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.sharing.visitors import find, find_node
from cnnpruner.service.workspace import Workspace

LARGEST_ID = 2**53 - 1
"""SQLite and PostgreSQL hold ids in 64 bits; the page in a double."""


def id_of(thing: str) -> Any:
    """A part of the path that is an id."""
    return Path(ge=1, le=LARGEST_ID, description=f"id of {thing}")


Sample = Annotated[int, Path(ge=0, le=LARGEST_ID, description="position in the selection split, from 0")]


async def get_workspace(request: Request) -> Workspace:
    """The workspace of the server that answers, as the one who asks may use it. Async: it needs no thread."""
    workspace = cast(Workspace, request.app.state.workspace)
    return replace(
        workspace,
        visitor=getattr(request.state, "visitor", NOBODY),
        is_awaited=lambda: not from_thread.run(request.is_disconnected),
    )


CurrentWorkspace = Annotated[Workspace, Depends(get_workspace)]


def get_experiment(workspace: CurrentWorkspace, experiment_id: Annotated[int, id_of("an experiment")]) -> Experiment:
    """The experiment of the path, or 404."""
    return find(workspace, f"experiment {experiment_id}", lambda: workspace.store.experiments.get(experiment_id), _id)


def _id(experiment: Experiment) -> int:
    return experiment.id


def get_node(workspace: CurrentWorkspace, node_id: Annotated[int, id_of("a node")]) -> Node:
    """The node of the path, or 404."""
    return find_node(workspace, node_id)


def get_plan(workspace: CurrentWorkspace, plan_id: Annotated[int, id_of("a plan")]) -> Plan:
    """The plan of the path, or 404."""

    def tree(plan: Plan) -> int:
        return workspace.store.nodes.get(plan.node_id).experiment_id

    return find(workspace, f"plan {plan_id}", lambda: workspace.store.plans.get(plan_id), tree)


def get_job(workspace: CurrentWorkspace, job_id: Annotated[int, id_of("a job")]) -> Job:
    """The job of the path, or 404."""
    return find(workspace, f"job {job_id}", lambda: workspace.store.jobs.get(job_id), lambda job: job.experiment_id)


def get_estimate(workspace: CurrentWorkspace, estimate_id: Annotated[int, id_of("an estimate")]) -> Estimate:
    """The estimate of the path, or 404."""

    def tree(estimate: Estimate) -> int:
        return workspace.store.nodes.get(estimate.node_id).experiment_id

    return find(workspace, f"estimate {estimate_id}", lambda: workspace.store.estimates.get(estimate_id), tree)


def get_autopilot(workspace: CurrentWorkspace, autopilot_id: Annotated[int, id_of("an Autopilot")]) -> Autopilot:
    """The autopilot of the path, or 404."""
    return find(
        workspace,
        f"autopilot {autopilot_id}",
        lambda: workspace.store.autopilots.get(autopilot_id),
        lambda autopilot: autopilot.experiment_id,
    )


QUEUED: dict[int | str, dict[str, Any]] = {
    202: {"model": Job, "description": "the job that makes it; ask again when it is done"}
}
"""For calls that answer with a thing where it is there, and else with the job that makes it."""

PathExperiment = Annotated[Experiment, Depends(get_experiment)]
PathNode = Annotated[Node, Depends(get_node)]
PathPlan = Annotated[Plan, Depends(get_plan)]
PathJob = Annotated[Job, Depends(get_job)]
PathEstimate = Annotated[Estimate, Depends(get_estimate)]
PathAutopilot = Annotated[Autopilot, Depends(get_autopilot)]
