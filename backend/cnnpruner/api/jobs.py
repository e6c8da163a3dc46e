"""Jobs."""

from typing import Annotated

from fastapi import APIRouter, Query

from cnnpruner.api.dependencies import LARGEST_ID, CurrentWorkspace, PathJob
from cnnpruner.domain.jobs import Job
from cnnpruner.service import jobs

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get("", response_description="The jobs.")
def list_jobs(
    workspace: CurrentWorkspace,
    experiment_id: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="only those of this experiment")
    ] = None,
    active: Annotated[bool, Query(description="only those that are not final")] = False,
) -> list[Job]:
    """Jobs that you may see, the newest first, at most 500."""
    return jobs.seen(workspace, experiment_id, active)


@router.get("/{job_id}", response_description="The job as it is now.")
def get_job(job: PathJob) -> Job:
    """One job."""
    return job


@router.post("/{job_id}/cancel", response_description="The job, cancelled or as it had ended.")
def cancel_job(workspace: CurrentWorkspace, job: PathJob) -> Job:
    """End it; its node is marked cancelled, its parent stays as it was. A job that has ended stays as it is."""
    return jobs.cancel(workspace, job)
