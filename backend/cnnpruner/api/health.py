"""Routes for the status of the server, and for the data sets, checkpoints and networks that it can use."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace
from cnnpruner.domain.health import Health
from cnnpruner.domain.sources.data import DataListing
from cnnpruner.service import health
from cnnpruner.service.sources import data

router = APIRouter(tags=["server"])


@router.get("/health", response_description="The status of the server.")
def get_health(workspace: CurrentWorkspace) -> Health:
    """Get the status of the server. This call works as soon as the server is up, even while the demo is still being
    trained.
    """
    return health.check(workspace)


@router.get(
    "/data",
    response_description="Data sets, checkpoints and networks, with the names to use in `POST /api/experiments`.",
)
def list_data(workspace: CurrentWorkspace) -> DataListing:
    """List the data sets and checkpoints in the server's data folders, and the networks that the server can build."""
    return data.list_sources(workspace)
