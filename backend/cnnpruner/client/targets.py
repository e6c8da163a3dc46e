"""Determines the file in which a download is saved."""

import os
from pathlib import Path

from cnnpruner.errors import StorageFailed


def resolve_output_path(path: str | Path | None, name: str) -> Path:
    """Returns the file to write: `path`, or, if `path` is a folder, the file `name` in it. The default `path` is the
    current folder.

    A path that ends with a separator is a folder, and is created if it is missing. Raises StorageFailed if the folder
    cannot be created.
    """
    target = Path(path or ".")
    if str(path or "").endswith((os.sep, "/")):
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StorageFailed(f"Folder {target} could not be created ({reason}); choose another location.") from error
    return target / name if target.is_dir() else target
