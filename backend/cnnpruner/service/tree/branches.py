"""Deletes a branch: a node and all its descendants."""

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.tree.branches import Branch, BranchNode
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import Conflict
from cnnpruner.runners.liveness import is_alive
from cnnpruner.service import jobs
from cnnpruner.service.tree.teachers import require_no_active_students
from cnnpruner.service.workspace import Workspace


def describe(workspace: Workspace, node: Node) -> Branch:
    """Returns what deleting `node` would delete."""
    ids = workspace.store.branches.node_ids(node.id)
    nodes = [_describe_node(workspace, workspace.store.nodes.get(node_id)) for node_id in ids]
    return Branch(
        node_id=node.id,
        nodes=sorted(nodes, key=lambda member: member.number),
        size_bytes=sum(member.size_bytes for member in nodes),
        active_jobs=len(_find_active_jobs(workspace, node)),
    )


def delete(workspace: Workspace, node: Node) -> Branch:
    """Ends Autopilots and jobs of the branch, then deletes the branch's rows and files. Node numbers are not reused.
    Raises Conflict if `node` is the root, or if a node of the branch is the teacher of a node outside the branch that
    is still being trained.
    """
    if node.parent_id is None:
        message = "The root cannot be deleted, because every node descends from it. Delete the experiment instead."
        raise Conflict(message, node_id=node.id)
    branch = describe(workspace, node)
    require_no_active_students(workspace, node.experiment_id, workspace.store.branches.node_ids(node.id))
    _end_autopilots(workspace, node)
    for job in _find_active_jobs(workspace, node):
        jobs.cancel(workspace, job)
    workspace.store.branches.remove(node.experiment_id, node.id)
    workspace.store.remove_deleted_files(is_alive)
    return branch


def _describe_node(workspace: Workspace, node: Node) -> BranchNode:
    size = workspace.store.files.count_node_bytes(node.experiment_id, node.number)
    return BranchNode(id=node.id, number=node.number, state=node.state, accuracy=node.accuracy, size_bytes=size)


def _find_active_jobs(workspace: Workspace, node: Node) -> list[Job]:
    ids = set(workspace.store.branches.node_ids(node.id))
    return [job for job in workspace.store.jobs.list(node.experiment_id, active=True) if job.node_id in ids]


def _end_autopilots(workspace: Workspace, node: Node) -> None:
    ids = set(workspace.store.branches.node_ids(node.id))
    for autopilot in workspace.store.autopilots.list(node.experiment_id, only_running=True):
        if ids.intersection([*autopilot.nodes, autopilot.node_id]):
            workspace.store.autopilots.end(
                autopilot.id, "stopped", f"Node {node.number} and its descendants were deleted."
            )
