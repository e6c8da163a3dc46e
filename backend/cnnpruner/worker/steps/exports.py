"""Step of the job that exports a node."""

from datetime import UTC, datetime

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.sharing.exports import Export
from cnnpruner.formats.exports.record import describe
from cnnpruner.formats.file_names import export_file_name
from cnnpruner.jobs.kinds import export
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Bench, node_of, stop_unless


def export_step(bench: Bench, job: Job, context: JobContext) -> None:
    """Make the archive, then keep how it was checked."""
    node = node_of(bench, job)
    kind = bench.store.jobs.inputs(job.id)["format"]
    setting, ready = bench.setting(node.experiment_id), bench.ready(node)
    path = bench.store.files.export(node.experiment_id, node.number, kind)
    record = describe(setting.experiment, node, setting.root_layers, ready.layers)
    check = export.run(export.ExportInputs(setting, ready, kind, record, path), context, bench.warm)
    made = Export(
        node_id=node.id,
        format=kind,
        file=export_file_name(setting.experiment.name, node.number, kind),
        size_bytes=path.stat().st_size,
        made_at=datetime.now(UTC),
        check=check,
    )
    stop_unless(bench.store.exports.finish(job.id, job.attempt, made))
