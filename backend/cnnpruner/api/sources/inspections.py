"""Inspections: what can be cut in a network, before an experiment is made of it."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace, PathJob
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.service.sources import inspections

router = APIRouter(prefix="/inspections", tags=["experiments"])


@router.post("", status_code=202, response_description="The job that looks at it.")
def inspect_network(workspace: CurrentWorkspace, new: NewExperiment) -> Job:
    """Look at the network that this experiment would begin with, on images of its data; makes nothing."""
    return inspections.start(workspace, new)


@router.get("/{job_id}", response_description="The report.")
def get_inspection(workspace: CurrentWorkspace, job: PathJob) -> NetworkReport:
    """What it found: layers, coupled sets, what is frozen and by which line, and the proof; 409 until it is done."""
    return inspections.report(workspace, job)
