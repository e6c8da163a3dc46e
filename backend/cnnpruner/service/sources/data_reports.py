"""Asking what is in a data set, before an experiment is made of it."""

from cnnpruner.domain.jobs import DataReportJob, Job, NewJob
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.errors import NotFound
from cnnpruner.service import jobs
from cnnpruner.service.sources.data import check_source
from cnnpruner.service.workspace import Workspace


def start(workspace: Workspace, asked: NewDataReport) -> Job:
    """The job that looks at every file; nothing is made."""
    check_source(workspace, asked.data)
    return jobs.queue(workspace, NewJob(DataReportJob(request=asked)))


def report(workspace: Workspace, job: Job) -> DataReport:
    """What it found. Raises NotFound for a job of another kind, Conflict while it runs, its own error."""
    if job.kind != "data_report":
        raise NotFound(f"Job {job.id} is no look at data; POST /api/data/reports starts one.")
    return jobs.found_by(job, f"The look at the data, job {job.id},", workspace.store.data_reports.get)
