"""One look at the event log for all listeners; each gets the events of its experiment."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from cnnpruner.store import Store, StoredEvent

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
QUEUE_LIMIT = 2000
"""A listener that is this far behind is dropped; it comes back with its last id."""


class Broadcast:
    """Feeds event streams from the store, also with what worker processes and other servers wrote there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: dict[asyncio.Queue[StoredEvent | None], int] = {}
        self._last = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look at the log while inside."""
        self._last = await asyncio.to_thread(self._store.events.last_id)
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            for queue in list(self._listeners):
                self._drop(queue)

    async def listen(self, experiment_id: int, after: int | None) -> AsyncIterator[StoredEvent]:
        """Events of an experiment: those after id `after` where given, then live ones."""
        queue: asyncio.Queue[StoredEvent | None] = asyncio.Queue()
        self._listeners[queue] = experiment_id
        seen = self._last
        try:
            if after is not None:
                for event in await asyncio.to_thread(self._store.events.after, after, experiment_id):
                    seen = event.id
                    yield event
            while (live := await queue.get()) is not None:
                if live.id > seen:
                    yield live
        finally:
            self._listeners.pop(queue, None)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                events = await asyncio.to_thread(self._store.events.after, self._last)
            except Exception:
                log.exception("the event log could not be read")
                await asyncio.sleep(1)
                continue
            for event in events:
                self._last = event.id
                self._hand_out(event)

    def _hand_out(self, event: StoredEvent) -> None:
        for queue, experiment_id in list(self._listeners.items()):
            if experiment_id == event.experiment_id:
                queue.put_nowait(event)
                if queue.qsize() > QUEUE_LIMIT:
                    self._drop(queue)

    def _drop(self, queue: asyncio.Queue[StoredEvent | None]) -> None:
        self._listeners.pop(queue, None)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
