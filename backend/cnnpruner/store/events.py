"""The log that event streams are fed from: the newest event of each key, epochs each with a key of its own."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import EpochEvent, Event, ExperimentEvent, JobEvent, NodeEvent, PlanEvent, ScoresEvent
from cnnpruner.store.rows import EventRow
from cnnpruner.store.sessions import Sessions


@dataclass(frozen=True)
class StoredEvent:
    """An event as it goes down the wire."""

    id: int
    experiment_id: int
    kind: str
    data: str
    """JSON of the event value."""


def _key(event: Event) -> str:
    match event:
        case JobEvent():
            return f"job:{event.job.id}"
        case NodeEvent():
            return f"node:{event.node.id}"
        case EpochEvent():
            return f"epoch:{event.node_id}:{event.epoch.epoch}"
        case ScoresEvent():
            return f"scores:{event.scores.node_id}:{event.scores.criterion}"
        case PlanEvent():
            return f"plan:{event.plan.id}"
        case ExperimentEvent():
            return "experiment"


def emit(session: Session, experiment_id: int, event: Event) -> None:
    """Add `event`; what it supersedes goes, so that the log stays as small as the tree."""
    key = _key(event)
    session.execute(delete(EventRow).where(EventRow.experiment_id == experiment_id, EventRow.key == key))
    session.add(EventRow(experiment_id=experiment_id, kind=event.kind, key=key, data=event.model_dump_json()))


def forget_scores(session: Session, experiment_id: int, node_id: int) -> None:
    """Drop partial scores: the final ones are there."""
    key = f"scores:{node_id}:%"
    session.execute(delete(EventRow).where(EventRow.experiment_id == experiment_id, EventRow.key.like(key)))


class Events:
    """Reading the log."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def last_id(self) -> int:
        """The id of the newest event, 0 where there is none."""
        with self._sessions.read() as session:
            return session.scalar(select(func.max(EventRow.id))) or 0

    def after(self, last: int, experiment_id: int | None = None, limit: int = 1000) -> list[StoredEvent]:
        """Events with greater ids than `last`, ascending."""
        query = select(EventRow).where(EventRow.id > last).order_by(EventRow.id).limit(limit)
        if experiment_id is not None:
            query = query.where(EventRow.experiment_id == experiment_id)
        with self._sessions.read() as session:
            return [StoredEvent(row.id, row.experiment_id, row.kind, row.data) for row in session.scalars(query)]
