"""The live stream of an experiment."""

from collections.abc import AsyncIterable
from typing import Annotated, Any, cast

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from cnnpruner.api.dependencies import LARGEST_ID, CurrentWorkspace, PathExperiment
from cnnpruner.domain.events import Event

router = APIRouter(prefix="/experiments/{experiment_id}", tags=["experiments"])

STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/event-stream": {
                "itemSchema": {
                    "description": "One event.",
                    "properties": {
                        "data": {"description": "the event as JSON"},
                        "event": {"description": "its kind, the same as in `data`"},
                        "id": {"description": "of the event; send the last one as `Last-Event-ID` to go on after it"},
                        "retry": {"description": "not sent; milliseconds"},
                    },
                }
            }
        }
    }
}
"""FastAPI makes the schema of an event; here are the words for it."""


@router.get(
    "/events",
    response_class=EventSourceResponse,
    response_description="The stream: one event after another, until you hang up.",
    responses=STREAM,
)
async def stream_events(
    workspace: CurrentWorkspace,
    experiment: PathExperiment,
    last_event_id: Annotated[
        str | None,
        Header(max_length=40, description="id of the last event that you have; unless given, only new ones come"),
    ] = None,
) -> AsyncIterable[Event]:
    """Job and node changes, epochs and partial scores; goes on after `Last-Event-ID`."""
    # Without a first line the headers wait for the first event, and a browser cannot tell that the line stands.
    yield cast(Event, ServerSentEvent(comment="listening"))
    async for event in workspace.broadcast.listen(experiment.id, _number(last_event_id), workspace.visitor.link_id):
        # The annotation puts the event types into the schema; the envelope carries them, already encoded, with an id.
        yield cast(Event, ServerSentEvent(id=str(event.id), event=event.kind, raw_data=event.data))


def _number(event_id: str | None) -> int | None:
    """None where it is no id of ours: str.isdigit alone would let ² through, and SQLite holds 64 bits."""
    if event_id is None or not (event_id.isascii() and event_id.isdigit()):
        return None
    return min(int(event_id), LARGEST_ID)
