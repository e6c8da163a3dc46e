"""`store.json`: what the model store says of itself and of the database that it belongs to."""

import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import URL

from cnnpruner.atomic import atomic_replacement
from cnnpruner.errors import StorageFailed

MARK = "store.json"
FORMER_MARK = "database.txt"
"""Of 0.1.0: the database's path as seen from the folder, and no identity."""


@dataclass(frozen=True)
class Mark:
    """What `store.json` holds."""

    identity: str
    """Of database and folder together."""
    claim: str
    """Of the server that was started last: the database has the same."""
    database: str
    """As `database_name` has it."""
    folder: int
    """Inode of the folder: another one where the folder was copied."""


def new_identity() -> str:
    """A random one, 32 hexadecimal digits."""
    return uuid.uuid4().hex


def database_name(url: URL, folder: Path) -> str:
    """The path of a database's file as seen from the folder, so that both may be moved together; else its URL."""
    if url.get_backend_name() == "sqlite" and url.database:
        return os.path.relpath(Path(url.database).resolve(), folder.resolve())
    return url.render_as_string(hide_password=True)


def read_mark(folder: Path) -> Mark | None:
    """The mark of a model store; None where it has none. Raises StorageFailed where it cannot be read."""
    path = folder / MARK
    try:
        content = json.loads(path.read_text("utf-8"))
        return Mark(**{name: kind(content[name]) for name, kind in Mark.__annotations__.items()})
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(folder, error) from error
    except (ValueError, KeyError, TypeError) as error:
        sentence = (
            f"{path} cannot be read ({error}), so nobody knows whose weights those are; put it back from a backup"
        )
        raise StorageFailed(f"{sentence}, or delete it where they are this database's.") from error


def read_former_mark(folder: Path) -> str | None:
    """The database that a model store of 0.1.0 names."""
    try:
        return (folder / FORMER_MARK).read_text("utf-8").strip() or None
    except (OSError, ValueError):
        return None


def write_mark(folder: Path, mark: Mark) -> None:
    """Whole or not at all; a mark of 0.1.0 goes. Raises StorageFailed."""
    try:
        with atomic_replacement(folder / MARK) as temporary:
            temporary.write_text(json.dumps(asdict(mark), indent=1) + "\n", "utf-8")
        (folder / FORMER_MARK).unlink(missing_ok=True)
    except OSError as error:
        raise unusable(folder, error) from error


def unusable(folder: Path, error: OSError) -> StorageFailed:
    """The error where a model store cannot be read or written."""
    return StorageFailed(f"The model store {folder} cannot be used ({error.strerror}); choose another with MODELS=.")
