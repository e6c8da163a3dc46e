"""Stores the finished epochs of nodes."""

from builtins import list as List

from sqlalchemy import select

from cnnpruner.domain.events import EpochEvent, NodeEvent
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.store.events import emit
from cnnpruner.store.jobs import find_leased_row
from cnnpruner.store.rows import EpochRow, NodeRow
from cnnpruner.store.sessions import Sessions
from cnnpruner.store.values import epoch_from_row, node_from_row


class Epochs:
    """Stores epochs."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def list(self, node_id: int) -> List[Epoch]:
        """Returns the node's epochs from 0, without gaps or repeats."""
        query = select(EpochRow).where(EpochRow.node_id == node_id).order_by(EpochRow.epoch)
        with self._sessions.read() as session:
            return [epoch_from_row(row) for row in session.scalars(query)]

    def add(self, job_id: int, attempt: int, node_id: int, epoch: Epoch) -> bool:
        """Commit an epoch whose checkpoint is on disk. Returns False if the job is no longer leased to this attempt."""
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            node = session.get(NodeRow, node_id)
            if job is None or node is None:
                return False
            if session.get(EpochRow, (node_id, epoch.epoch)) is not None:
                return True
            session.add(EpochRow(node_id=node_id, **epoch.model_dump()))
            job.attempts_without_progress = 0
            _add_epoch_to_node(node, epoch)
            session.flush()
            emit(session, node.experiment_id, EpochEvent(node_id=node_id, epoch=epoch))
            emit(session, node.experiment_id, NodeEvent(node=node_from_row(node)))
            return True


def _add_epoch_to_node(node: NodeRow, epoch: Epoch) -> None:
    node.epochs = epoch.epoch
    node.accuracy_low = min(epoch.accuracy, 1.0 if node.accuracy_low is None else node.accuracy_low)
    node.accuracy_high = max(epoch.accuracy, 0.0 if node.accuracy_high is None else node.accuracy_high)
    node.loss_first = epoch.loss if node.loss_first is None else node.loss_first
    node.loss_last = epoch.loss
