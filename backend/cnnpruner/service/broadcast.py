"""Polls the event log on behalf of all listeners, and sends each listener the events of its experiment."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from cnnpruner.errors import StoreMissing
from cnnpruner.store import Store, StoredEvent

log = logging.getLogger(__name__)

POLL_INTERVAL_S = 0.1
MAX_QUEUED_EVENTS = 2000
"""A listener with this many unsent events is disconnected. Its client reconnects with the last event ID it received."""


STREAM_CHECK_INTERVAL_S = 1.0
"""Longest time for which a stream continues after its experiment was deleted, or its link was revoked or expired."""

Queue = asyncio.Queue[StoredEvent | None]


@dataclass(frozen=True)
class _EventListener:
    experiment_id: int
    link_id: int | None


class Broadcast:
    """Sends events from the store to the event streams, including events that workers and other servers wrote."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: dict[Queue, _EventListener] = {}
        self._last_event_id = 0
        self._last_stream_check_s = 0.0
        self._is_store_intact = True

    @asynccontextmanager
    async def follow_event_log(self) -> AsyncIterator[None]:
        """Context manager: while it is open, new events are sent to the listeners."""
        self._last_event_id = await asyncio.to_thread(self._store.events.last_id)
        task = asyncio.create_task(self._send_new_events())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            for queue in list(self._listeners):
                self._end_stream(queue)

    async def listen(
        self, experiment_id: int, after: int | None, link_id: int | None = None
    ) -> AsyncIterator[StoredEvent]:
        """Yields the events of an experiment: first the stored events with ids greater than `after`, unless `after` is
        None; then new events.

        Ends when the experiment is deleted or the link is no longer valid.
        """
        queue: Queue = asyncio.Queue()
        self._listeners[queue] = _EventListener(experiment_id, link_id)
        last_sent_id = self._last_event_id
        try:
            # The store returns events in batches. Events that arrive in the meantime are in the queue as well.
            while after is not None and (stored_events := await self._read_stored_events(after, experiment_id)):
                for event in stored_events:
                    yield event
                after = stored_events[-1].id
                last_sent_id = max(last_sent_id, after)
            while (new_event := await queue.get()) is not None:
                if new_event.id > last_sent_id:
                    yield new_event
        finally:
            self._listeners.pop(queue, None)

    async def _read_stored_events(self, after: int, experiment_id: int) -> list[StoredEvent]:
        return await asyncio.to_thread(self._store.events.after, after, experiment_id)

    async def _send_new_events(self) -> None:
        while True:
            await asyncio.sleep(POLL_INTERVAL_S)
            self._end_streams_if_store_changed()
            try:
                await self._end_invalid_streams()
                events = await asyncio.to_thread(self._store.events.after, self._last_event_id)
            except StoreMissing:
                await asyncio.sleep(1)
                continue
            except Exception:
                log.exception("The event log could not be read")
                await asyncio.sleep(1)
                continue
            for event in events:
                self._last_event_id = event.id
                self._send_to_listeners(event)

    def _end_streams_if_store_changed(self) -> None:
        """Ends all streams when the store disappears or becomes available again, so that pages ask for the server's
        status.
        """
        was_store_intact, self._is_store_intact = self._is_store_intact, self._store.find_problem() is None
        if was_store_intact != self._is_store_intact:
            for queue in list(self._listeners):
                self._end_stream(queue)

    async def _end_invalid_streams(self) -> None:
        if not self._listeners or time.monotonic() - self._last_stream_check_s < STREAM_CHECK_INTERVAL_S:
            return
        self._last_stream_check_s = time.monotonic()
        listeners = dict(self._listeners)
        experiment_ids, valid_link_ids = await asyncio.to_thread(
            self._find_valid_experiments_and_links, set(listeners.values())
        )
        for queue, listener in listeners.items():
            if listener.experiment_id not in experiment_ids or listener.link_id not in valid_link_ids:
                self._end_stream(queue)

    def _find_valid_experiments_and_links(self, listeners: set[_EventListener]) -> tuple[set[int], set[int | None]]:
        """Returns the ids of the listeners' experiments that still exist, and the ids of the listeners' links that are
        still valid.

        The link ids include None, which stands for visitors without a link.
        """
        link_ids = {listener.link_id for listener in listeners if listener.link_id is not None}
        experiment_ids = self._store.experiments.find_existing_ids({listener.experiment_id for listener in listeners})
        return experiment_ids, {None, *(self._store.links.find_valid_ids(link_ids) if link_ids else ())}

    def _send_to_listeners(self, event: StoredEvent) -> None:
        for queue, listener in list(self._listeners.items()):
            if listener.experiment_id == event.experiment_id:
                queue.put_nowait(event)
                if queue.qsize() > MAX_QUEUED_EVENTS:
                    self._end_stream(queue)

    def _end_stream(self, queue: Queue) -> None:
        self._listeners.pop(queue, None)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
