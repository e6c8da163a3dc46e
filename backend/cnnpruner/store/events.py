"""The event log, from which the event streams are sent. Of all events with the same key, the log keeps only the newest.
Most keys stand for an object, such as a node or a job; each epoch has its own key.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import (
    AutopilotEvent,
    EmbeddingEvent,
    EpochEvent,
    EstimateEvent,
    Event,
    ExperimentEvent,
    JobEvent,
    NodeEvent,
    PlanEvent,
    RemovedEvent,
    ScoresEvent,
    SuggestionEvent,
)
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.suggestions import Suggestion
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.store.rows import EventRow
from cnnpruner.store.sessions import Sessions


@dataclass(frozen=True)
class StoredEvent:
    """An event in the form in which it is sent to listeners."""

    id: int
    experiment_id: int
    kind: str
    data: str
    """The event, with its value, as JSON."""


def _event_key(event: Event) -> str:
    match event:
        case EpochEvent():
            return f"epoch:{event.node_id}:{event.epoch.epoch}"
        case ScoresEvent():
            return f"scores:{event.scores.node_id}:{event.scores.criterion}"
        case ExperimentEvent():
            return "experiment"
        case EmbeddingEvent():
            return f"embedding:{event.node_id}"
        case RemovedEvent():
            return f"removed:{event.node_ids[0]}" if event.node_ids else f"removed:plan:{event.plan_ids[0]}"
        case _:
            return f"{event.kind}:{_get_event_value(event).id}"


def _get_event_value(
    event: JobEvent | NodeEvent | PlanEvent | AutopilotEvent | EstimateEvent | SuggestionEvent,
) -> Job | Node | Plan | Autopilot | Estimate | Suggestion:
    match event:
        case JobEvent():
            return event.job
        case NodeEvent():
            return event.node
        case PlanEvent():
            return event.plan
        case AutopilotEvent():
            return event.autopilot
        case EstimateEvent():
            return event.estimate
        case SuggestionEvent():
            return event.suggestion


def emit(session: Session, experiment_id: int, event: Event) -> None:
    """Add `event` and delete the earlier event with the same key, so that the log grows no larger than the tree."""
    key = _event_key(event)
    session.execute(delete(EventRow).where(EventRow.experiment_id == experiment_id, EventRow.key == key))
    session.add(EventRow(experiment_id=experiment_id, kind=event.kind, key=key, data=event.model_dump_json()))


def drop_partial_scores(session: Session, experiment_id: int, node_id: int) -> None:
    """Delete the events with partial scores of a node once they are no longer needed."""
    key = f"scores:{node_id}:%"
    session.execute(delete(EventRow).where(EventRow.experiment_id == experiment_id, EventRow.key.like(key)))


def drop_embedding_frames(session: Session, experiment_id: int, node_id: int) -> None:
    """Delete the event with the latest intermediate layout (frame) of a map of samples that is finished or was
    abandoned.
    """
    key = f"embedding:{node_id}"
    session.execute(delete(EventRow).where(EventRow.experiment_id == experiment_id, EventRow.key == key))


def drop_events(session: Session, experiment_id: int, kind: str, ids: Collection[int]) -> None:
    """Delete all events of deleted objects; for nodes, also the events of their epochs and partial scores."""
    delete_query = delete(EventRow).where(EventRow.experiment_id == experiment_id)
    session.execute(delete_query.where(EventRow.key.in_([f"{kind}:{id_}" for id_ in ids])))
    if kind == "node":
        for node_id in ids:
            session.execute(delete_query.where(EventRow.key.like(f"%:{node_id}:%")))


class Events:
    """Reads the event log."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def last_id(self) -> int:
        """Returns the id of the newest event, 0 if there are no events."""
        with self._sessions.read() as session:
            return session.scalar(select(func.max(EventRow.id))) or 0

    def after(self, last_id: int, experiment_id: int | None = None, limit: int = 1000) -> list[StoredEvent]:
        """Returns at most `limit` events with ids greater than `last_id`, ascending."""
        query = select(EventRow).where(EventRow.id > last_id).order_by(EventRow.id).limit(limit)
        if experiment_id is not None:
            query = query.where(EventRow.experiment_id == experiment_id)
        with self._sessions.read() as session:
            return [StoredEvent(row.id, row.experiment_id, row.kind, row.data) for row in session.scalars(query)]
