"""Removes the files of deleted nodes and experiments. Only files that this database recorded as deleted are removed.

Each record is a database row. The row is written in the transaction that deletes the node or experiment, or, if a job
fails to make a node, in the transaction that ends the job. The row is deleted once the files are gone and no worker can
write them again.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cnnpruner.store.files import Files
from cnnpruner.store.rows import DeletedFilesRow, ExperimentRow, JobRow, NodeRow
from cnnpruner.store.sessions import Sessions, now


def record_deletion(session: Session, experiment_id: int, number: int | None, workers: Iterable[str | None]) -> None:
    """Record that the files of node `number`, or of the whole experiment if `number` is None, can be removed.

    `workers`: names of the workers that may still write to the folder of these files.
    """
    names = sorted({name for name in workers if name is not None})
    row = DeletedFilesRow(experiment_id=experiment_id, number=number, workers=names, deleted_at=now())
    session.add(row)


def find_writing_workers(session: Session, node_ids: Iterable[int]) -> list[str | None]:
    """Returns the names of workers that run a job of one of these nodes, or ran one until it was cancelled."""
    query = select(JobRow.worker).where(JobRow.node_id.in_(list(node_ids)), JobRow.state.in_(("running", "cancelled")))
    return list(session.scalars(query))


class Deletions:
    """Removes files that were recorded as deleted, and lists folders that the database does not know."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def remove_deleted_files(self, is_worker_alive: Callable[[str], bool]) -> list[str]:
        """Remove the files that were recorded as deleted. Returns the names of the files' folders, except for folders
        to which a worker may still write.

        `is_worker_alive`: function that returns whether the worker with a given name may still write.
        """
        with self._sessions.read() as session:
            rows = list(session.scalars(select(DeletedFilesRow).order_by(DeletedFilesRow.id)))
        removed_rows = [row for row in rows if self._files.remove(row.experiment_id, row.number)]
        deletable_row_ids = [row.id for row in removed_rows if not any(map(is_worker_alive, row.workers))]
        if deletable_row_ids:
            with self._sessions.write() as session:
                session.execute(delete(DeletedFilesRow).where(DeletedFilesRow.id.in_(deletable_row_ids)))
        return [_folder_name(row.experiment_id, row.number) for row in removed_rows if row.id in deletable_row_ids]

    def clean_up_worker_files(self, worker: str) -> None:
        """Remove the files that `worker` wrote into folders that were recorded as deleted. The worker's job has ended,
        so the worker will not write into these folders again.
        """
        with self._sessions.read() as session:
            rows = [row for row in session.scalars(select(DeletedFilesRow)) if worker in row.workers]
        if not rows:
            return
        removed_row_ids = {row.id for row in rows if self._files.remove(row.experiment_id, row.number)}
        query = select(DeletedFilesRow).where(DeletedFilesRow.id.in_([row.id for row in rows]))
        with self._sessions.write() as session:
            for row in session.scalars(query):
                row.workers = [name for name in row.workers if name != worker]
                if not row.workers and row.id in removed_row_ids:
                    session.delete(row)

    def orphaned_folders(self) -> list[str]:
        """Returns folders that belong to no node or recorded deletion of this database; they are never removed."""
        folders = self._files.node_folders()
        with self._sessions.read() as session:
            nodes = {(row[0], row[1]) for row in session.execute(select(NodeRow.experiment_id, NodeRow.number))}
            experiments = set(session.scalars(select(ExperimentRow.id)))
            deleted_nodes = {(row.experiment_id, row.number) for row in session.scalars(select(DeletedFilesRow))}
        known_nodes = nodes | deleted_nodes
        unknown_node_folders = [
            _folder_name(*node) for node in folders if node not in known_nodes and (node[0], None) not in deleted_nodes
        ]
        experiments_without_nodes = sorted(
            set(self._files.highest_node_numbers()) - experiments - {folder[0] for folder in folders}
        )
        return unknown_node_folders + [
            _folder_name(number, None) for number in experiments_without_nodes if (number, None) not in deleted_nodes
        ]


def _folder_name(experiment_id: int, number: int | None) -> str:
    return f"experiment-{experiment_id}" + ("" if number is None else f"/node-{number}")
