"""Reports on data sets."""

from cnnpruner.domain.jobs import DataReportJob, Job, NewJob
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.errors import NotFound
from cnnpruner.service import jobs
from cnnpruner.service.sources.data import check_source
from cnnpruner.service.workspace import Workspace


def start(workspace: Workspace, new: NewDataReport) -> Job:
    """Queues a job that reports on a data set, after reading every file of it."""
    check_source(workspace, new.data)
    return jobs.queue(workspace, NewJob(DataReportJob(request=new)))


def get_report(workspace: Workspace, job: Job) -> DataReport:
    """Returns the report. Raises NotFound for a job of another kind, Conflict if the job has not ended or was
    cancelled, and the job's error if it failed.
    """
    if job.kind != "data_report":
        raise NotFound(f"Job {job.id} is not a data report; POST /api/data/reports starts one.")
    return jobs.get_job_result(job, f"Data report {job.id}", workspace.store.data_reports.get)
