"""Reads and removes branches: nodes with all their descendants."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import AutopilotEvent, RemovedEvent
from cnnpruner.store.deletions import find_writing_workers, record_deletion
from cnnpruner.store.events import drop_events, emit
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import require_owner
from cnnpruner.store.plans.suggestion_rows import detach_suggestions
from cnnpruner.store.rows import AutopilotRow, JobRow, NodeRow, PlanRow
from cnnpruner.store.sessions import Sessions
from cnnpruner.store.tree.autopilots import autopilot_from_row
from cnnpruner.store.tree.estimates import detach_estimates
from cnnpruner.store.tree.experiments import find_experiment, publish_experiment


class Branches:
    """Reads and removes nodes with their descendants."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def node_ids(self, node_id: int) -> list[int]:
        """Returns the ids of the node and its descendants, parents before children."""
        with self._sessions.read() as session:
            return _find_branch_node_ids(session, node_id)

    def remove(self, experiment_id: int, node_id: int) -> list[int]:
        """Remove the branch with its plans, jobs and events, and the plan from which its first node was made.

        Returns the ids of the removed nodes. The branch's files are recorded as deleted;
        `Deletions.remove_deleted_files` removes them later. The experiment's next node number is unchanged, so that
        numbers are never reused.
        """
        with self._sessions.write() as session:
            require_owner(session, self._files)
            nodes = _find_branch_node_ids(session, node_id)
            numbers = list(session.scalars(select(NodeRow.number).where(NodeRow.id.in_(nodes))))
            workers = find_writing_workers(session, nodes)
            for number in numbers:
                record_deletion(session, experiment_id, number, workers)
            plans = list(
                session.scalars(select(PlanRow.id).where(or_(PlanRow.node_id.in_(nodes), PlanRow.child_id.in_(nodes))))
            )
            jobs = select(JobRow.id).where(or_(JobRow.node_id.in_(nodes), JobRow.plan_id.in_(plans)))
            autopilots = select(AutopilotRow.id).where(AutopilotRow.node_id.in_(nodes))
            drop_events(session, experiment_id, "job", list(session.scalars(jobs)))
            drop_events(session, experiment_id, "autopilot", list(session.scalars(autopilots)))
            drop_events(session, experiment_id, "plan", plans)
            for kind in ("node", "embedding"):
                drop_events(session, experiment_id, kind, nodes)
            session.execute(delete(PlanRow).where(PlanRow.id.in_(plans)))
            detach_estimates(session, experiment_id, nodes, plans)
            detach_suggestions(session, experiment_id, nodes, plans)
            # In one statement: deleting a parent before its child would violate the foreign key.
            session.execute(delete(NodeRow).where(NodeRow.id.in_(nodes)))
            _detach_autopilots(session, experiment_id, set(nodes))
            emit(session, experiment_id, RemovedEvent(node_ids=nodes, plan_ids=plans))
            publish_experiment(session, find_experiment(session, experiment_id))
            return nodes


def _find_branch_node_ids(session: Session, node_id: int) -> list[int]:
    branch, generation = [node_id], [node_id]
    while generation:
        children = select(NodeRow.id).where(NodeRow.parent_id.in_(generation)).order_by(NodeRow.number)
        generation = list(session.scalars(children))
        branch += generation
    return branch


def _detach_autopilots(session: Session, experiment_id: int, removed_node_ids: set[int]) -> None:
    """Remove references to deleted nodes from Autopilots that started at other nodes."""
    for row in session.scalars(select(AutopilotRow).where(AutopilotRow.experiment_id == experiment_id)):
        if removed_node_ids.intersection([*row.nodes, row.good_id, row.bad_id]):
            row.nodes = [node for node in row.nodes if node not in removed_node_ids]
            row.good_id = row.node_id if row.good_id in removed_node_ids else row.good_id
            row.bad_id = None if row.bad_id in removed_node_ids else row.bad_id
            session.flush()
            emit(session, experiment_id, AutopilotEvent(autopilot=autopilot_from_row(row)))
