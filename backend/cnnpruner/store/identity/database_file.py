"""Checks that the file of an open SQLite database is still in place and has not been replaced.

SQLite does not notice: it continues writing to a file that was deleted or moved away, and a new connection creates an
empty file if there is none.
"""

import os
import threading
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Engine, event

from cnnpruner.errors import StorageFailed, StoreMissing

WAL_SUFFIX, SHM_SUFFIX = "-wal", "-shm"
"""Suffixes of the files that SQLite keeps next to an open database: the write-ahead log and its index."""

_FileId = tuple[int, int]
"""Device and inode, which distinguish a file from another file at the same path."""


class DatabaseFile:
    """The SQLite file that this process has open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened_id: _FileId | None = None
        self._sidecar_files: dict[str, _FileId | None] = {}
        self._connections = 0
        self._lock = threading.Lock()

    @classmethod
    def from_url(cls, url: URL) -> "DatabaseFile | None":
        """Returns the file that `url` names, or None for a database in memory or on a server."""
        name = url.database
        if url.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
            return None
        return cls(Path(name))

    def is_empty(self) -> bool:
        """Returns whether the file is missing or empty."""
        return not self.path.exists() or self.path.stat().st_size == 0

    def create(self) -> None:
        """Create an empty file if the file is missing; connections never create it. Raises StorageFailed."""
        try:
            self.path.touch()
        except OSError as error:
            sentence = f"The database {self.path} cannot be created ({error.strerror}); choose another one with DB=."
            raise StorageFailed(sentence) from error

    @property
    def open_file_id(self) -> str | None:
        """Returns a string that identifies the open file to other processes; None if no file is open yet."""
        return None if self._opened_id is None else f"{self._opened_id[0]}:{self._opened_id[1]}"

    def restrict_to_file_id(self, open_file_id: str) -> None:
        """Allow connections only to the file that another process has open. `open_file_id`: the id of the file in
        that process.
        """
        device, inode = open_file_id.split(":")
        self._opened_id = int(device), int(inode)

    def restrict_connections(self, engine: Engine) -> None:
        """Let `engine` connect only to the file of its first connection, never to a file that replaced it."""

        def connect(_: object, __: object, arguments: list[object], keywords: dict[str, object]) -> None:
            self._opened_id = self._opened_id or _file_id(self.path)
            self.require_file_in_place()
            arguments[0] = f"file:{quote(str(self.path))}?mode=rw"
            keywords["uri"] = True

        def close(_: object, __: object) -> None:
            with self._lock:
                self._connections -= 1

        event.listen(engine, "do_connect", connect)
        event.listen(engine, "close", close)

    def register_connection(self) -> None:
        """Count a connection that was opened, and remember the files that SQLite keeps next to the database. Called
        after SQLite has created these files.
        """
        with self._lock:
            if self._connections == 0:
                # SQLite removes both with the last connection of all processes; they stay while we have one.
                self._sidecar_files = {
                    suffix: _file_id(self._sidecar_path(suffix)) for suffix in (WAL_SUFFIX, SHM_SUFFIX)
                }
            self._connections += 1

    def find_problem(self) -> str | None:
        """Returns a sentence that says why nothing may be written now and what to do; None if all is well."""
        current_id = _file_id(self.path)
        if current_id is None:
            return self._describe_missing_file()
        if self._opened_id is not None and current_id != self._opened_id:
            return self._describe_replaced_file()
        with self._lock:
            sidecar_files = self._sidecar_files if self._connections else {}
        for suffix, file_id in sidecar_files.items():
            if file_id is not None and _file_id(self._sidecar_path(suffix)) != file_id:
                return (
                    f"{self._sidecar_path(suffix).name} was deleted while the database {self.path} was open, so "
                    "the server has stopped writing to it. Stop the server, which then saves the changes that are "
                    "still in its memory, and start it again."
                )
        return None

    def require_file_in_place(self) -> None:
        """Raise StoreMissing if nothing may be written now."""
        problem = self.find_problem()
        if problem is not None:
            raise StoreMissing(problem)

    def _describe_missing_file(self) -> str:
        return (
            f"The database {self.path} is missing (it may have been moved or deleted, or its disk is gone), so changes "
            "are no longer saved. Move it back, and the server continues on its own; or restart the server with "
            "another DB=. Until the server stops, it can still read the old database: save its trees as bundles."
        )

    def _describe_replaced_file(self) -> str:
        return (
            f"The database {self.path} was replaced by another file, so nothing is written. Move the original database "
            "back, and the server continues on its own; or restart the server to use the new file."
        )

    def _sidecar_path(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)


def _file_id(path: Path) -> _FileId | None:
    try:
        stat = os.stat(path)  # noqa: PTH116 a third faster than Path.stat, and called before each write
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
