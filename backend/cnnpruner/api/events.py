"""The live event stream of an experiment."""

from collections.abc import AsyncIterable
from typing import Annotated, Any, cast

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from cnnpruner.api.dependencies import MAX_ID, CurrentWorkspace, ExperimentFromPath
from cnnpruner.domain.events import Event

router = APIRouter(prefix="/experiments/{experiment_id}", tags=["experiments"])

EVENT_STREAM_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/event-stream": {
                "itemSchema": {
                    "description": "One event of the stream.",
                    "properties": {
                        "data": {"description": "The event as JSON."},
                        "event": {"description": "Kind of the event; the same as `kind` in `data`."},
                        "id": {"description": "ID of the event. To resume, send the last ID as `Last-Event-ID`."},
                        "retry": {"description": "Reconnection delay in milliseconds. This server never sends it."},
                    },
                }
            }
        }
    }
}
"""Descriptions that are added to the event schema that FastAPI generates."""


@router.get(
    "/events",
    response_class=EventSourceResponse,
    response_description="A stream of events that lasts until you close the connection.",
    responses=EVENT_STREAM_RESPONSES,
)
async def stream_events(
    workspace: CurrentWorkspace,
    experiment: ExperimentFromPath,
    last_event_id: Annotated[
        str | None,
        Header(
            max_length=40,
            description="ID of the last event that you received. If it is omitted, only new events are sent.",
        ),
    ] = None,
) -> AsyncIterable[Event]:
    """Stream events: changes to jobs and nodes, finished epochs, partial scores and more.

    Send `Last-Event-ID` to resume after the last event that you received.
    """
    # The headers are only sent with the first line, and a browser needs them to know that it is connected.
    yield cast(Event, ServerSentEvent(comment="listening"))
    async for event in workspace.broadcast.listen(
        experiment.id, _parse_event_id(last_event_id), workspace.visitor.link_id
    ):
        # The return type documents the events in the schema; they are sent already encoded, with an id.
        yield cast(Event, ServerSentEvent(id=str(event.id), event=event.kind, raw_data=event.data))


def _parse_event_id(event_id: str | None) -> int | None:
    """Returns the event id as an integer, at most MAX_ID. Returns None if no id is given, or if it does not consist
    of ASCII digits only.
    """
    if event_id is None or not (event_id.isascii() and event_id.isdigit()):
        return None
    return min(int(event_id), MAX_ID)
