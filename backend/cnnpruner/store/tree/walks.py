"""Walks: their rows are the truth, so that they go on after a restart of the server."""

from builtins import list as List
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import WalkEvent
from cnnpruner.domain.tree.walks import NewWalk, Walk, WalkState
from cnnpruner.errors import NotFound
from cnnpruner.store.events import emit
from cnnpruner.store.rows import WalkRow
from cnnpruner.store.sessions import Sessions, now

SETTINGS = ("percent", "target_accuracy", "training", "max_steps")
_COLUMNS = [name for name in Walk.model_fields if name not in SETTINGS]


def _find(session: Session, walk_id: int) -> WalkRow:
    row = session.get(WalkRow, walk_id)
    if row is None:
        raise NotFound(f"There is no walk {walk_id}; GET /api/experiments/<id>/walks lists those there are.")
    return row


def walk_value(row: WalkRow) -> Walk:
    return Walk.model_validate({name: getattr(row, name) for name in _COLUMNS} | row.settings)


def _tell(session: Session, row: WalkRow) -> Walk:
    session.flush()
    value = walk_value(row)
    emit(session, row.experiment_id, WalkEvent(walk=value))
    return value


class Walks:
    """Rows of walks, as values."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def add(self, experiment_id: int, node_id: int, new: NewWalk) -> Walk:
        """A new running walk without nodes; `new` has its target accuracy."""
        settings = {name: new.model_dump(mode="json")[name] for name in SETTINGS}
        if new.training is not None:  # to leave `images` out is something else than null
            settings["training"] = new.training.model_dump(mode="json", exclude_unset=True)
        with self._sessions.write() as session:
            row = WalkRow(
                experiment_id=experiment_id,
                node_id=node_id,
                kind=new.kind,
                settings=settings,
                nodes=[],
                good_id=node_id,
                created_at=now(),
            )
            session.add(row)
            return _tell(session, row)

    def get(self, walk_id: int) -> Walk:
        """One walk, or NotFound."""
        with self._sessions.read() as session:
            return walk_value(_find(session, walk_id))

    def list(self, experiment_id: int | None = None, running: bool = False) -> List[Walk]:
        """The oldest first."""
        query = select(WalkRow).order_by(WalkRow.id)
        if experiment_id is not None:
            query = query.where(WalkRow.experiment_id == experiment_id)
        if running:
            query = query.where(WalkRow.state == "running")
        with self._sessions.read() as session:
            return [walk_value(row) for row in session.scalars(query)]

    def change(self, walk_id: int, changes: dict[str, Any]) -> Walk:
        """Set columns: nodes, current_id, good_id, bad_id."""
        with self._sessions.write() as session:
            row = _find(session, walk_id)
            for name, value in changes.items():
                setattr(row, name, value)
            return _tell(session, row)

    def end(self, walk_id: int, state: WalkState, reason: str) -> Walk:
        """Put a running walk into a final state; one that has ended stays as it is."""
        with self._sessions.write() as session:
            row = _find(session, walk_id)
            if row.state != "running":
                return walk_value(row)
            row.state, row.reason, row.current_id, row.finished_at = state, reason, None, now()
            return _tell(session, row)
