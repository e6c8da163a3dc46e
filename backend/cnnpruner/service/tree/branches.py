"""Removing a node and all that came of it."""

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.tree.branches import Branch, BranchNode
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import Conflict
from cnnpruner.runners.liveness import is_alive
from cnnpruner.service import jobs
from cnnpruner.service.workspace import Workspace


def branch(workspace: Workspace, node: Node) -> Branch:
    """What would go with `node`."""
    found = [
        _describe(workspace, workspace.store.nodes.get(node_id)) for node_id in workspace.store.branches.ids(node.id)
    ]
    return Branch(
        node_id=node.id,
        nodes=sorted(found, key=lambda one: one.number),
        size_bytes=sum(one.size_bytes for one in found),
        active_jobs=len(_active(workspace, node)),
    )


def delete(workspace: Workspace, node: Node) -> Branch:
    """End autopilots and jobs of the branch, remove its rows, then its files; numbers are never given again."""
    if node.parent_id is None:
        message = "The root cannot be removed: every node comes from it. Delete the experiment instead."
        raise Conflict(message, node_id=node.id)
    found = branch(workspace, node)
    _end_autopilots(workspace, node)
    for job in _active(workspace, node):
        jobs.cancel(workspace, job)
    workspace.store.branches.remove(node.experiment_id, node.id)
    workspace.store.sweep(is_alive)
    return found


def _describe(workspace: Workspace, node: Node) -> BranchNode:
    size = workspace.store.files.node_bytes(node.experiment_id, node.number)
    return BranchNode(id=node.id, number=node.number, state=node.state, accuracy=node.accuracy, size_bytes=size)


def _active(workspace: Workspace, node: Node) -> list[Job]:
    ids = set(workspace.store.branches.ids(node.id))
    return [job for job in workspace.store.jobs.list(node.experiment_id, active=True) if job.node_id in ids]


def _end_autopilots(workspace: Workspace, node: Node) -> None:
    ids = set(workspace.store.branches.ids(node.id))
    for autopilot in workspace.store.autopilots.list(node.experiment_id, running=True):
        if ids.intersection([*autopilot.nodes, autopilot.node_id]):
            workspace.store.autopilots.end(
                autopilot.id, "stopped", f"Node {node.number} and what came of it were deleted."
            )
