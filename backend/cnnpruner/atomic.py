"""Atomic writes: a file is written completely or not at all.

The content goes to a temporary file next to the target, which is synced and then renamed.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnpruner.errors import StorageFailed


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Calls `write` with the path of a temporary file, which then replaces `path`. Creates missing folders.

    Raises StorageFailed if the file cannot be written, whereas `atomic_replacement` raises OSError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_replacement(path) as temporary_path:
            write(temporary_path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageFailed(
            f"{path.name} could not be written to {path.parent.name} ({reason}); free some disk space or check the "
            "folder's permissions, then try again.",
            file=path.name,
        ) from error


@contextmanager
def atomic_replacement(path: Path) -> Iterator[Path]:
    """Yields the path of a temporary file next to `path`. On success, the temporary file replaces `path`.

    After any failure, the temporary file is removed and `path` is unchanged. Raises OSError if the file cannot be
    written.
    """
    # The process id prevents an orphaned worker, which may outlive its server by a second, from writing to this file.
    temporary_path = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary_path
        _flush_to_disk(temporary_path)
        temporary_path.replace(path)
    except BaseException:
        temporary_path.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # other systems cannot open folders
        _flush_to_disk(path.parent)


def remove_temporary_files(folder: Path) -> None:
    """Removes the unfinished files that interrupted writes left in `folder`."""
    for path in folder.glob("*.tmp"):
        path.unlink(missing_ok=True)


def _flush_to_disk(path: Path) -> None:
    file_descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file_descriptor)
    finally:
        os.close(file_descriptor)
