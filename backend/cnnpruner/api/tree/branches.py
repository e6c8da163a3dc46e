"""Branches, controls and comparisons of the tree."""

from typing import Annotated

from fastapi import APIRouter, Query

from cnnpruner.api.dependencies import LARGEST_ID, CurrentWorkspace, PathExperiment, PathNode
from cnnpruner.domain.tree.branches import Branch
from cnnpruner.domain.tree.comparison import Comparison
from cnnpruner.domain.tree.nodes import NewControls, Node
from cnnpruner.service.tree import branches, comparison, controls

router = APIRouter(tags=["tree"])


@router.get("/nodes/{node_id}/branch", response_description="The nodes, their bytes and their jobs.")
def get_branch(workspace: CurrentWorkspace, node: PathNode) -> Branch:
    """What would go with this node: its descendants, files and running jobs."""
    return branches.branch(workspace, node)


@router.delete("/nodes/{node_id}", response_description="What went with it.")
def delete_branch(workspace: CurrentWorkspace, node: PathNode) -> Branch:
    """Remove the node, all that came of it, and their files; 409 for the root."""
    return branches.delete(workspace, node)


@router.post("/nodes/{node_id}/controls", status_code=201, response_description="The nodes, in the making.")
def create_controls(workspace: CurrentWorkspace, node: PathNode, new: NewControls) -> list[Node]:
    """Nodes of the same parent and widths with other filters or fresh weights, one for each seed."""
    return controls.make(workspace, node, new)


@router.get("/experiments/{experiment_id}/comparison", response_description="The nodes beside each other.")
def compare_nodes(
    workspace: CurrentWorkspace,
    experiment: PathExperiment,
    nodes: Annotated[
        list[Annotated[int, Query(ge=1, le=LARGEST_ID)]], Query(max_length=100, description="ids of the nodes")
    ],
) -> Comparison:
    """Two to five nodes side by side; the first is the reference."""
    return comparison.compare(workspace, experiment, nodes)
