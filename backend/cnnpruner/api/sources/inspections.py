"""Routes for reports on networks."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace, JobFromPath
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.service.sources import inspections

router = APIRouter(prefix="/inspections", tags=["experiments"])


@router.post("", status_code=202, response_description="The job that inspects the network.")
def inspect_network(workspace: CurrentWorkspace, new: NewExperiment) -> Job:
    """Inspect the network of a new experiment on images from its data set. This call does not create the experiment."""
    return inspections.start(workspace, new)


@router.get("/{job_id}", summary="Get Network Report", response_description="The report on the network.")
def get_inspection(workspace: CurrentWorkspace, job: JobFromPath) -> NetworkReport:
    """Get the report on a network: its layers, which filters can only be removed together, which cannot be removed and
    why, and the result of a pruning check.

    Returns 409 until the inspection is done.
    """
    return inspections.get_report(workspace, job)
