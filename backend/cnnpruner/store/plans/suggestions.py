"""Stores suggestions. A row contains everything that a search has found, so that it continues after a restart."""

from builtins import list as List
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cnnpruner.domain.plans.suggestions import NewSuggestion, SearchState, Suggestion
from cnnpruner.domain.results import ScoreArrays
from cnnpruner.store.jobs import end_job, find_leased_row
from cnnpruner.store.plans.plans import add_plan
from cnnpruner.store.plans.suggestion_rows import find_suggestion, publish_suggestion, suggestion_from_row
from cnnpruner.store.rows import SuggestionRow
from cnnpruner.store.sessions import Sessions, now
from cnnpruner.store.tree.nodes import put_scores


@dataclass(frozen=True)
class SuggestedDraft:
    """The best plan of a search, to be stored as a draft."""

    note: str
    content: dict[str, Any]
    """The plan as JSON, with the fields that `Plans.add` stores."""


class Suggestions:
    """Stores suggestions."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def add(self, experiment_id: int, node_id: int, new: NewSuggestion) -> Suggestion:
        """Add a suggestion without candidates and without a job."""
        with self._sessions.write() as session:
            row = SuggestionRow(
                experiment_id=experiment_id,
                node_id=node_id,
                settings=new.model_dump(mode="json"),
                state=SearchState().model_dump(mode="json"),
                created_at=now(),
                apply_state="waiting" if new.apply else None,
            )
            session.add(row)
            return publish_suggestion(session, row)

    def get(self, suggestion_id: int) -> Suggestion:
        """Returns the suggestion. Raises NotFound."""
        with self._sessions.read() as session:
            return suggestion_from_row(find_suggestion(session, suggestion_id))

    def list(self, node_id: int) -> List[Suggestion]:
        """Returns the suggestions of a node, oldest first."""
        query = select(SuggestionRow).where(SuggestionRow.node_id == node_id).order_by(SuggestionRow.id)
        with self._sessions.read() as session:
            return [suggestion_from_row(row) for row in session.scalars(query)]

    def list_in_tree(self, experiment_id: int) -> List[Suggestion]:
        """Returns the suggestions of all nodes of an experiment, oldest first."""
        query = select(SuggestionRow).where(SuggestionRow.experiment_id == experiment_id).order_by(SuggestionRow.id)
        with self._sessions.read() as session:
            return [suggestion_from_row(row) for row in session.scalars(query)]

    def list_ready_to_apply(self) -> List[Suggestion]:
        """Returns the suggestions whose best plan has been drafted and is waiting to be applied."""
        query = select(SuggestionRow).where(SuggestionRow.apply_state == "waiting", SuggestionRow.plan_id.is_not(None))
        with self._sessions.read() as session:
            return [suggestion_from_row(row) for row in session.scalars(query.order_by(SuggestionRow.id))]

    def claim_plan_to_apply(self, suggestion_id: int) -> bool:
        """Returns True to one caller, which then applies the best plan, and False to all later callers."""
        with self._sessions.write() as session:
            row = find_suggestion(session, suggestion_id)
            if row.apply_state != "waiting":
                return False
            row.apply_state = "applied"
            publish_suggestion(session, row)
            return True

    def store_apply_error(self, suggestion_id: int, error: str) -> None:
        """Store why the best plan could not be applied. There will be no second attempt."""
        with self._sessions.write() as session:
            row = find_suggestion(session, suggestion_id)
            row.apply_state, row.apply_error = "failed", error
            publish_suggestion(session, row)

    def set_job(self, suggestion_id: int, job_id: int) -> Suggestion:
        """Store the id of the job that runs the search."""
        with self._sessions.write() as session:
            row = find_suggestion(session, suggestion_id)
            row.job_id = job_id
            return publish_suggestion(session, row)

    def set_state(self, job_id: int, attempt: int, suggestion_id: int, state: SearchState) -> bool:
        """Store what the search has found so far. Returns False if the job is no longer leased to this attempt."""
        with self._sessions.write() as session:
            if find_leased_row(session, job_id, attempt) is None:
                return False
            row = find_suggestion(session, suggestion_id)
            row.state = state.model_dump(mode="json")
            publish_suggestion(session, row)
            return True

    def add_scores(self, job_id: int, attempt: int, node_id: int, scores: Iterable[ScoreArrays]) -> bool:
        """Store scores that the search has computed. Returns False if the job is no longer leased to this attempt."""
        with self._sessions.write() as session:
            if find_leased_row(session, job_id, attempt) is None:
                return False
            put_scores(session, node_id, scores)
            return True

    def end(
        self, job_id: int, attempt: int, suggestion_id: int, state: SearchState, draft: SuggestedDraft | None
    ) -> bool:
        """Store the result of the search, add a draft of the best plan, and complete the job. Returns False if the job
        is no longer leased to this attempt.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None:
                return False
            row = find_suggestion(session, suggestion_id)
            row.state = state.model_dump(mode="json")
            if draft is not None:
                row.plan_id = add_plan(session, row.node_id, None, draft.note, draft.content).id
            publish_suggestion(session, row)
            end_job(session, job, "done", None)
            return True
