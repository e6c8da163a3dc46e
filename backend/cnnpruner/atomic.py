"""Files that are either whole or not there: written beside, synced, renamed, and the folder synced."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnpruner.errors import StorageFailed


def write_durably(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a temporary file and put it in the place of `path`.

    On any failure the temporary file is gone and `path` is as before. Raises StorageFailed for what the disk refuses.
    """
    with _storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # The process id keeps an orphan, in the second that it outlives its server, out of this attempt's file.
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            write(temporary)
            _sync(temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync(path.parent)


def remove_temporary(folder: Path) -> None:
    """Remove what killed attempts left half written in `folder`."""
    for pattern in ("*.tmp", ".*"):  # the second is what `write_weights` calls its files while it writes
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        sentence = f"{path.name} could not be written to {path.parent.name} ({reason}); free some space or check the"
        raise StorageFailed(f"{sentence} folder's permissions, then try again.", file=path.name) from error
