"""Reports on networks."""

from cnnpruner.domain.jobs import Job, NetworkReportJob, NewJob
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.errors import NotFound
from cnnpruner.service import jobs
from cnnpruner.service.tree.experiments import normalize
from cnnpruner.service.workspace import Workspace


def start(workspace: Workspace, new: NewExperiment) -> Job:
    """Queues a job that reports on the network that the experiment would start from."""
    return jobs.queue(workspace, NewJob(NetworkReportJob(experiment=normalize(workspace, new))))


def get_report(workspace: Workspace, job: Job) -> NetworkReport:
    """Returns the report. Raises NotFound for a job of another kind, Conflict if the job has not ended or was
    cancelled, and the job's error if it failed.
    """
    if job.kind != "network_report":
        raise NotFound(f"Job {job.id} is not a network report; POST /api/inspections starts one.")
    return jobs.get_job_result(job, f"Network report {job.id}", workspace.store.inspections.get)
