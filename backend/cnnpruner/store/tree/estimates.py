"""Stores estimates as they were made, and compares them with their outcomes."""

from builtins import list as List
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import EstimateEvent
from cnnpruner.domain.tree.estimates import Estimate, EstimateOutcome
from cnnpruner.errors import NotFound
from cnnpruner.store.events import drop_events, emit
from cnnpruner.store.rows import EstimateRow, NodeRow, PlanRow
from cnnpruner.store.sessions import Sessions, now

_ESTIMATE_COLUMNS = {"id", "experiment_id", "node_id", "created_at", "plan_id", "outcome"}
ESTIMATE_CONTENT_FIELDS = [name for name in Estimate.model_fields if name not in _ESTIMATE_COLUMNS]


def _find_estimate_row(session: Session, estimate_id: int) -> EstimateRow:
    row = session.get(EstimateRow, estimate_id)
    if row is None:
        raise NotFound(
            f"There is no estimate {estimate_id}; GET /api/experiments/<id>/estimates lists the existing estimates."
        )
    return row


def _compute_outcome(session: Session, row: EstimateRow) -> EstimateOutcome | None:
    """Returns the outcome of an estimate; None until the node made from the estimate's plan is ready.

    Whether the target is met is judged only if the node has the estimated size, since the draft may have been edited.
    """
    plan = session.get(PlanRow, row.plan_id) if row.plan_id is not None else None
    child = session.get(NodeRow, plan.child_id) if plan is not None and plan.child_id is not None else None
    if child is None or child.state != "ready" or child.correct is None or child.filters is None:
        return None
    accuracy, forecast = child.correct / child.images, row.content["forecast"]
    has_estimated_size = child.filters == row.content["keep"]
    return EstimateOutcome(
        node_id=child.id,
        number=child.number,
        filters=child.filters,
        accuracy=accuracy,
        is_met=accuracy >= row.content["target_accuracy"] if has_estimated_size else None,
        in_interval=forecast["low"] <= accuracy <= forecast["high"] if has_estimated_size and forecast else None,
    )


def _estimate_from_row(session: Session, row: EstimateRow) -> Estimate:
    columns = {name: getattr(row, name) for name in ("id", "experiment_id", "node_id", "created_at", "plan_id")}
    return Estimate.model_validate(columns | row.content | {"outcome": _compute_outcome(session, row)})


def _publish(session: Session, row: EstimateRow) -> Estimate:
    session.flush()
    value = _estimate_from_row(session, row)
    emit(session, row.experiment_id, EstimateEvent(estimate=value))
    return value


def detach_estimates(session: Session, experiment_id: int, nodes: Collection[int], plans: Collection[int]) -> None:
    """Delete estimates that were requested for a deleted node or that advise pruning a deleted node.

    In other estimates, clear references to deleted nodes and plans.
    """
    for row in session.scalars(select(EstimateRow).where(EstimateRow.experiment_id == experiment_id)):
        if row.node_id in nodes or row.content["from_id"] in nodes:
            session.delete(row)
            drop_events(session, experiment_id, "estimate", [row.id])
            continue
        cleared_fields = {name: None for name in ("good_id", "bad_id") if row.content[name] in nodes}
        if cleared_fields or row.plan_id in plans:
            row.content = row.content | cleared_fields
            row.plan_id = None if row.plan_id in plans else row.plan_id
            _publish(session, row)


class Estimates:
    """Stores estimates."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def add(self, experiment_id: int, node_id: int, content: dict[str, Any]) -> Estimate:
        """Add an estimate; `content` has the fields listed in `ESTIMATE_CONTENT_FIELDS`."""
        with self._sessions.write() as session:
            row = EstimateRow(experiment_id=experiment_id, node_id=node_id, content=content, created_at=now())
            session.add(row)
            return _publish(session, row)

    def get(self, estimate_id: int) -> Estimate:
        """Returns the estimate. Raises NotFound."""
        with self._sessions.read() as session:
            return _estimate_from_row(session, _find_estimate_row(session, estimate_id))

    def list(self, experiment_id: int) -> List[Estimate]:
        """Returns all estimates of an experiment with their outcomes, oldest first."""
        query = select(EstimateRow).where(EstimateRow.experiment_id == experiment_id).order_by(EstimateRow.id)
        with self._sessions.read() as session:
            return [_estimate_from_row(session, row) for row in session.scalars(query)]

    def set_plan(self, estimate_id: int, plan_id: int) -> None:
        """Store which plan was drafted from the estimate."""
        with self._sessions.write() as session:
            row = _find_estimate_row(session, estimate_id)
            row.plan_id = plan_id
            _publish(session, row)
