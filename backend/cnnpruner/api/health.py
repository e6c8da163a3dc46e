"""Is the server up, and what may it read."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace
from cnnpruner.domain.health import Health
from cnnpruner.domain.sources.data import DataListing
from cnnpruner.service import health
from cnnpruner.service.sources import data

router = APIRouter(tags=["server"])


@router.get("/health", response_description="What the server is, and what of it is up.")
def get_health(workspace: CurrentWorkspace) -> Health:
    """200 as soon as the server is up, before the demo is trained."""
    return health.check(workspace)


@router.get(
    "/data", response_description="Data, checkpoints and networks, by the names that `POST /api/experiments` takes."
)
def list_data(workspace: CurrentWorkspace) -> DataListing:
    """What lies in the data folders that the server was started with, and the networks that it can build."""
    return data.listing(workspace)
