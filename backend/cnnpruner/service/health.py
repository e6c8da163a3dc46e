"""Whether the server is up, and with what."""

from cnnpruner import __version__
from cnnpruner.domain.health import Health
from cnnpruner.service.workspace import Workspace


def check(work: Workspace) -> Health:
    """What runs here."""
    lanes = work.runner.status()
    return Health(
        status="ok",
        version=__version__,
        device=next((lane.device for lane in lanes.values() if lane.device), None),
        runner=work.runner.name,
        database=work.store.database,
        workers={name: lane.ready for name, lane in lanes.items()},
    )
