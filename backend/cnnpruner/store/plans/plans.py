"""Stores plans, which are drafts until they are applied."""

from builtins import list as List
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import PlanEvent, RemovedEvent
from cnnpruner.domain.plans.plans import Plan, Preview
from cnnpruner.errors import Conflict, NotFound, StalePlan
from cnnpruner.planning.names import first_free_name
from cnnpruner.store.events import drop_events, emit
from cnnpruner.store.jobs import end_job, find_leased_row
from cnnpruner.store.plans.suggestion_rows import detach_suggestions
from cnnpruner.store.rows import NodeRow, PlanRow
from cnnpruner.store.sessions import Sessions, now
from cnnpruner.store.tree.estimates import detach_estimates
from cnnpruner.store.values import plan_from_row


def find_plan(session: Session, plan_id: int) -> PlanRow:
    """Returns the row of the plan. Raises NotFound."""
    row = session.get(PlanRow, plan_id)
    if row is None:
        raise NotFound(f"There is no plan {plan_id}; GET /api/nodes/<id>/plans lists the existing plans.")
    return row


def _find_draft(session: Session, plan_id: int) -> PlanRow:
    row = find_plan(session, plan_id)
    if row.state == "applied":
        child = session.get(NodeRow, row.child_id) if row.child_id is not None else None
        outcome = f"Plan {plan_id} was applied" if child is None else f"Plan {plan_id} created node {child.number}"
        raise Conflict(
            f"{outcome} and can no longer be changed; draft a new plan on the same node instead.",
            plan_id=plan_id,
        )
    return row


@dataclass(frozen=True)
class PlanBaseVersion:
    """Revision and note that a plan had when a person began to edit it. None stands for any revision or note."""

    revision: int | None = None
    note: str | None = None


ANY_PLAN_VERSION = PlanBaseVersion()


def _require_unchanged_plan(row: PlanRow, base_version: PlanBaseVersion) -> None:
    is_same_revision = base_version.revision in (None, row.revision)
    if is_same_revision and base_version.note in (None, row.note):
        return
    changed_part = "note" if is_same_revision else "filters"
    sentence = (
        f"Somebody else has changed the {changed_part} of plan {row.name}; "
        "keep their version or overwrite it with yours."
    )
    raise StalePlan(sentence, plan=plan_from_row(row).model_dump(mode="json"))


def _find_experiment_id(session: Session, row: PlanRow) -> int:
    return session.scalars(select(NodeRow.experiment_id).where(NodeRow.id == row.node_id)).one()


def publish_plan(session: Session, row: PlanRow) -> Plan:
    """Publishes the changed plan in `row` to the event streams, and returns the plan."""
    session.flush()
    value = plan_from_row(row)
    emit(session, _find_experiment_id(session, row), PlanEvent(plan=value))
    return value


def add_plan(session: Session, node_id: int, name: str | None, note: str, content: dict[str, Any]) -> Plan:
    """Adds a draft. If it has no name, it is named with the next free letter."""
    query = select(PlanRow.name).where(PlanRow.node_id == node_id)
    name = name or first_free_name(set(session.scalars(query)))
    row = PlanRow(node_id=node_id, name=name, note=note, content=content, created_at=now(), updated_at=now())
    session.add(row)
    return publish_plan(session, row)


class Plans:
    """Stores plans."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def get(self, plan_id: int) -> Plan:
        """Returns the plan. Raises NotFound."""
        with self._sessions.read() as session:
            return plan_from_row(find_plan(session, plan_id))

    def list(self, node_id: int) -> List[Plan]:
        """Returns all plans of a node, oldest first."""
        query = select(PlanRow).where(PlanRow.node_id == node_id).order_by(PlanRow.id)
        with self._sessions.read() as session:
            return [plan_from_row(row) for row in session.scalars(query)]

    def add(self, node_id: int, name: str | None, note: str, content: dict[str, Any]) -> Plan:
        """Add a draft. If it has no name, it is named with the next free letter."""
        with self._sessions.write() as session:
            return add_plan(session, node_id, name, note, content)

    def change(
        self,
        plan_id: int,
        changes: dict[str, Any],
        content: dict[str, Any] | None,
        base_version: PlanBaseVersion = ANY_PLAN_VERSION,
    ) -> Plan:
        """Edit a draft; new content creates a new revision. Raises StalePlan if the draft has changed since
        `base_version`.
        """
        with self._sessions.write() as session:
            row = _find_draft(session, plan_id)
            _require_unchanged_plan(row, base_version)
            for name, value in changes.items():
                setattr(row, name, value)
            if content is not None:
                row.content, row.revision = content, row.revision + 1
            row.updated_at = now()
            return publish_plan(session, row)

    def mark_applied(
        self, plan_id: int, child_id: int, note: str, base_version: PlanBaseVersion = ANY_PLAN_VERSION
    ) -> Plan:
        """Mark the plan as applied, and store the id and the training settings of the node made from it.

        Raises StalePlan if the plan has changed since `base_version`.
        """
        with self._sessions.write() as session:
            row = _find_draft(session, plan_id)
            _require_unchanged_plan(row, base_version)
            row.state, row.child_id, row.note, row.updated_at = "applied", child_id, note, now()
            row.training = session.get_one(NodeRow, child_id).training
            return publish_plan(session, row)

    def remove(self, plan_id: int) -> None:
        """Delete a draft and notify the event streams."""
        with self._sessions.write() as session:
            row = _find_draft(session, plan_id)
            experiment_id = _find_experiment_id(session, row)
            session.delete(row)
            session.flush()
            drop_events(session, experiment_id, "plan", [plan_id])
            detach_estimates(session, experiment_id, nodes=(), plans=(plan_id,))
            detach_suggestions(session, experiment_id, nodes=(), plans=(plan_id,))
            emit(session, experiment_id, RemovedEvent(node_ids=[], plan_ids=[plan_id]))

    def publish_preview(self, job_id: int, attempt: int, preview: Preview) -> bool:
        """Store the parts of a preview that have been measured so far, if the plan is still a draft of the preview's
        revision.

        Returns False if the job is no longer leased to this attempt.
        """
        with self._sessions.write() as session:
            if find_leased_row(session, job_id, attempt) is None:
                return False
            row = find_plan(session, preview.plan_id)
            if row.state == "draft" and row.revision == preview.revision:
                row.preview = preview.model_dump(mode="json")
                publish_plan(session, row)
            return True

    def set_preview(self, job_id: int, attempt: int, preview: Preview) -> bool:
        """Store a preview and complete its job. Returns False if the job is no longer leased to this attempt.

        If the plan has been applied in the meantime, the plan stays unchanged, and the preview is only stored in the
        job's result.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None:
                return False
            row = find_plan(session, preview.plan_id)
            job.result = preview.model_dump(mode="json")
            end_job(session, job, "done", None)
            if row.state == "draft":
                row.preview = job.result
                publish_plan(session, row)
            return True
