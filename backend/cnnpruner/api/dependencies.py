"""FastAPI dependencies: the workspace, and values loaded by the ids in the path."""

from dataclasses import replace
from typing import Annotated, Any, cast

from anyio import from_thread
from fastapi import Depends, Path, Request

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.suggestions import Suggestion
from cnnpruner.domain.sharing.visitors import NOBODY
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.sharing.visitors import find_node, load_if_visible
from cnnpruner.service.workspace import Workspace

MAX_ID = 2**53 - 1
"""Largest id that a request may contain: the largest integer that JavaScript represents exactly."""


def id_path_parameter(object_name: str) -> Any:
    """Returns the declaration of a path parameter that holds an object's id. `object_name`: for example, "a node"."""
    return Path(ge=1, le=MAX_ID, description=f"ID of {object_name}.")


SampleFromPath = Annotated[
    int, Path(ge=0, le=MAX_ID, description="Position of the image in the selection split, starting at 0.")
]


async def get_workspace(request: Request) -> Workspace:
    """Returns the server's workspace, with the visitor who sent this request. Async, so that FastAPI runs it in the
    event loop, not in a thread; it never blocks.
    """
    workspace = cast(Workspace, request.app.state.workspace)
    return replace(
        workspace,
        visitor=getattr(request.state, "visitor", NOBODY),
        is_client_connected=lambda: not from_thread.run(request.is_disconnected),
    )


CurrentWorkspace = Annotated[Workspace, Depends(get_workspace)]


def get_experiment(
    workspace: CurrentWorkspace, experiment_id: Annotated[int, id_path_parameter("an experiment")]
) -> Experiment:
    """Returns the experiment whose id is in the path. Raises NotFound if the visitor can see no such experiment."""
    return load_if_visible(
        workspace,
        f"experiment {experiment_id}",
        lambda: workspace.store.experiments.get(experiment_id),
        lambda experiment: experiment.id,
    )


def get_node(workspace: CurrentWorkspace, node_id: Annotated[int, id_path_parameter("a node")]) -> Node:
    """Returns the node whose id is in the path. Raises NotFound if the visitor can see no such node."""
    return find_node(workspace, node_id)


def get_plan(workspace: CurrentWorkspace, plan_id: Annotated[int, id_path_parameter("a plan")]) -> Plan:
    """Returns the plan whose id is in the path. Raises NotFound if the visitor can see no such plan."""
    return load_if_visible(
        workspace,
        f"plan {plan_id}",
        lambda: workspace.store.plans.get(plan_id),
        lambda plan: workspace.store.nodes.get(plan.node_id).experiment_id,
    )


def get_job(workspace: CurrentWorkspace, job_id: Annotated[int, id_path_parameter("a job")]) -> Job:
    """Returns the job whose id is in the path. Raises NotFound if the visitor can see no such job."""
    return load_if_visible(
        workspace, f"job {job_id}", lambda: workspace.store.jobs.get(job_id), lambda job: job.experiment_id
    )


def get_estimate(
    workspace: CurrentWorkspace, estimate_id: Annotated[int, id_path_parameter("an estimate")]
) -> Estimate:
    """Returns the estimate whose id is in the path. Raises NotFound if the visitor can see no such estimate."""
    return load_if_visible(
        workspace,
        f"estimate {estimate_id}",
        lambda: workspace.store.estimates.get(estimate_id),
        lambda estimate: workspace.store.nodes.get(estimate.node_id).experiment_id,
    )


def get_suggestion(
    workspace: CurrentWorkspace, suggestion_id: Annotated[int, id_path_parameter("a suggestion")]
) -> Suggestion:
    """Returns the suggestion whose id is in the path. Raises NotFound if the visitor can see no such suggestion."""
    return load_if_visible(
        workspace,
        f"suggestion {suggestion_id}",
        lambda: workspace.store.suggestions.get(suggestion_id),
        lambda suggestion: suggestion.experiment_id,
    )


def get_autopilot(
    workspace: CurrentWorkspace, autopilot_id: Annotated[int, id_path_parameter("an Autopilot")]
) -> Autopilot:
    """Returns the Autopilot whose id is in the path. Raises NotFound if the visitor can see no such Autopilot."""
    return load_if_visible(
        workspace,
        f"Autopilot {autopilot_id}",
        lambda: workspace.store.autopilots.get(autopilot_id),
        lambda autopilot: autopilot.experiment_id,
    )


JOB_QUEUED_RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {"model": Job, "description": "The job that computes the result. Repeat the call when the job is done."}
}
"""Describes status 202: the call returns a job, because the requested result has not been computed yet."""

ExperimentFromPath = Annotated[Experiment, Depends(get_experiment)]
NodeFromPath = Annotated[Node, Depends(get_node)]
PlanFromPath = Annotated[Plan, Depends(get_plan)]
JobFromPath = Annotated[Job, Depends(get_job)]
EstimateFromPath = Annotated[Estimate, Depends(get_estimate)]
SuggestionFromPath = Annotated[Suggestion, Depends(get_suggestion)]
AutopilotFromPath = Annotated[Autopilot, Depends(get_autopilot)]
