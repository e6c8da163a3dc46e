"""The workspace that service functions share: store, runner, configuration and visitor."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from cnnpruner.config import Config
from cnnpruner.domain.sharing.visitors import OWNER, Visitor
from cnnpruner.runners.base import Runner
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.plans.plugins import Plugins
from cnnpruner.store import Store

MAX_WAITING_REQUESTS = 24


@dataclass(frozen=True)
class Workspace:
    """Store, runner and configuration of a running server, and the visitor of the current request."""

    config: Config
    store: Store
    runner: Runner
    broadcast: Broadcast
    plugins: Plugins = field(default_factory=lambda: Plugins(None))
    waiting_slots: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MAX_WAITING_REQUESTS))
    """Slots for requests that wait for jobs.

    There are fewer slots than server threads, so that other requests are still answered.
    """
    visitor: Visitor = OWNER
    """The visitor who sent the request. The server itself acts as the owner."""
    is_client_connected: Callable[[], bool] = lambda: True
    """Returns whether the client is still waiting for the response."""
