"""Stores Autopilots. The rows contain the entire state of an Autopilot, so that it continues after a server restart."""

from builtins import list as List
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import AutopilotEvent
from cnnpruner.domain.tree.autopilots import Autopilot, AutopilotState, NewAutopilot
from cnnpruner.errors import NotFound
from cnnpruner.store.events import emit
from cnnpruner.store.rows import AutopilotRow
from cnnpruner.store.sessions import Sessions, now

AUTOPILOT_SETTING_FIELDS = (
    "percent",
    "goal",
    "target_accuracy",
    "steps",
    "order",
    "start",
    "training",
    "recipe",
    "max_steps",
)
_AUTOPILOT_COLUMNS = [name for name in Autopilot.model_fields if name not in AUTOPILOT_SETTING_FIELDS]


def _find_autopilot_row(session: Session, autopilot_id: int) -> AutopilotRow:
    row = session.get(AutopilotRow, autopilot_id)
    if row is None:
        raise NotFound(
            f"There is no Autopilot {autopilot_id}; GET /api/experiments/<id>/autopilots lists the existing Autopilots."
        )
    return row


def autopilot_from_row(row: AutopilotRow) -> Autopilot:
    return Autopilot.model_validate({name: getattr(row, name) for name in _AUTOPILOT_COLUMNS} | row.settings)


def _publish(session: Session, row: AutopilotRow) -> Autopilot:
    session.flush()
    value = autopilot_from_row(row)
    emit(session, row.experiment_id, AutopilotEvent(autopilot=value))
    return value


class Autopilots:
    """Stores autopilots."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def add(self, experiment_id: int, node_id: int, new: NewAutopilot) -> Autopilot:
        """Add a running Autopilot that has not made any nodes. The goal, target and start in `new` must have been
        filled in.
        """
        settings = {name: new.model_dump(mode="json")[name] for name in AUTOPILOT_SETTING_FIELDS}
        if new.training is not None:  # leaving out `images` differs from setting it to null
            settings["training"] = new.training.model_dump(mode="json", exclude_unset=True)
        with self._sessions.write() as session:
            row = AutopilotRow(
                experiment_id=experiment_id,
                node_id=node_id,
                kind=new.kind,
                settings=settings,
                nodes=[],
                good_id=node_id,
                created_at=now(),
            )
            session.add(row)
            return _publish(session, row)

    def get(self, autopilot_id: int) -> Autopilot:
        """Returns the autopilot. Raises NotFound."""
        with self._sessions.read() as session:
            return autopilot_from_row(_find_autopilot_row(session, autopilot_id))

    def list(self, experiment_id: int | None = None, only_running: bool = False) -> List[Autopilot]:
        """Returns the Autopilots, oldest first."""
        query = select(AutopilotRow).order_by(AutopilotRow.id)
        if experiment_id is not None:
            query = query.where(AutopilotRow.experiment_id == experiment_id)
        if only_running:
            query = query.where(AutopilotRow.state == "running")
        with self._sessions.read() as session:
            return [autopilot_from_row(row) for row in session.scalars(query)]

    def change(self, autopilot_id: int, changes: dict[str, Any]) -> Autopilot:
        """Set any of the columns `nodes`, `current_id`, `good_id` and `bad_id`."""
        with self._sessions.write() as session:
            row = _find_autopilot_row(session, autopilot_id)
            for name, value in changes.items():
                setattr(row, name, value)
            return _publish(session, row)

    def end(self, autopilot_id: int, state: AutopilotState, reason: str) -> Autopilot:
        """Put a running Autopilot into a final state; an Autopilot that has already ended stays unchanged."""
        with self._sessions.write() as session:
            row = _find_autopilot_row(session, autopilot_id)
            if row.state != "running":
                return autopilot_from_row(row)
            row.state, row.reason, row.current_id, row.finished_at = state, reason, None, now()
            return _publish(session, row)
