"""`store.json`: identifies a model store and the database that it belongs to."""

import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import URL

from cnnpruner.atomic import atomic_replacement
from cnnpruner.errors import StorageFailed

MANIFEST = "store.json"
LEGACY_MANIFEST_FILE = "database.txt"
"""Manifest of version 0.1.0, which contains only the database's path relative to the folder."""


@dataclass(frozen=True)
class Manifest:
    """The content of `store.json`."""

    identity: str
    """Random identity that the database and the model store share."""
    claim: str
    """The claim written at the last server start; the database contains the same claim."""
    database: str
    """Name of the database, as `database_name` returns it."""
    folder: int
    """Inode of the folder; a copy of the folder has another inode."""


def generate_identity() -> str:
    """Returns 32 random hexadecimal digits."""
    return uuid.uuid4().hex


def database_name(url: URL, folder: Path) -> str:
    """Returns the path of the database file relative to the folder, so that the file and the folder can be moved
    together. For a database that is not a file, returns its URL.
    """
    if url.get_backend_name() == "sqlite" and url.database:
        return os.path.relpath(Path(url.database).resolve(), folder.resolve())
    return url.render_as_string(hide_password=True)


def read_manifest(folder: Path) -> Manifest | None:
    """Returns the manifest of a model store, or None if there is no manifest. Raises StorageFailed if the manifest
    cannot be read.
    """
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text("utf-8"))
        return Manifest(**{name: kind(content[name]) for name, kind in Manifest.__annotations__.items()})
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable_store_error(folder, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StorageFailed(
            f"{path} cannot be read ({error}), so it is unclear which database these weights belong to; restore the "
            "file from a backup, or delete it if the weights belong to this database."
        ) from error


def read_legacy_manifest(folder: Path) -> str | None:
    """Returns the name of the database to which a model store of version 0.1.0 belongs; None if it cannot be read."""
    try:
        return (folder / LEGACY_MANIFEST_FILE).read_text("utf-8").strip() or None
    except (OSError, ValueError):
        return None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `store.json` atomically and remove the manifest of version 0.1.0. Raises StorageFailed."""
    try:
        with atomic_replacement(folder / MANIFEST) as temporary_path:
            temporary_path.write_text(json.dumps(asdict(manifest), indent=1) + "\n", "utf-8")
        (folder / LEGACY_MANIFEST_FILE).unlink(missing_ok=True)
    except OSError as error:
        raise unusable_store_error(folder, error) from error


def unusable_store_error(folder: Path, error: OSError) -> StorageFailed:
    """Returns the error for a model store that cannot be read or written."""
    reason = error.strerror
    return StorageFailed(f"The model store {folder} cannot be used ({reason}); choose another one with MODELS=.")
