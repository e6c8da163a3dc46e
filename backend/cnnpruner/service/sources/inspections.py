"""Asking what can be cut in a network, before an experiment is made of it."""

from cnnpruner.domain.jobs import Job, NetworkReportJob, NewJob
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.errors import NotFound
from cnnpruner.service import jobs
from cnnpruner.service.tree.experiments import settle
from cnnpruner.service.workspace import Workspace


def start(workspace: Workspace, new: NewExperiment) -> Job:
    """The job that looks at the network as the experiment would begin with it; nothing is made."""
    return jobs.queue(workspace, NewJob(NetworkReportJob(experiment=settle(workspace, new))))


def report(workspace: Workspace, job: Job) -> NetworkReport:
    """What it found. Raises NotFound for a job of another kind, Conflict while it runs, its own error."""
    if job.kind != "network_report":
        raise NotFound(f"Job {job.id} is no inspection; POST /api/inspections starts one.")
    return jobs.found_by(job, f"Inspection {job.id}", workspace.store.inspections.get)
