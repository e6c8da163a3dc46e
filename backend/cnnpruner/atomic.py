"""Files that are either whole or not there: written beside, synced, renamed, and the folder synced."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnpruner.errors import StorageFailed


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a temporary file and put it in the place of `path`; folders are made where they are missing.

    As `replacing`, but raises StorageFailed for what the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            write(temporary)
    except OSError as error:
        reason = error.strerror or str(error)
        sentence = f"{path.name} could not be written to {path.parent.name} ({reason}); free some space or check the"
        raise StorageFailed(f"{sentence} folder's permissions, then try again.", file=path.name) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """The path of a temporary file beside `path`, which takes the place of `path` at the end.

    On any failure the temporary file is gone and `path` is as before. Raises OSError for what the disk refuses.
    """
    # The process id keeps an orphan, in the second that it outlives its server, out of this attempt's file.
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        _sync(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # other systems cannot open a folder
        _sync(path.parent)


def remove_temporary_files(folder: Path) -> None:
    """Remove what killed attempts left half written in `folder`."""
    for path in folder.glob("*.tmp"):
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
