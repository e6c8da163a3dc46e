"""Networks that leave: made by a job, kept beside the node's weights, given as a file."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.jobs import ExportJob, Job, NewJob
from cnnpruner.domain.sharing.exports import Export, ExportFormat
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.formats.exports.packages import require_packages
from cnnpruner.service import jobs
from cnnpruner.service.tree.nodes import require_ready
from cnnpruner.service.workspace import Workspace

WAIT_S = 60.0
"""Longest wait for a file that is asked for before it was made; then the job is told instead."""


@dataclass(frozen=True)
class ExportFile:
    """An archive that can be given out."""

    path: Path
    export: Export


def start(workspace: Workspace, node: Node, kind: ExportFormat) -> Job:
    """Queue the making of a file, anew where there is one; asked twice at once, it is made once."""
    require_ready(node, "network to export")
    if kind == "onnx":
        require_packages()
    with workspace.store.transaction():
        active = workspace.store.jobs.list(node.experiment_id, active=True)
        mine = (one for one in active if one.kind == "export" and one.node_id == node.id)
        running = next((one for one in mine if workspace.store.jobs.inputs(one.id, ExportJob).format == kind), None)
        job = running or workspace.store.jobs.add(NewJob(ExportJob(format=kind), node.experiment_id, node.id))
    workspace.runner.wake(job.queue)
    return job


def find(workspace: Workspace, node: Node, kind: ExportFormat) -> ExportFile | None:
    """The file of this format where it was made and is still there."""
    require_ready(node, "network to export")
    export = workspace.store.exports.get(node.id, kind)
    path = workspace.store.files.export(node.experiment_id, node.number, kind)
    return ExportFile(path, export) if export is not None and path.is_file() else None


def give(workspace: Workspace, node: Node, kind: ExportFormat, wait_s: float = WAIT_S) -> ExportFile | Job:
    """The file; where there is none it is made first. Takes that longer than `wait_s`, gives the job.

    Raises what the job failed with, and Unavailable where too many requests wait already.
    """
    found = find(workspace, node, kind)
    if found is not None:
        return found
    job = jobs.look(workspace, start(workspace, node, kind).id, wait_s)
    if job.state in ("waiting", "running"):
        return job
    return find(workspace, node, kind) or jobs.require_done(job)


def list_all(workspace: Workspace, node: Node) -> list[Export]:
    """Files of the node that are there."""
    made = workspace.store.exports.list(node.id)
    return [one for one in made if workspace.store.files.export(node.experiment_id, node.number, one.format).is_file()]
