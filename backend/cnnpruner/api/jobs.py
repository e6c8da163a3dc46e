"""Jobs."""

from typing import Annotated

from fastapi import APIRouter, Query

from cnnpruner.api.dependencies import PathJob, Work
from cnnpruner.domain.jobs import Job
from cnnpruner.service import jobs

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get("")
def list_jobs(
    work: Work,
    experiment_id: Annotated[int | None, Query(ge=1, le=2**53 - 1)] = None,
    active: Annotated[bool, Query(description="only those that are not final")] = False,
) -> list[Job]:
    """Jobs that you may see, the newest first, at most 500."""
    return jobs.seen(work, experiment_id, active)


@router.get("/{job_id}")
def get_job(job: PathJob) -> Job:
    """One job."""
    return job


@router.post("/{job_id}/cancel")
def cancel_job(work: Work, job: PathJob) -> Job:
    """End it; its node is marked cancelled, its parent stays as it was. A job that has ended stays as it is."""
    return jobs.cancel(work, job)
