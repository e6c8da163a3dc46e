"""Is the server up, and what may it read."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import Work
from cnnpruner.domain.experiments import DataListing
from cnnpruner.domain.health import Health
from cnnpruner.service import data, health

router = APIRouter(tags=["server"])


@router.get("/health")
def get_health(work: Work) -> Health:
    """200 as soon as the server is up, before the demo is trained."""
    return health.check(work)


@router.get("/data")
def list_data(work: Work) -> DataListing:
    """What lies in the data folders that the server was started with, and the networks that it can build."""
    return data.listing(work)
