"""The live stream of an experiment."""

from collections.abc import AsyncIterable
from typing import Annotated, cast

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from cnnpruner.api.dependencies import PathExperiment, Work
from cnnpruner.domain.events import Event

router = APIRouter(prefix="/experiments/{experiment_id}", tags=["experiments"])

LARGEST_ID = 2**53 - 1


@router.get("/events", response_class=EventSourceResponse)
async def stream_events(
    work: Work, experiment: PathExperiment, last_event_id: Annotated[str | None, Header(max_length=40)] = None
) -> AsyncIterable[Event]:
    """Job and node changes, epochs and partial scores; goes on after `Last-Event-ID`."""
    # Without a first line the headers wait for the first event, and a browser cannot tell that the line stands.
    yield cast(Event, ServerSentEvent(comment="listening"))
    async for event in work.broadcast.listen(experiment.id, _number(last_event_id), work.visitor.link_id):
        # The annotation puts the event types into the schema; the envelope carries them, already encoded, with an id.
        yield cast(Event, ServerSentEvent(id=str(event.id), event=event.kind, raw_data=event.data))


def _number(event_id: str | None) -> int | None:
    """None where it is no id of ours: str.isdigit alone would let ² through, and SQLite holds 64 bits."""
    if event_id is None or not (event_id.isascii() and event_id.isdigit()):
        return None
    return min(int(event_id), LARGEST_ID)
