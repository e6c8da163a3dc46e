"""The log that event streams are fed from: the newest event of each key, epochs each with a key of its own."""

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
)
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.nodes import Node
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
            return f"{event.kind}:{_thing(event).id}"


def _thing(
    event: JobEvent | NodeEvent | PlanEvent | AutopilotEvent | EstimateEvent,
) -> Job | Node | Plan | Autopilot | Estimate:
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


def emit(session: Session, experiment_id: int, event: Event) -> None:
    """Add `event`; what it supersedes goes, so that the log stays as small as the tree."""
    key = _key(event)
    session.execute(delete(EventRow).where(EventRow.experiment_id == experiment_id, EventRow.key == key))
    session.add(EventRow(experiment_id=experiment_id, kind=event.kind, key=key, data=event.model_dump_json()))


def forget_scores(session: Session, experiment_id: int, node_id: int) -> None:
    """Drop partial scores: the final ones are there."""
    key = f"scores:{node_id}:%"
    session.execute(delete(EventRow).where(EventRow.experiment_id == experiment_id, EventRow.key.like(key)))


def forget_frames(session: Session, experiment_id: int, node_id: int) -> None:
    """Drop the map in the making: it is finished, or will never be."""
    key = f"embedding:{node_id}"
    session.execute(delete(EventRow).where(EventRow.experiment_id == experiment_id, EventRow.key == key))


def forget(session: Session, experiment_id: int, kind: str, ids: Collection[int]) -> None:
    """Drop all that was told of these, for they are gone; of nodes also epochs and partial scores."""
    mine = delete(EventRow).where(EventRow.experiment_id == experiment_id)
    session.execute(mine.where(EventRow.key.in_([f"{kind}:{one}" for one in ids])))
    if kind == "node":
        for one in ids:
            session.execute(mine.where(EventRow.key.like(f"%:{one}:%")))


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
