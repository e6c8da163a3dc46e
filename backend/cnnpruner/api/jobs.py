"""Routes for jobs."""

from typing import Annotated

from fastapi import APIRouter, Query

from cnnpruner.api.dependencies import MAX_ID, CurrentWorkspace, JobFromPath
from cnnpruner.domain.jobs import Job
from cnnpruner.service import jobs

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get("", response_description="The jobs.")
def list_jobs(
    workspace: CurrentWorkspace,
    experiment_id: Annotated[
        int | None,
        Query(
            ge=1,
            le=MAX_ID,
            description="ID of an experiment. If given, only the jobs of this experiment are returned.",
        ),
    ] = None,
    active: Annotated[bool, Query(description="Whether to return only jobs that have not ended.")] = False,
) -> list[Job]:
    """List the jobs that you may see, newest first. At most 500 are returned."""
    return jobs.list_visible_jobs(workspace, experiment_id, active)


@router.get("/{job_id}", response_description="The job.")
def get_job(job: JobFromPath) -> Job:
    """Get a job."""
    return job


@router.post("/{job_id}/cancel", response_description="The job, which is cancelled or had already ended.")
def cancel_job(workspace: CurrentWorkspace, job: JobFromPath) -> Job:
    """Cancel a job.

    A node that the job was creating becomes `cancelled`; its parent is not affected. A job that has already ended is
    returned unchanged.
    """
    return jobs.cancel(workspace, job)
