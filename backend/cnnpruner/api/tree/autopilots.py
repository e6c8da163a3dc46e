"""Routes for Autopilots."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import AutopilotFromPath, CurrentWorkspace, ExperimentFromPath, NodeFromPath
from cnnpruner.domain.tree.autopilots import Autopilot, NewAutopilot, StopAutopilot
from cnnpruner.service.tree import autopilots

router = APIRouter(tags=["autopilots"])


@router.post(
    "/nodes/{node_id}/autopilots",
    status_code=201,
    response_description="The Autopilot. Its first node is not ready yet.",
)
def start_autopilot(workspace: CurrentWorkspace, node: NodeFromPath, new: NewAutopilot) -> Autopilot:
    """Start an Autopilot, which prunes step by step until accuracy falls below the target or a cost goal is reached.

    The call does not wait for the first node. That node is created once the scores for its plan have been computed.
    """
    return autopilots.start(workspace, node, new)


@router.get("/experiments/{experiment_id}/autopilots", response_description="The Autopilots.")
def list_autopilots(workspace: CurrentWorkspace, experiment: ExperimentFromPath) -> list[Autopilot]:
    """List all Autopilots of the tree, oldest first."""
    return workspace.store.autopilots.list(experiment.id)


@router.get("/autopilots/{autopilot_id}", response_description="The Autopilot.")
def get_autopilot(autopilot: AutopilotFromPath) -> Autopilot:
    """Get an Autopilot."""
    return autopilot


@router.post(
    "/autopilots/{autopilot_id}/stop", response_description="The Autopilot, stopped unless it had already ended."
)
def stop_autopilot(
    workspace: CurrentWorkspace, autopilot: AutopilotFromPath, options: StopAutopilot | None = None
) -> Autopilot:
    """Stop an Autopilot.

    If `finish_node` is true, the current node is still completed, so that you can continue from it. Otherwise, the node
    is cancelled.
    """
    return autopilots.stop(workspace, autopilot, (options or StopAutopilot()).finish_node)
