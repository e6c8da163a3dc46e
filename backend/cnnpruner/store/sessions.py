"""Connections and short transactions. Every SQLite connection uses foreign keys, WAL and a busy timeout."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cnnpruner.errors import StorageFailed
from cnnpruner.store.identity.database_file import DatabaseFile

BUSY_TIMEOUT_MS = 15_000


def now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


def _configure_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # we issue BEGIN ourselves, see `_begin_transaction`
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("SELECT 1 FROM sqlite_master").fetchone()  # makes SQLite create the write-ahead log and its index
    cursor.close()


def _begin_transaction(connection: Connection) -> None:
    # A transaction that reads before it writes could fail to upgrade its lock without waiting.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def connect(url: str, file: DatabaseFile | None = None) -> Engine:
    """Returns an engine for `url` that several processes and threads can use.

    If `file` is given, the engine opens only that SQLite file.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_transaction)
    if file is not None:
        file.restrict_connections(engine)
        event.listen(engine, "connect", lambda *_: file.register_connection())
    return engine


class Sessions:
    """Provides database sessions: either the session of the surrounding transaction, or a new one."""

    def __init__(self, engine: Engine, file: DatabaseFile | None = None) -> None:
        self.engine = engine
        self.file = file
        self._writer = engine.execution_options(write=True)
        self._current_session: ContextVar[Session | None] = ContextVar("session", default=None)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Context manager that provides a session for reading only."""
        current_session = self._current_session.get()
        if current_session is not None:
            current_session.flush()
            yield current_session
            return
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Context in which all reads of this thread see the same state of the database."""
        with Session(self.engine, expire_on_commit=False) as session:
            token = self._current_session.set(session)
            try:
                yield
            finally:
                self._current_session.reset(token)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Context manager that provides a session for writing. If there is a surrounding transaction, the changes are
        committed together with it; otherwise, they are committed together at the end of the block.

        Raises StoreMissing if the database's file is missing: a lost write must never be reported as stored.
        """
        current_session = self._current_session.get()
        if current_session is not None:
            yield current_session
            current_session.flush()
            return
        with (
            self._convert_storage_errors(),
            self._require_file_in_place(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            token = self._current_session.set(session)
            try:
                yield session
            finally:
                self._current_session.reset(token)

    @contextmanager
    def _require_file_in_place(self) -> Iterator[None]:
        """Raise StoreMissing unless the database's file is in place before the transaction and after its commit."""
        if self.file is not None:
            self.file.require_file_in_place()
        yield
        if self.file is not None:
            self.file.require_file_in_place()

    @staticmethod
    @contextmanager
    def _convert_storage_errors() -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            text = str(error.orig)
            if "disk" not in text and "full" not in text and "readonly" not in text:
                raise
            sentence = f"The database could not be written ({text}); free up space or check its permissions."
            raise StorageFailed(sentence) from error
