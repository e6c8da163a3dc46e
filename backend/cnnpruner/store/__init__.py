"""The only code that sees rows and files; takes and returns domain values."""

from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy.orm import Session

from cnnpruner.store.events import Events, StoredEvent
from cnnpruner.store.files import Files
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
from cnnpruner.store.tree.branches import Branches
from cnnpruner.store.tree.epochs import Epochs
from cnnpruner.store.tree.estimates import Estimates
from cnnpruner.store.tree.experiments import Experiments
from cnnpruner.store.tree.nodes import NewNode, Nodes
from cnnpruner.store.tree.walks import Walks

__all__ = ["Basis", "NewNode", "Store", "StoredEvent", "open_store"]


class Store:
    """One database and one model store. Every call is a short transaction, or part of `transaction()` around it."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self.files = files
        self.experiments = Experiments(sessions)
        self.nodes = Nodes(sessions)
        self.epochs = Epochs(sessions)
        self.scores = PartialScoreEvents(sessions)
        self.embeddings = Embeddings(sessions)
        self.plans = Plans(sessions)
        self.estimates = Estimates(sessions)
        self.walks = Walks(sessions)
        self.branches = Branches(sessions)
        self.bundles = Bundles(sessions)
        self.exports = Exports(sessions)
        self.inspections = Inspections(sessions)
        self.data_reports = DataReports(sessions)
        self.jobs = Jobs(sessions)
        self.links = Links(sessions)
        self.events = Events(sessions)

    @property
    def database(self) -> str:
        """Kind of the database."""
        return self._sessions.engine.dialect.name

    def transaction(self) -> AbstractContextManager[Session]:
        """All calls of this thread inside are committed together, or not at all."""
        return self._sessions.write()

    def snapshot(self) -> AbstractContextManager[None]:
        """All reads of this thread inside see one state of the database."""
        return self._sessions.snapshot()

    def close(self) -> None:
        """Give all connections back."""
        self._sessions.engine.dispose()


def open_store(database_url: str, models: Path, migrate: bool = True) -> Store:
    """Open the database (made and brought up to date where `migrate`) and the folder of weights.

    Raises StorageFailed and Conflict where one of them cannot be used.
    """
    engine, files = connect(database_url), Files(models)
    if migrate:
        from cnnpruner.store.migrate import upgrade  # workers open what the server has migrated

        upgrade(engine)
        files.claim(engine.url)
    return Store(Sessions(engine), files)
