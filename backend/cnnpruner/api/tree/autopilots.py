"""Autopilots that grow a branch by themselves."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace, PathAutopilot, PathExperiment, PathNode
from cnnpruner.domain.tree.autopilots import Autopilot, NewAutopilot, StopAutopilot
from cnnpruner.service.tree import autopilots

router = APIRouter(tags=["autopilots"])


@router.post(
    "/nodes/{node_id}/autopilots",
    status_code=201,
    response_description="The autopilot; its first node is in the making.",
)
def start_autopilot(workspace: CurrentWorkspace, node: PathNode, new: NewAutopilot) -> Autopilot:
    """Prune step by step until accuracy falls below the target; the first node exists at once."""
    return autopilots.start(workspace, node, new)


@router.get("/experiments/{experiment_id}/autopilots", response_description="The autopilots.")
def list_autopilots(workspace: CurrentWorkspace, experiment: PathExperiment) -> list[Autopilot]:
    """All autopilots of the tree, the oldest first."""
    return workspace.store.autopilots.list(experiment.id)


@router.get("/autopilots/{autopilot_id}", response_description="The autopilot as it is now.")
def get_autopilot(autopilot: PathAutopilot) -> Autopilot:
    """One autopilot."""
    return autopilot


@router.post("/autopilots/{autopilot_id}/stop", response_description="The autopilot, stopped or as it had ended.")
def stop_autopilot(
    workspace: CurrentWorkspace, autopilot: PathAutopilot, how: StopAutopilot | None = None
) -> Autopilot:
    """No further step; to take over at the node in the making, let it be finished."""
    return autopilots.stop(workspace, autopilot, (how or StopAutopilot()).finish_node)
