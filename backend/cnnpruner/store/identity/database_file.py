"""The file of an SQLite database while it is open: is it still the one that lies at its place?

SQLite does not notice. It goes on writing into a file that was deleted or moved away, and makes an empty one where a
connection finds none.
"""

import os
import threading
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Engine, event

from cnnpruner.errors import StorageFailed, StoreMissing

LOG, INDEX = "-wal", "-shm"
"""What SQLite keeps beside the file while it is open."""

_Name = tuple[int, int]
"""Device and inode: what tells a file from another one at its place."""


class DatabaseFile:
    """One database file of this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: _Name | None = None
        self._beside: dict[str, _Name | None] = {}
        self._connections = 0
        self._lock = threading.Lock()

    @classmethod
    def of(cls, url: URL) -> "DatabaseFile | None":
        """The file that `url` names; None for a database in memory or on a server."""
        name = url.database
        if url.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
            return None
        return cls(Path(name))

    def is_empty(self) -> bool:
        """Whether there is nothing yet at its place."""
        return not self.path.exists() or self.path.stat().st_size == 0

    def make(self) -> None:
        """An empty file where there is none: connections never make one. Raises StorageFailed."""
        try:
            self.path.touch()
        except OSError as error:
            sentence = f"The database {self.path} cannot be made ({error.strerror}); choose another with DB=."
            raise StorageFailed(sentence) from error

    @property
    def opened(self) -> str | None:
        """The file that is open, for another process; None: there is none yet."""
        return None if self._opened is None else f"{self._opened[0]}:{self._opened[1]}"

    def expect(self, opened: str) -> None:
        """Open no other file than the one that another process has open."""
        device, inode = opened.split(":")
        self._opened = int(device), int(inode)

    def guard(self, engine: Engine) -> None:
        """Connections of `engine` are made to the file of the first one alone, never to another one at its place."""

        def connect(_: object, __: object, arguments: list[object], named: dict[str, object]) -> None:
            self._opened = self._opened or _name(self.path)
            self.require()
            arguments[0] = f"file:{quote(str(self.path))}?mode=rw"
            named["uri"] = True

        def close(_: object, __: object) -> None:
            with self._lock:
                self._connections -= 1

        event.listen(engine, "do_connect", connect)
        event.listen(engine, "close", close)

    def connected(self) -> None:
        """A connection was made, and SQLite has made what it keeps beside the file."""
        with self._lock:
            if self._connections == 0:
                # With the last connection of all processes SQLite removes both; only while we have one they stay.
                self._beside = {end: _name(self._side(end)) for end in (LOG, INDEX)}
            self._connections += 1

    def fault(self) -> str | None:
        """Why nothing may be written now, as a sentence with the cure; None: all is in its place."""
        present = _name(self.path)
        if present is None:
            return self._missing()
        if self._opened is not None and present != self._opened:
            return self._replaced()
        with self._lock:
            beside = self._beside if self._connections else {}
        for end, name in beside.items():
            if name is not None and _name(self._side(end)) != name:
                return (
                    f"{self._side(end).name} was removed from beside the database {self.path} while it is open, so "
                    "nothing more is written. End the server, which then writes into the database what it still "
                    "holds, and start it again."
                )
        return None

    def require(self) -> None:
        """Raise StoreMissing where nothing may be written now."""
        fault = self.fault()
        if fault is not None:
            raise StoreMissing(fault)

    def _missing(self) -> str:
        return (
            f"The database {self.path} is not there any more (deleted, moved, or its disk is gone), so nothing is "
            "written. Move it back, and the server goes on by itself; or start the server anew with another DB=. "
            "Until it ends it can still be read: save its trees as bundles."
        )

    def _replaced(self) -> str:
        return (
            f"Another file lies where the database {self.path} was, so nothing is written. Move the former one back, "
            "and the server goes on by itself; or start the server anew, with what lies there now."
        )

    def _side(self, end: str) -> Path:
        return self.path.with_name(self.path.name + end)


def _name(path: Path) -> _Name | None:
    try:
        stat = os.stat(path)  # noqa: PTH116 a third faster than Path.stat, and asked for before each write
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
