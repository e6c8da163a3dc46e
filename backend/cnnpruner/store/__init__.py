"""The only code that accesses database rows and the model store's files; takes and returns domain values."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from cnnpruner.errors import StoreMissing
from cnnpruner.store.deletions import Deletions
from cnnpruner.store.events import Events, StoredEvent
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import (
    COPY_NOTICE,
    RESTORED_NOTICE,
    Ownership,
    claim,
    owns_model_store,
    read_database_identity,
)
from cnnpruner.store.identity.database_file import DatabaseFile
from cnnpruner.store.jobs import Jobs
from cnnpruner.store.plans.plans import PlanBaseVersion, Plans
from cnnpruner.store.plans.scores import PartialScoreEvents
from cnnpruner.store.plans.suggestions import Suggestions
from cnnpruner.store.samples.embeddings import Embeddings
from cnnpruner.store.sessions import Sessions, connect
from cnnpruner.store.sharing.bundles import Bundles
from cnnpruner.store.sharing.exports import Exports
from cnnpruner.store.sharing.links import Links
from cnnpruner.store.sources.data_reports import DataReports
from cnnpruner.store.sources.inspections import Inspections
from cnnpruner.store.tree.autopilots import Autopilots
from cnnpruner.store.tree.branches import Branches
from cnnpruner.store.tree.epochs import Epochs
from cnnpruner.store.tree.estimates import Estimates
from cnnpruner.store.tree.experiments import Experiments
from cnnpruner.store.tree.mac_counts import MacCounts
from cnnpruner.store.tree.nodes import NewNode, Nodes

__all__ = ["COPY_NOTICE", "RESTORED_NOTICE", "NewNode", "PlanBaseVersion", "Store", "StoredEvent", "open_store"]


class Store:
    """One database and one model store. Every call is a short transaction, or part of a surrounding `transaction()`."""

    def __init__(self, sessions: Sessions, files: Files, ownership: Ownership = "owner") -> None:
        self._sessions = sessions
        self.files = files
        self.ownership = ownership
        """How this database was related to the model store when both were opened. For the current state, see
        `owns_files`.
        """
        self.orphaned_folders: tuple[str, ...] = ()
        """Folders that no experiment or node in the database was using at the last call of `remove_deleted_files`.

        These folders are never removed.
        """
        self.experiments = Experiments(sessions, files)
        self.nodes = Nodes(sessions, files)
        self.mac_counts = MacCounts(sessions)
        self.epochs = Epochs(sessions)
        self.scores = PartialScoreEvents(sessions)
        self.embeddings = Embeddings(sessions)
        self.plans = Plans(sessions)
        self.estimates = Estimates(sessions)
        self.suggestions = Suggestions(sessions)
        self.autopilots = Autopilots(sessions)
        self.branches = Branches(sessions, files)
        self.bundles = Bundles(sessions, files)
        self.exports = Exports(sessions)
        self.inspections = Inspections(sessions)
        self.data_reports = DataReports(sessions)
        self.jobs = Jobs(sessions)
        self.links = Links(sessions)
        self.events = Events(sessions)
        self.deletions = Deletions(sessions, files)

    @property
    def database(self) -> str:
        """Returns the kind of database, such as `sqlite`."""
        return self._sessions.engine.dialect.name

    @property
    def database_file_id(self) -> str | None:
        """Returns a string that identifies the open SQLite file to other processes, or None for a database that is not
        a file.
        """
        return self._sessions.file.open_file_id if self._sessions.file is not None else None

    def restrict_to_database_file(self, file_id: str) -> None:
        """Allow connections only to the SQLite file that another process identified by `database_file_id`; an empty
        string allows any file.
        """
        if self._sessions.file is not None and file_id:
            self._sessions.file.restrict_to_file_id(file_id)

    def find_problem(self) -> str | None:
        """Returns the reason why nothing may be written now; None if the database and the model store are in place."""
        file = self._sessions.file
        return (file.find_problem() if file is not None else None) or self.files.find_problem()

    def require_writable(self) -> None:
        """Raise StoreMissing if nothing may be written now."""
        problem = self.find_problem()
        if problem is not None:
            raise StoreMissing(problem)

    def owns_files(self) -> bool:
        """Returns whether the model store belongs to this database. A copied database cannot make or delete nodes."""
        with self._sessions.read() as session:
            return owns_model_store(session.connection(), self.files)

    def remove_deleted_files(self, is_worker_alive: Callable[[str], bool]) -> list[str]:
        """Remove files that the database recorded as deleted, and abandoned uploads; returns the names of the removed
        folders.

        A copy of a database removes nothing. `is_worker_alive`: function that returns whether the worker with a given
        name is still alive.
        """
        if not self.owns_files():
            return []
        removed_folders = self.deletions.remove_deleted_files(is_worker_alive) + [
            path.name for path in self.files.remove_abandoned_uploads()
        ]
        self.orphaned_folders = tuple(self.deletions.orphaned_folders())
        return removed_folders

    def clean_up_worker_files(self, worker: str) -> None:
        """Remove the files that `worker`, whose job has ended, wrote for nodes that have been deleted or cancelled."""
        if self.owns_files():
            self.deletions.clean_up_worker_files(worker)

    def transaction(self) -> AbstractContextManager[Session]:
        """Context in which all calls of this thread are committed together, or not at all."""
        return self._sessions.write()

    def snapshot(self) -> AbstractContextManager[None]:
        """Context in which all reads of this thread see the same state of the database."""
        return self._sessions.snapshot()

    def close(self) -> None:
        """Close all connections."""
        self._sessions.engine.dispose()


def open_store(database_url: str, models: Path, migrate: bool = True, start_new_store: bool = False) -> Store:
    """Open the database and the model store's folder. `migrate`: create or upgrade the database.

    `start_new_store`: if the database and the folder do not belong together, move the folder's content aside. Raises
    StorageFailed if one of them cannot be used, Conflict if they do not belong together.
    """
    file, files = DatabaseFile.from_url(make_url(database_url)), Files(models)
    engine = connect(database_url, file)
    ownership: Ownership = "owner"
    if migrate:
        from cnnpruner.store.identity.pair import require_matching_store
        from cnnpruner.store.migrate import upgrade  # workers open what the server has migrated

        require_matching_store(engine, file, files, start_new_store)
        if file is not None:
            file.create()
        upgrade(engine)
        ownership = claim(engine, files)
        files.identity = read_database_identity(engine)
    return Store(Sessions(engine, file), files, ownership)
