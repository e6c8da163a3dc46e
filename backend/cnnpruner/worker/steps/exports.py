"""The step of the job that exports a node."""

from datetime import UTC, datetime

from cnnpruner.domain.jobs import ExportJob, Job
from cnnpruner.domain.sharing.exports import Export
from cnnpruner.formats.checksums import require_checksum
from cnnpruner.formats.exports.record import make_record
from cnnpruner.formats.file_names import export_file_name
from cnnpruner.jobs.kinds import export
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, get_node, require_result_accepted
from cnnpruner.worker.steps import step


@step(ExportJob)
def export_node(services: Services, job: Job, job_inputs: ExportJob, context: JobContext) -> None:
    """Write the archive with the exported node, check it, and store the result of the check."""
    node = get_node(services, job)
    setup, ready_node = services.setup(node.experiment_id), services.ready_node(node)
    require_checksum(ready_node.weights, ready_node.sha256)  # even if the network is still in the worker cache
    path = services.store.files.export(node.experiment_id, node.number, job_inputs.format)
    record = make_record(setup.experiment, node, setup.root_layers, ready_node.layers)
    check = export.run(export.ExportInputs(setup, ready_node, job_inputs.format, record, path), context, services.cache)
    result = Export(
        node_id=node.id,
        format=job_inputs.format,
        file=export_file_name(setup.experiment.name, node.number, job_inputs.format),
        size_bytes=path.stat().st_size,
        made_at=datetime.now(UTC),
        check=check,
    )
    require_result_accepted(services.store.exports.finish(job.id, job.attempt, result))
