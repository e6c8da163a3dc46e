"""The job that exports a node."""

from datetime import UTC, datetime

from cnnpruner.domain.jobs import ExportJob, Job
from cnnpruner.domain.sharing.exports import Export
from cnnpruner.formats.checksums import require_checksum
from cnnpruner.formats.exports.record import make_record
from cnnpruner.formats.file_names import export_file_name
from cnnpruner.jobs.kinds import export
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, node_of, stop_unless
from cnnpruner.worker.steps import step


@step(ExportJob)
def export_node(services: Services, job: Job, given: ExportJob, context: JobContext) -> None:
    """Make the archive, then keep how it was checked."""
    node = node_of(services, job)
    setup, ready = services.setup(node.experiment_id), services.ready(node)
    require_checksum(ready.weights, ready.sha256)  # also where a network that was read before is still in the cache
    path = services.store.files.export(node.experiment_id, node.number, given.format)
    record = make_record(setup.experiment, node, setup.root_layers, ready.layers)
    check = export.run(export.ExportInputs(setup, ready, given.format, record, path), context, services.cache)
    made = Export(
        node_id=node.id,
        format=given.format,
        file=export_file_name(setup.experiment.name, node.number, given.format),
        size_bytes=path.stat().st_size,
        made_at=datetime.now(UTC),
        check=check,
    )
    stop_unless(services.store.exports.finish(job.id, job.attempt, made))
