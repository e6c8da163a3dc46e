"""Routes for branches, control nodes and comparisons."""

from typing import Annotated

from fastapi import APIRouter, Query

from cnnpruner.api.dependencies import MAX_ID, CurrentWorkspace, ExperimentFromPath, NodeFromPath
from cnnpruner.domain.tree.branches import Branch
from cnnpruner.domain.tree.comparison import Comparison
from cnnpruner.domain.tree.nodes import NewControls, Node
from cnnpruner.service.tree import branches, comparison, controls

router = APIRouter(tags=["tree"])


@router.get(
    "/nodes/{node_id}/branch",
    response_description="The nodes of the branch, the size of their files and the number of active jobs.",
)
def get_branch(workspace: CurrentWorkspace, node: NodeFromPath) -> Branch:
    """Show what deleting a node would remove: the node and its descendants, with their files and active jobs."""
    return branches.describe(workspace, node)


@router.delete("/nodes/{node_id}", response_description="The nodes and files that were deleted.")
def delete_branch(workspace: CurrentWorkspace, node: NodeFromPath) -> Branch:
    """Delete a node, all its descendants and their files. Returns 409 for the root. Also returns 409 if a node of the
    branch is the teacher of an unfinished node outside the branch.
    """
    return branches.delete(workspace, node)


@router.post(
    "/nodes/{node_id}/controls", status_code=201, response_description="The new nodes, which are not ready yet."
)
def create_controls(workspace: CurrentWorkspace, node: NodeFromPath, new: NewControls) -> list[Node]:
    """Create control nodes, one for each seed. They have the same parent and layer widths as the node, but they keep
    different filters or are trained from fresh weights.
    """
    return controls.create(workspace, node, new)


@router.get("/experiments/{experiment_id}/comparison", response_description="The comparison of the nodes.")
def compare_nodes(
    workspace: CurrentWorkspace,
    experiment: ExperimentFromPath,
    nodes: Annotated[
        list[Annotated[int, Query(ge=1, le=MAX_ID)]],
        Query(max_length=100, description="IDs of the nodes to compare, starting with the reference."),
    ],
) -> Comparison:
    """Compare two to five nodes of a tree. The first node is the reference."""
    return comparison.compare(workspace, experiment, nodes)
