"""Exports are made by jobs, stored next to the node's weights and downloaded as files."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.jobs import ExportJob, Job, NewJob
from cnnpruner.domain.sharing.exports import Export, ExportFormat
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.formats.exports.packages import require_packages
from cnnpruner.service import jobs
from cnnpruner.service.tree.nodes import require_ready_node
from cnnpruner.service.workspace import Workspace

EXPORT_WAIT_S = 60.0
"""Maximum time that a request waits for an export. After that, the job that makes the export is returned instead."""


@dataclass(frozen=True)
class ExportFile:
    """An archive that can be downloaded."""

    path: Path
    export: Export


def start(workspace: Workspace, node: Node, kind: ExportFormat) -> Job:
    """Queues a job that exports the node, even if there already is an export. Simultaneous calls queue only one job."""
    require_ready_node(node, "network to export")
    if kind == "onnx":
        require_packages()
    with workspace.store.transaction():
        active_jobs = workspace.store.jobs.list(node.experiment_id, active=True)
        exports = (job for job in active_jobs if job.kind == "export" and job.node_id == node.id)
        active_job = next(
            (job for job in exports if workspace.store.jobs.inputs(job.id, ExportJob).format == kind), None
        )
        job = active_job or workspace.store.jobs.add(NewJob(ExportJob(format=kind), node.experiment_id, node.id))
    workspace.runner.wake(job.queue)
    return job


def find(workspace: Workspace, node: Node, kind: ExportFormat) -> ExportFile | None:
    """Returns the export in this format, or None if it does not exist."""
    require_ready_node(node, "network to export")
    export = workspace.store.exports.get(node.id, kind)
    path = workspace.store.files.export(node.experiment_id, node.number, kind)
    return ExportFile(path, export) if export is not None and path.is_file() else None


def find_or_make_export(
    workspace: Workspace, node: Node, kind: ExportFormat, wait_s: float = EXPORT_WAIT_S
) -> ExportFile | Job:
    """Returns the export, which is made first if it does not exist. If that takes longer than `wait_s` seconds, returns
    the job that makes it.

    Raises the job's error if it failed, and Unavailable if too many requests are waiting already.
    """
    file = find(workspace, node, kind)
    if file is not None:
        return file
    job = jobs.wait_for_job(workspace, start(workspace, node, kind).id, wait_s)
    if job.state in ("waiting", "running"):
        return job
    return find(workspace, node, kind) or jobs.require_successful_job(job)


def list_exports(workspace: Workspace, node: Node) -> list[Export]:
    """Returns the node's exports whose files exist."""
    files = workspace.store.files
    return [
        export
        for export in workspace.store.exports.list(node.id)
        if files.export(node.experiment_id, node.number, export.format).is_file()
    ]
