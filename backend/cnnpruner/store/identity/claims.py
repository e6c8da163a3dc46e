"""Which database a model store obeys. Each start of a server writes a new claim into both.

A copy of a database is told from the original by the place that the model store names, a backup that was put back by
the claim, which it lacks.
"""

import sqlite3
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.orm import Session

from cnnpruner.errors import Conflict, StoreMissing
from cnnpruner.store.files import Files
from cnnpruner.store.identity.database_file import DatabaseFile
from cnnpruner.store.identity.mark import Mark, database_name, new_identity, read_mark, unusable, write_mark
from cnnpruner.store.numbers import pass_over
from cnnpruner.store.rows import StoreRow

Standing = Literal["owner", "restored", "copy"]
"""Whether this database owns the model store; `restored`: it does, but is older than the store."""

COPY = (
    "This database is a copy, and its model store belongs to the original: nodes can be read, scored, previewed and "
    "exported with it, but none is made or deleted. To work on, serve it with a copy of the model store (MODELS=…)."
)
RESTORED = (
    "This database is older than its model store: a backup that was put back. Files of nodes that it does not know "
    "stay where they are, and nothing is swept at this start."
)


def claim(engine: Engine, files: Files) -> Standing:
    """Write this start into database and folder, which belong together, and make the folder. Raises StorageFailed.

    A copy writes nothing.
    """
    try:
        files.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(files.folder, error) from error
    name, mark = database_name(engine.url, files.folder), read_mark(files.folder)
    if mark is not None and _is_copy(mark, engine, files, name):
        return "copy"
    with engine.execution_options(write=True).begin() as connection:
        row = connection.execute(select(StoreRow)).one_or_none()
        is_behind = mark is not None and row is not None and mark.claim not in (row.claim, row.claimed_before)
        now = {"claim": new_identity(), "claimed_before": row.claim if row is not None else None}
        if row is None:
            connection.execute(insert(StoreRow).values(id=1, identity=new_identity(), **now))
        else:
            connection.execute(update(StoreRow).values(**now))
        pass_over(connection, files)
    with engine.execution_options(write=True).begin() as connection:
        # Read again under the lock: of two servers that start at once the later row is also the later file.
        row = connection.execute(select(StoreRow)).one()
        write_mark(files.folder, Mark(row.identity, row.claim, name, files.folder.stat().st_ino))
    return "restored" if is_behind else "owner"


def identity_of(engine: Engine) -> str | None:
    """Of the database; None: it has none yet."""
    with engine.connect() as connection:
        return connection.scalar(select(StoreRow.identity))


def owns(connection: Connection, files: Files) -> bool:
    """Whether the model store is this database's now: no server of another one has claimed it meanwhile."""
    mark, row = read_mark(files.folder), connection.execute(select(StoreRow)).one_or_none()
    if mark is None or row is None:
        return False
    is_claimed = mark.identity == row.identity and mark.claim in (row.claim, row.claimed_before)
    return is_claimed and mark.database == database_name(connection.engine.url, files.folder)


def require_owner(session: Session, files: Files) -> None:
    """Refuse to make or delete nodes and experiments: a copy would write over the files of the original.

    Raises Conflict for a copy, StoreMissing where the model store is not there.
    """
    if files.fault() is not None:
        raise StoreMissing(files.fault() or "")
    if not owns(session.connection(), files):
        raise Conflict(COPY)


def _is_copy(mark: Mark, engine: Engine, files: Files, name: str) -> bool:
    """The database that the model store names is still there, and is not this one under another name."""
    file = DatabaseFile.of(engine.url)
    original = files.folder.resolve() / mark.database
    if name == mark.database or file is None or not original.is_file() or original.stat().st_size == 0:
        return False
    if original.samefile(file.path) or mark.folder != files.folder.stat().st_ino:
        return False  # or the folder was copied as well: they are a pair of their own
    return _has_identity(original, mark.identity)


def _has_identity(path: Path, identity: str) -> bool:
    """Whether an SQLite file is a database of this identity; one that cannot be opened just now may be."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        try:
            return bool(connection.execute("SELECT identity FROM store").fetchone() == (identity,))
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        return "no such table" not in str(error)
    except sqlite3.Error:
        return False
