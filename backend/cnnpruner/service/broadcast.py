"""One look at the event log for all listeners; each gets the events of its experiment."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from cnnpruner.errors import StoreMissing
from cnnpruner.store import Store, StoredEvent

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
QUEUE_LIMIT = 2000
"""A listener that is this far behind is dropped; it comes back with its last id."""


ENDS_EVERY_S = 1.0
"""How soon a stream ends whose experiment was deleted, or whose link was withdrawn or is over."""

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
        self._ends_at = 0.0
        self._is_whole = True

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
        """Events of an experiment: those after id `after` where given, then live ones.

        They end when it is deleted, and when the link is no longer good.
        """
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
            self._look_at_store()
            try:
                await self._end_streams()
                events = await asyncio.to_thread(self._store.events.after, self._last)
            except StoreMissing:
                await asyncio.sleep(1)
                continue
            except Exception:
                log.exception("the event log could not be read")
                await asyncio.sleep(1)
                continue
            for event in events:
                self._last = event.id
                self._hand_out(event)

    def _look_at_store(self) -> None:
        """Streams end when the store goes and when it comes back: pages then ask anew how the server is."""
        was_whole, self._is_whole = self._is_whole, self._store.fault() is None
        if was_whole != self._is_whole:
            for queue in list(self._listeners):
                self._drop(queue)

    async def _end_streams(self) -> None:
        if not self._listeners or time.monotonic() - self._ends_at < ENDS_EVERY_S:
            return
        self._ends_at = time.monotonic()
        listeners = dict(self._listeners)
        known, good = await asyncio.to_thread(self._still_good, set(listeners.values()))
        for queue, listener in listeners.items():
            if listener.experiment_id not in known or listener.link_id not in good:
                self._drop(queue)

    def _still_good(self, listeners: set[_Listener]) -> tuple[set[int], set[int | None]]:
        """Ids of experiments that are there, and of links that open their tree; None is no link."""
        links = {one.link_id for one in listeners if one.link_id is not None}
        known = self._store.experiments.existing({one.experiment_id for one in listeners})
        return known, {None, *(self._store.links.valid(links) if links else ())}

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
