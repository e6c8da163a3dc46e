"""One look at the event log for all listeners; each gets the events of its experiment."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from cnnpruner.store import Store, StoredEvent

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
QUEUE_LIMIT = 2000
"""A listener that is this far behind is dropped; it comes back with its last id."""


LINKS_EVERY_S = 1.0
"""How soon a stream ends whose link was withdrawn or is over."""

Queue = asyncio.Queue[StoredEvent | None]


@dataclass(frozen=True)
class _Listener:
    experiment_id: int
    link_id: int | None


class Broadcast:
    """Feeds event streams from the store, also with what worker processes and other servers wrote there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: dict[Queue, _Listener] = {}
        self._last = 0
        self._links_at = 0.0

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

    async def listen(
        self, experiment_id: int, after: int | None, link_id: int | None = None
    ) -> AsyncIterator[StoredEvent]:
        """Events of an experiment: those after id `after` where given, then live ones, while the link is good."""
        queue: Queue = asyncio.Queue()
        self._listeners[queue] = _Listener(experiment_id, link_id)
        seen = self._last
        try:
            # In pieces, as the store gives them; what comes meanwhile is in the queue as well.
            while after is not None and (past := await self._past(after, experiment_id)):
                for event in past:
                    yield event
                after = past[-1].id
                seen = max(seen, after)
            while (live := await queue.get()) is not None:
                if live.id > seen:
                    yield live
        finally:
            self._listeners.pop(queue, None)

    async def _past(self, after: int, experiment_id: int) -> list[StoredEvent]:
        return await asyncio.to_thread(self._store.events.after, after, experiment_id)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self._end_withdrawn()
                events = await asyncio.to_thread(self._store.events.after, self._last)
            except Exception:
                log.exception("the event log could not be read")
                await asyncio.sleep(1)
                continue
            for event in events:
                self._last = event.id
                self._hand_out(event)

    async def _end_withdrawn(self) -> None:
        used = {one.link_id for one in self._listeners.values() if one.link_id is not None}
        if not used or time.monotonic() - self._links_at < LINKS_EVERY_S:
            return
        self._links_at = time.monotonic()
        gone = used - await asyncio.to_thread(self._store.links.good, used)
        for queue, listener in list(self._listeners.items()):
            if listener.link_id in gone:
                self._drop(queue)

    def _hand_out(self, event: StoredEvent) -> None:
        for queue, listener in list(self._listeners.items()):
            if listener.experiment_id == event.experiment_id:
                queue.put_nowait(event)
                if queue.qsize() > QUEUE_LIMIT:
                    self._drop(queue)

    def _drop(self, queue: Queue) -> None:
        self._listeners.pop(queue, None)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
