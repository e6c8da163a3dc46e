"""Removing a node and all that came of it."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import AutopilotEvent, RemovedEvent
from cnnpruner.store.deletions import record, workers_of
from cnnpruner.store.events import emit, forget
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import require_owner
from cnnpruner.store.rows import AutopilotRow, JobRow, NodeRow, PlanRow
from cnnpruner.store.sessions import Sessions
from cnnpruner.store.tree.autopilots import autopilot_value
from cnnpruner.store.tree.estimates import leave_estimates
from cnnpruner.store.tree.experiments import find_experiment, tell_experiment


class Branches:
    """Nodes with their descendants."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def ids(self, node_id: int) -> list[int]:
        """The node and its descendants, parents before children."""
        with self._sessions.read() as session:
            return _branch(session, node_id)

    def remove(self, experiment_id: int, node_id: int) -> list[int]:
        """Remove the branch with its plans, jobs and events, and the plan that made it; gives the ids of its nodes.

        Its files are recorded as deleted: `Deletions.sweep` removes them.

        The experiment's next number stays as it is, so that numbers are never given again.
        """
        with self._sessions.write() as session:
            require_owner(session, self._files)
            nodes = _branch(session, node_id)
            numbers = list(session.scalars(select(NodeRow.number).where(NodeRow.id.in_(nodes))))
            workers = workers_of(session, nodes)
            for number in numbers:
                record(session, experiment_id, number, workers)
            plans = list(
                session.scalars(select(PlanRow.id).where(or_(PlanRow.node_id.in_(nodes), PlanRow.child_id.in_(nodes))))
            )
            jobs = select(JobRow.id).where(or_(JobRow.node_id.in_(nodes), JobRow.plan_id.in_(plans)))
            autopilots = select(AutopilotRow.id).where(AutopilotRow.node_id.in_(nodes))
            forget(session, experiment_id, "job", list(session.scalars(jobs)))
            forget(session, experiment_id, "autopilot", list(session.scalars(autopilots)))
            forget(session, experiment_id, "plan", plans)
            for kind in ("node", "embedding"):
                forget(session, experiment_id, kind, nodes)
            session.execute(delete(PlanRow).where(PlanRow.id.in_(plans)))
            leave_estimates(session, experiment_id, nodes, plans)
            # One statement: a parent and its child go at once, else the foreign key would object.
            session.execute(delete(NodeRow).where(NodeRow.id.in_(nodes)))
            _leave_autopilots(session, experiment_id, set(nodes))
            emit(session, experiment_id, RemovedEvent(node_ids=nodes, plan_ids=plans))
            tell_experiment(session, find_experiment(session, experiment_id))
            return nodes


def _branch(session: Session, node_id: int) -> list[int]:
    found, generation = [node_id], [node_id]
    while generation:
        children = select(NodeRow.id).where(NodeRow.parent_id.in_(generation)).order_by(NodeRow.number)
        generation = list(session.scalars(children))
        found += generation
    return found


def _leave_autopilots(session: Session, experiment_id: int, gone: set[int]) -> None:
    """Autopilots that began elsewhere forget the nodes that are gone."""
    for row in session.scalars(select(AutopilotRow).where(AutopilotRow.experiment_id == experiment_id)):
        if gone.intersection([*row.nodes, row.good_id, row.bad_id]):
            row.nodes = [node for node in row.nodes if node not in gone]
            row.good_id = row.node_id if row.good_id in gone else row.good_id
            row.bad_id = None if row.bad_id in gone else row.bad_id
            session.flush()
            emit(session, experiment_id, AutopilotEvent(autopilot=autopilot_value(row)))
