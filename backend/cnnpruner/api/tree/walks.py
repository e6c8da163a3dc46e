"""Walks that grow a branch by themselves."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import PathExperiment, PathNode, PathWalk, Work
from cnnpruner.domain.tree.walks import NewWalk, StopWalk, Walk
from cnnpruner.service.tree import walks

router = APIRouter(tags=["walks"])


@router.post(
    "/nodes/{node_id}/walks", status_code=201, response_description="The walk; its first node is in the making."
)
def start_walk(work: Work, node: PathNode, new: NewWalk) -> Walk:
    """Prune step by step until accuracy falls below the target; the first node exists at once."""
    return walks.start(work, node, new)


@router.get("/experiments/{experiment_id}/walks", response_description="The walks.")
def list_walks(work: Work, experiment: PathExperiment) -> list[Walk]:
    """All walks of the tree, the oldest first."""
    return work.store.walks.list(experiment.id)


@router.get("/walks/{walk_id}", response_description="The walk as it is now.")
def get_walk(walk: PathWalk) -> Walk:
    """One walk."""
    return walk


@router.post("/walks/{walk_id}/stop", response_description="The walk, stopped or as it had ended.")
def stop_walk(work: Work, walk: PathWalk, how: StopWalk | None = None) -> Walk:
    """No further step; to take over at the node in the making, let it be finished."""
    return walks.stop(work, walk, (how or StopWalk()).finish_node)
