"""Routes for reports on data sets."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace, JobFromPath
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.service.sources import data_reports

router = APIRouter(prefix="/data/reports", tags=["experiments"])


@router.post("", status_code=202, response_description="The job that inspects the data set.")
def inspect_data(workspace: CurrentWorkspace, new: NewDataReport) -> Job:
    """Inspect every file of a data set. This call does not create an experiment."""
    return data_reports.start(workspace, new)


@router.get("/{job_id}", response_description="The report on the data set.")
def get_data_report(workspace: CurrentWorkspace, job: JobFromPath) -> DataReport:
    """Get the report on a data set: its classes, image sizes, mean and standard deviation, and its errors and warnings.

    Returns 409 until the inspection is done.
    """
    return data_reports.get_report(workspace, job)
