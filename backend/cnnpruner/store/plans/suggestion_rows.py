"""Reads and publishes rows of suggestions, and removes their references to deleted nodes and plans."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import SuggestionEvent
from cnnpruner.domain.plans.suggestions import Suggestion
from cnnpruner.errors import NotFound
from cnnpruner.store.events import drop_events, emit
from cnnpruner.store.rows import SuggestionRow

_ROW_COLUMNS = (
    "id",
    "experiment_id",
    "node_id",
    "job_id",
    "created_at",
    "plan_id",
    "apply_state",
    "apply_error",
    "version",
)


def find_suggestion(session: Session, suggestion_id: int) -> SuggestionRow:
    """Returns the row. Raises NotFound."""
    row = session.get(SuggestionRow, suggestion_id)
    if row is None:
        raise NotFound(
            f"There is no suggestion {suggestion_id}; GET /api/nodes/<id>/suggestions lists the existing suggestions."
        )
    return row


def suggestion_from_row(row: SuggestionRow) -> Suggestion:
    """Returns the suggestion that a row contains."""
    return Suggestion.model_validate({name: getattr(row, name) for name in _ROW_COLUMNS} | row.settings | row.state)


def publish_suggestion(session: Session, row: SuggestionRow) -> Suggestion:
    """Publishes the suggestion in a changed row to the event streams, and returns it."""
    session.flush()
    value = suggestion_from_row(row)
    emit(session, row.experiment_id, SuggestionEvent(suggestion=value))
    return value


def detach_suggestions(session: Session, experiment_id: int, nodes: Collection[int], plans: Collection[int]) -> None:
    """Delete the suggestions of deleted nodes. In other suggestions, clear references to deleted plans."""
    for row in session.scalars(select(SuggestionRow).where(SuggestionRow.experiment_id == experiment_id)):
        if row.node_id in nodes:
            session.delete(row)
            drop_events(session, experiment_id, "suggestion", [row.id])
        elif row.plan_id in plans:
            row.plan_id = None
            publish_suggestion(session, row)
