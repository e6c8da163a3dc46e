"""Step of the job that exports a node."""

from datetime import UTC, datetime

from cnnpruner.domain.exports import Export
from cnnpruner.domain.jobs import Job
from cnnpruner.engine.checksums import require_sum
from cnnpruner.engine.exports.record import describe
from cnnpruner.jobs import export
from cnnpruner.service.bench import Bench, node_of, stop_unless
from cnnpruner.service.exports import file_name
from cnnpruner.service.job_context import JobContext


def export_step(bench: Bench, job: Job, context: JobContext) -> None:
    """Make the archive, then keep how it was checked."""
    node = node_of(bench, job)
    kind = bench.store.jobs.inputs(job.id)["format"]
    setting, ready = bench.setting(node.experiment_id), bench.ready(node)
    require_sum(ready.weights, ready.sha256)  # also where a network that was read before is still warm
    path = bench.store.files.export(node.experiment_id, node.number, kind)
    record = describe(setting.experiment, node, setting.root_layers, ready.layers)
    check = export.run(export.ExportInputs(setting, ready, kind, record, path), context, bench.warm)
    made = Export(
        node_id=node.id,
        format=kind,
        file=file_name(setting.experiment.name, node.number, kind),
        size_bytes=path.stat().st_size,
        made_at=datetime.now(UTC),
        check=check,
    )
    stop_unless(bench.store.exports.finish(job.id, job.attempt, made))
