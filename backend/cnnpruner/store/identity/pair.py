"""Checks at the start of the server that the database and the model store have the same identity. If they do not belong
together, the server refuses to start.

Both are checked before anything is created, moved or removed.
"""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import JSON, Connection, Engine, column, inspect, select, table

from cnnpruner.errors import Conflict
from cnnpruner.store.files import Files
from cnnpruner.store.identity.database_file import DatabaseFile
from cnnpruner.store.identity.manifest import Manifest, database_name, read_legacy_manifest, read_manifest
from cnnpruner.store.migrate import require_known_version
from cnnpruner.store.rows import StoreRow

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _DatabaseAndStore:
    """State of a database and of a model store's folder before either is changed."""

    database: str
    """The database's path or URL."""
    name: str
    """The database's path relative to the folder, or its URL."""
    is_new: bool
    """Whether the database is missing, is an empty file, or has no tables."""
    identity: str | None
    """Identity of the database; None if it has no identity yet."""
    weights: tuple[tuple[int, int, int], ...]
    """Experiment id, node number and file size in bytes of each node that should have weights."""
    files: Files
    manifest: Manifest | None
    legacy_database: str | None


@dataclass(frozen=True)
class _Mismatch:
    """Why the database and the folder do not belong together, and how to fix that."""

    reason: str
    fix: str


def require_matching_store(engine: Engine, file: DatabaseFile | None, files: Files, start_new_store: bool) -> None:
    """Raise Conflict if database and folder do not belong together; the message says what to do.

    `start_new_store`: move the content aside instead of raising Conflict. Raises StorageFailed if the database or
    the folder cannot be read.
    """
    pair = _read_database_and_store(engine, file, files)
    mismatch = _find_mismatch(pair)
    if mismatch is None:
        if start_new_store and pair.manifest is not None:
            log.info("the model store %s belongs to this database, so --new-store has no effect", files.folder)
        return
    if start_new_store:
        old_files_folder = files.move_all_files_aside()
        log.warning(
            "%s; starting a new store. The old files are in: %s",
            mismatch.reason,
            old_files_folder or "(there were none)",
        )
        return
    raise Conflict(
        f"{mismatch.reason}. Nothing was changed. Either {mismatch.fix}; or choose another model store (make "
        "serve MODELS=folder, --models folder); or start a new store (make serve NEW_STORE=1, --new-store), which "
        f"moves the old folder's content to {files.folder_for_moved_files()} and deletes nothing.",
        database=pair.database,
        models=str(files.folder),
    )


def _read_database_and_store(engine: Engine, file: DatabaseFile | None, files: Files) -> _DatabaseAndStore:
    manifest, legacy_database = read_manifest(files.folder), read_legacy_manifest(files.folder)
    display_name = str(file.path) if file is not None else engine.url.render_as_string(hide_password=True)
    initial_pair = _DatabaseAndStore(
        display_name, database_name(engine.url, files.folder), True, None, (), files, manifest, legacy_database
    )
    if (file is not None and file.is_empty()) or require_known_version(engine) is None:
        return initial_pair
    with engine.connect() as connection:
        identity = connection.scalar(select(StoreRow.identity)) if inspect(connection).has_table("store") else None
        return replace(initial_pair, is_new=False, identity=identity, weights=_read_expected_weights(connection))


def _read_expected_weights(connection: Connection) -> tuple[tuple[int, int, int], ...]:
    """Returns experiment id, node number and file size in bytes of each node that should have weights. Works with the
    database tables of any version.
    """
    nodes = table("nodes", *map(column, ("experiment_id", "number", "size_bytes", "state")))
    experiments = table("experiments", column("id"), column("fixed", JSON))
    query = (
        select(nodes.c.experiment_id, nodes.c.number, nodes.c.size_bytes, experiments.c.fixed)
        .join(experiments, experiments.c.id == nodes.c.experiment_id)
        .where(nodes.c.state == "ready")
    )
    rows = connection.execute(query).all()
    return tuple((row[0], row[1], row[2]) for row in rows if (row[3] or {}).get("has_weights", True))


def _find_mismatch(pair: _DatabaseAndStore) -> _Mismatch | None:
    """Returns the reason why the database and the folder do not belong together; None if no reason was found."""
    if pair.manifest is not None:
        return None if pair.identity == pair.manifest.identity else _describe_other_owner(pair, pair.manifest.database)
    has_files = bool(pair.files.experiment_folders())
    if pair.is_new:
        return _describe_other_owner(pair, pair.legacy_database) if has_files else None
    if pair.legacy_database == pair.name:
        return None  # a pair of version 0.1.0
    if pair.legacy_database is not None and has_files and (pair.files.folder / pair.legacy_database).exists():
        return _describe_other_owner(pair, pair.legacy_database)
    return _compare_weight_files(pair, has_files)


def _describe_other_owner(pair: _DatabaseAndStore, owner: str | None) -> _Mismatch:
    experiments = len(pair.files.experiment_folders())
    store = f"The model store {pair.files.folder}{_describe_experiments(experiments)}"
    restore_advice = "restore the database if it was moved or deleted, or if its disk is not mounted"
    if pair.is_new:
        reason = (
            f"{store} belongs to the database {pair.database}, which is missing or empty"
            if owner in (None, pair.name)
            else f"{store} belongs to the database {owner}, not to the database {pair.database}, which is missing or "
            "empty"
        )
        return _Mismatch(reason, restore_advice)
    if owner in (None, pair.name):
        return _Mismatch(f"{store} belongs to another database, not to {pair.database}", restore_advice)
    fix = f"serve the database of this model store (DB={owner}, relative to the folder)"
    return _Mismatch(f"{store} belongs to the database {owner}, not to {pair.name}", fix)


def _describe_experiments(experiments: int) -> str:
    return f" (files of {experiments} experiment{'s' * (experiments > 1)})" if experiments else ""


def _compare_weight_files(pair: _DatabaseAndStore, has_files: bool) -> _Mismatch | None:
    """Returns the reason why a folder without a manifest does not belong to the database; None if the folder contains
    some of the database's weights, or if both are empty.
    """
    folder = pair.files.folder
    fix = "restore the folder if it was moved, or if its disk is not mounted"
    if not pair.weights:
        reason = f"The model store {folder} has files of experiments that the database {pair.database} does not have"
        return _Mismatch(reason, fix) if has_files else None
    if any(_has_file_size(pair.files.weights_path(experiment, node), size) for experiment, node, size in pair.weights):
        return None
    database_description = f"The database {pair.database} has weights of {len(pair.weights)} nodes"
    return _Mismatch(
        f"{database_description}, but the model store {folder} has none of them"
        if folder.is_dir()
        else f"{database_description}, but the model store {folder} is missing",
        fix,
    )


def _has_file_size(path: Path, size: int | None) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
