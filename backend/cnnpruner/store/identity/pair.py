"""Database and model store belong together: they carry one identity, and a start with two that do not is refused.

Nothing is made, moved or removed before both were looked at.
"""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import JSON, Connection, Engine, column, inspect, select, table

from cnnpruner.errors import Conflict
from cnnpruner.store.files import Files
from cnnpruner.store.identity.database_file import DatabaseFile
from cnnpruner.store.identity.mark import Mark, database_name, read_former_mark, read_mark
from cnnpruner.store.migrate import require_known
from cnnpruner.store.rows import StoreRow

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Pair:
    """A database and a folder before anything is done to them."""

    database: str
    """The database's path or URL."""
    name: str
    """The same as seen from the folder."""
    is_new: bool
    """There is no database, an empty file, or one without tables."""
    identity: str | None
    """Of the database; None: it has none yet."""
    weights: tuple[tuple[int, int, int], ...]
    """Experiment id, number and bytes of each node whose weights should be there."""
    files: Files
    mark: Mark | None
    former: str | None


@dataclass(frozen=True)
class _Mismatch:
    """Why two do not belong together, and what to give back."""

    reason: str
    cure: str


def require_pair(engine: Engine, file: DatabaseFile | None, files: Files, new_store: bool) -> None:
    """Refuse a database and a folder that do not belong together; touches neither.

    `new_store`: move the folder's content aside instead. Raises Conflict with the cures, and StorageFailed.
    """
    pair = _look(engine, file, files)
    mismatch = _mismatch(pair)
    if mismatch is None:
        if new_store and pair.mark is not None:
            log.info("the model store %s is this database's, so --new-store has nothing to do", files.folder)
        return
    if new_store:
        aside = files.move_all_aside()
        log.warning("%s; a new store is begun. What lay there: %s", mismatch.reason, aside or "nothing")
        return
    raise Conflict(
        f"{mismatch.reason}. Nothing was changed. Three cures: {mismatch.cure}; or choose another model store (make "
        "serve MODELS=folder, --models folder); or begin anew (make serve NEW_STORE=1, --new-store), which moves the "
        f"old folder's content aside, to {files.aside()}, and removes nothing.",
        database=pair.database,
        models=str(files.folder),
    )


def _look(engine: Engine, file: DatabaseFile | None, files: Files) -> _Pair:
    mark, former = read_mark(files.folder), read_former_mark(files.folder)
    shown = str(file.path) if file is not None else engine.url.render_as_string(hide_password=True)
    nothing = _Pair(shown, database_name(engine.url, files.folder), True, None, (), files, mark, former)
    if (file is not None and file.is_empty()) or require_known(engine) is None:
        return nothing
    with engine.connect() as connection:
        identity = connection.scalar(select(StoreRow.identity)) if inspect(connection).has_table("store") else None
        return replace(nothing, is_new=False, identity=identity, weights=_weights(connection))


def _weights(connection: Connection) -> tuple[tuple[int, int, int], ...]:
    """Asks tables of any version."""
    nodes = table("nodes", *map(column, ("experiment_id", "number", "size_bytes", "state")))
    experiments = table("experiments", column("id"), column("fixed", JSON))
    query = (
        select(nodes.c.experiment_id, nodes.c.number, nodes.c.size_bytes, experiments.c.fixed)
        .join(experiments, experiments.c.id == nodes.c.experiment_id)
        .where(nodes.c.state == "ready")
    )
    rows = connection.execute(query).all()
    return tuple((row[0], row[1], row[2]) for row in rows if (row[3] or {}).get("has_weights", True))


def _mismatch(pair: _Pair) -> _Mismatch | None:
    """None: they belong together, or nothing says that they do not."""
    if pair.mark is not None:
        return None if pair.identity == pair.mark.identity else _of_another(pair, pair.mark.database)
    holds = pair.files.experiment_folders()
    if pair.is_new:
        return _of_another(pair, pair.former) if holds else None
    if pair.former == pair.name:
        return None  # a pair of 0.1.0
    if pair.former is not None and holds and (pair.files.folder / pair.former).exists():
        return _of_another(pair, pair.former)
    return _without_mark(pair, bool(holds))


def _of_another(pair: _Pair, owner: str | None) -> _Mismatch:
    experiments = len(pair.files.experiment_folders())
    held = f"The model store {pair.files.folder}{_count(experiments)}"
    back = "give the database back, if it was moved or deleted or its disk is not mounted"
    if pair.is_new:
        which = "" if owner in (None, pair.name) else f" {owner}, not to"
        return _Mismatch(f"{held} belongs to the database{which} {pair.database}, which is missing or empty", back)
    if owner in (None, pair.name):
        return _Mismatch(f"{held} belongs to another database than the one that is {pair.database} now", back)
    cure = f"serve the database that it belongs to (DB={owner}, as seen from the folder)"
    return _Mismatch(f"{held} belongs to the database {owner}, not to {pair.name}", cure)


def _count(experiments: int) -> str:
    return f" (files of {experiments} experiment{'s' * (experiments > 1)})" if experiments else ""


def _without_mark(pair: _Pair, holds: bool) -> _Mismatch | None:
    """A folder that says nothing is the database's where weights of it lie there."""
    folder = pair.files.folder
    cure = "give the folder back, if it was moved or its disk is not mounted"
    if not pair.weights:
        reason = f"The model store {folder} holds files of experiments that the database {pair.database} does not have"
        return _Mismatch(reason, cure) if holds else None
    if any(_is_there(pair.files.weights(experiment, node), size) for experiment, node, size in pair.weights):
        return None
    state = "holds none of them" if folder.is_dir() else "is not there"
    reason = (
        f"The database {pair.database} has weights of {len(pair.weights)} nodes, and the model store {folder} {state}"
    )
    return _Mismatch(reason, cure)


def _is_there(path: Path, size: int | None) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
