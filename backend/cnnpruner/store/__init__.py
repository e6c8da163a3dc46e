"""The only code that sees rows and files; takes and returns domain values."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from cnnpruner.errors import StoreMissing
from cnnpruner.store.deletions import Deletions
from cnnpruner.store.events import Events, StoredEvent
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import COPY, RESTORED, Standing, claim, identity_of, owns
from cnnpruner.store.identity.database_file import DatabaseFile
from cnnpruner.store.jobs import Jobs
from cnnpruner.store.plans.plans import Basis, Plans
from cnnpruner.store.plans.scores import PartialScoreEvents
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
from cnnpruner.store.tree.nodes import NewNode, Nodes

__all__ = ["COPY", "RESTORED", "Basis", "NewNode", "Store", "StoredEvent", "open_store"]


class Store:
    """One database and one model store. Every call is a short transaction, or part of `transaction()` around it."""

    def __init__(self, sessions: Sessions, files: Files, standing: Standing = "owner") -> None:
        self._sessions = sessions
        self.files = files
        self.standing = standing
        """Of the database at its start; see `owns_files`."""
        self.unclaimed: tuple[str, ...] = ()
        """Folders that nothing in the database knows, as the last sweep saw them; they stay."""
        self.experiments = Experiments(sessions, files)
        self.nodes = Nodes(sessions, files)
        self.epochs = Epochs(sessions)
        self.scores = PartialScoreEvents(sessions)
        self.embeddings = Embeddings(sessions)
        self.plans = Plans(sessions)
        self.estimates = Estimates(sessions)
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
        """Kind of the database."""
        return self._sessions.engine.dialect.name

    @property
    def database_file(self) -> str | None:
        """Which file the database is, as other processes find it; None: it is no file."""
        return self._sessions.file.opened if self._sessions.file is not None else None

    def expect_file(self, name: str) -> None:
        """Open no file but that which another process named by `database_file`; empty: any."""
        if self._sessions.file is not None and name:
            self._sessions.file.expect(name)

    def fault(self) -> str | None:
        """Why nothing may be written now: database or model store are not at their places. None: they are."""
        file = self._sessions.file
        return (file.fault() if file is not None else None) or self.files.fault()

    def require_whole(self) -> None:
        """Raise StoreMissing where nothing may be written now."""
        fault = self.fault()
        if fault is not None:
            raise StoreMissing(fault)

    def owns_files(self) -> bool:
        """Whether the model store obeys this database: nodes of a copy are neither made nor deleted."""
        with self._sessions.read() as session:
            return owns(session.connection(), self.files)

    def sweep(self, may_write: Callable[[str], bool]) -> list[str]:
        """Remove files that the database recorded as deleted, and uploads that were abandoned; returns what went.

        A copy removes nothing. `may_write`: whether a worker, by its name, is still there.
        """
        if not self.owns_files():
            return []
        gone = self.deletions.sweep(may_write) + [path.name for path in self.files.sweep_incoming()]
        self.unclaimed = tuple(self.deletions.unclaimed())
        return gone

    def tidy(self, worker: str) -> None:
        """`worker` has ended a job: what it wrote for nodes that were deleted or ended meanwhile goes."""
        if self.owns_files():
            self.deletions.finish(worker)

    def transaction(self) -> AbstractContextManager[Session]:
        """All calls of this thread inside are committed together, or not at all."""
        return self._sessions.write()

    def snapshot(self) -> AbstractContextManager[None]:
        """All reads of this thread inside see one state of the database."""
        return self._sessions.snapshot()

    def close(self) -> None:
        """Give all connections back."""
        self._sessions.engine.dispose()


def open_store(database_url: str, models: Path, migrate: bool = True, new_store: bool = False) -> Store:
    """Open the database (made and brought up to date where `migrate`) and the folder of weights.

    `new_store`: where the two do not belong together, move what lies in the folder aside instead of refusing.
    Raises StorageFailed where one of them cannot be used, Conflict where they do not belong together.
    """
    file, files = DatabaseFile.of(make_url(database_url)), Files(models)
    engine = connect(database_url, file)
    standing: Standing = "owner"
    if migrate:
        from cnnpruner.store.identity.pair import require_pair
        from cnnpruner.store.migrate import upgrade  # workers open what the server has migrated

        require_pair(engine, file, files, new_store)
        if file is not None:
            file.make()
        upgrade(engine)
        standing = claim(engine, files)
        files.identity = identity_of(engine)
    return Store(Sessions(engine, file), files, standing)
