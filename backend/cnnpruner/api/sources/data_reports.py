"""Reports of data sets: what is in them and what is wrong with them, before anything is trained."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace, PathJob
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.service.sources import data_reports

router = APIRouter(prefix="/data/reports", tags=["experiments"])


@router.post("", status_code=202, response_description="The job that looks at it.")
def inspect_data(workspace: CurrentWorkspace, asked: NewDataReport) -> Job:
    """Look at every file of a data set; makes nothing."""
    return data_reports.start(workspace, asked)


@router.get("/{job_id}", response_description="The report.")
def get_data_report(workspace: CurrentWorkspace, job: PathJob) -> DataReport:
    """What it found: classes, sizes, faults and warnings with their cures, mean and std; 409 until it is done."""
    return data_reports.report(workspace, job)
