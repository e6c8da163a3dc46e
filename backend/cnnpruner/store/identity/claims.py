"""Determines which database owns a model store.

Each server start writes a new claim, which is a random value, into the database and into the model store. A copied
database is recognized by its path, which differs from the path in the model store's manifest. A restored backup is
recognized by its claim, which is older than the claim in the manifest.
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
from cnnpruner.store.identity.manifest import (
    Manifest,
    database_name,
    generate_identity,
    read_manifest,
    unusable_store_error,
    write_manifest,
)
from cnnpruner.store.numbers import reserve_used_numbers
from cnnpruner.store.rows import StoreRow

Ownership = Literal["owner", "restored", "copy"]
"""How a database is related to a model store.

`owner`: the database owns the model store. `restored`: the database owns the model store, but is older than the store,
because it was restored from a backup. `copy`: the database is a copy of the one that owns the model store.
"""

COPY_NOTICE = (
    "This database is a copy, and its model store belongs to the original database: nodes can be read, scored, "
    "previewed and exported, but not created or deleted. To continue working, serve this database with a copy of the "
    "model store (MODELS=…)."
)
RESTORED_NOTICE = (
    "This database is older than its model store, for instance because it was restored from a backup. Files of nodes "
    "that are missing from the database stay in place, and no files were removed when the server started."
)


def claim(engine: Engine, files: Files) -> Ownership:
    """Write a new claim into the database and its model store, and return how the database is related to the store.
    Creates the model store's folder if it is missing.

    If the database is a copy, nothing is written. Raises StorageFailed.
    """
    try:
        files.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unusable_store_error(files.folder, error) from error
    name, manifest = database_name(engine.url, files.folder), read_manifest(files.folder)
    if manifest is not None and _is_copied_database(manifest, engine, files, name):
        return "copy"
    with engine.execution_options(write=True).begin() as connection:
        row = connection.execute(select(StoreRow)).one_or_none()
        is_restored = manifest is not None and row is not None and manifest.claim not in (row.claim, row.claimed_before)
        claim_columns = {"claim": generate_identity(), "claimed_before": row.claim if row is not None else None}
        if row is None:
            connection.execute(insert(StoreRow).values(id=1, identity=generate_identity(), **claim_columns))
        else:
            connection.execute(update(StoreRow).values(**claim_columns))
        reserve_used_numbers(connection, files)
    with engine.execution_options(write=True).begin() as connection:
        # Read again under the lock: if two servers start at once, the manifest gets the claim of the later row.
        row = connection.execute(select(StoreRow)).one()
        write_manifest(files.folder, Manifest(row.identity, row.claim, name, files.folder.stat().st_ino))
    return "restored" if is_restored else "owner"


def read_database_identity(engine: Engine) -> str | None:
    """Returns the identity of the database; None if the database has no identity yet."""
    with engine.connect() as connection:
        return connection.scalar(select(StoreRow.identity))


def owns_model_store(connection: Connection, files: Files) -> bool:
    """Returns whether the model store still belongs to this database. It does, unless a server of another database has
    claimed the store since.
    """
    manifest, row = read_manifest(files.folder), connection.execute(select(StoreRow)).one_or_none()
    if manifest is None or row is None:
        return False
    is_claimed = manifest.identity == row.identity and manifest.claim in (row.claim, row.claimed_before)
    return is_claimed and manifest.database == database_name(connection.engine.url, files.folder)


def require_owner(session: Session, files: Files) -> None:
    """Raise Conflict if this database is a copy: creating or deleting nodes or experiments would change files of the
    original.

    Raises StoreMissing if the model store is missing.
    """
    if files.find_problem() is not None:
        raise StoreMissing(files.find_problem() or "")
    if not owns_model_store(session.connection(), files):
        raise Conflict(COPY_NOTICE)


def _is_copied_database(manifest: Manifest, engine: Engine, files: Files, name: str) -> bool:
    """Returns whether this database is a copy: the database named in the manifest still exists and is another file."""
    file = DatabaseFile.from_url(engine.url)
    original_file = files.folder.resolve() / manifest.database
    if name == manifest.database or file is None or not original_file.is_file() or original_file.stat().st_size == 0:
        return False
    if original_file.samefile(file.path) or manifest.folder != files.folder.stat().st_ino:
        return False  # or the folder was copied as well: the two copies belong together
    return _has_database_identity(original_file, manifest.identity)


def _has_database_identity(path: Path, identity: str) -> bool:
    """Returns whether an SQLite file is a database with this identity. Also returns True if the file cannot be opened
    right now.
    """
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
