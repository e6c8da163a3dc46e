"""What every service function works on: the store, the runner, how the server was started, and who asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from cnnpruner.config import Config
from cnnpruner.domain.sharing.visitors import OWNER, Visitor
from cnnpruner.runners.base import Runner
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.plans.plugins import Plugins
from cnnpruner.store import Store

MOST_WAITING = 24


@dataclass(frozen=True)
class Workspace:
    """One running server."""

    config: Config
    store: Store
    runner: Runner
    broadcast: Broadcast
    plugins: Plugins = field(default_factory=lambda: Plugins(None))
    waiting: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_WAITING))
    """Requests that wait for a job: fewer than the server has threads, so that all others go on being answered."""
    visitor: Visitor = OWNER
    """Who asks; the server itself acts as the owner."""
    is_awaited: Callable[[], bool] = lambda: True
    """Whether the one who asks still waits for the answer, and has not hung up."""
