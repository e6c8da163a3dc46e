"""Files that this database recorded as deleted. They alone are ever removed: that something is unknown proves nothing.

A row is written in the transaction that deletes a node or an experiment, or ends the job that was to make the node, and
goes when the files are gone and no worker can write there any more.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cnnpruner.store.files import Files
from cnnpruner.store.rows import DeletedFilesRow, ExperimentRow, JobRow, NodeRow
from cnnpruner.store.sessions import Sessions, now


def record(session: Session, experiment_id: int, number: int | None, workers: Iterable[str | None]) -> None:
    """The files of node `number`, or of the whole experiment, are no longer needed; `workers` may still write there."""
    names = sorted({name for name in workers if name is not None})
    row = DeletedFilesRow(experiment_id=experiment_id, number=number, workers=names, deleted_at=now())
    session.add(row)


def workers_of(session: Session, node_ids: Iterable[int]) -> list[str | None]:
    """Workers that run a job about one of these nodes, or did until it was cancelled."""
    query = select(JobRow.worker).where(JobRow.node_id.in_(list(node_ids)), JobRow.state.in_(("running", "cancelled")))
    return list(session.scalars(query))


class Deletions:
    """Removes files, and says which it will never remove."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def sweep(self, may_write: Callable[[str], bool]) -> list[str]:
        """Remove what was recorded; `may_write` says of a worker whether it still may. Returns what went."""
        with self._sessions.read() as session:
            rows = list(session.scalars(select(DeletedFilesRow).order_by(DeletedFilesRow.id)))
        gone = [row for row in rows if self._files.remove(row.experiment_id, row.number)]
        over = [row.id for row in gone if not any(map(may_write, row.workers))]
        if over:
            with self._sessions.write() as session:
                session.execute(delete(DeletedFilesRow).where(DeletedFilesRow.id.in_(over)))
        return [_place(row.experiment_id, row.number) for row in gone if row.id in over]

    def finish(self, worker: str) -> None:
        """`worker` has ended a job: what it still wrote into deleted folders goes, and it writes there no more."""
        with self._sessions.read() as session:
            rows = [row for row in session.scalars(select(DeletedFilesRow)) if worker in row.workers]
        if not rows:
            return
        gone = {row.id for row in rows if self._files.remove(row.experiment_id, row.number)}
        with self._sessions.write() as session:
            for row in session.scalars(select(DeletedFilesRow).where(DeletedFilesRow.id.in_([one.id for one in rows]))):
                row.workers = [name for name in row.workers if name != worker]
                if not row.workers and row.id in gone:
                    session.delete(row)

    def unclaimed(self) -> list[str]:
        """Folders that no row of this database knows and none recorded as deleted. They stay."""
        folders = self._files.node_folders()
        with self._sessions.read() as session:
            nodes = {(row[0], row[1]) for row in session.execute(select(NodeRow.experiment_id, NodeRow.number))}
            experiments = set(session.scalars(select(ExperimentRow.id)))
            deleted = {(row.experiment_id, row.number) for row in session.scalars(select(DeletedFilesRow))}
        known = nodes | deleted
        strange = [_place(*node) for node in folders if node not in known and (node[0], None) not in deleted]
        lone = sorted(set(self._files.used_numbers()) - experiments - {experiment for experiment, _ in folders})
        return strange + [_place(one, None) for one in lone if (one, None) not in deleted]


def _place(experiment_id: int, number: int | None) -> str:
    return f"experiment-{experiment_id}" + ("" if number is None else f"/node-{number}")
