"""A bundle as a stream of bytes: nothing larger than one file of the tree is held in memory, weights in pieces."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PIECE = 2**20
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Entry:
    """A file of a bundle: bytes that are made when their turn comes and packed, or a file on disk as it is."""

    name: str
    content: Callable[[], bytes] | Path


class _Pipe(io.RawIOBase):
    """What the archive writes goes out at once; it cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(memoryview(data))  # type: ignore[arg-type]  # any buffer
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def stream(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive, in pieces of about a MiB. A file that is gone by then ends it short, and so unreadable."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for entry in entries:
            for _ in _write(archive, entry):
                yield pipe.take()
    yield pipe.take()


def _write(archive: zipfile.ZipFile, entry: Entry) -> Iterator[None]:
    """Weights do not shrink, so that files on disk go in unpacked; what reads them can trust their size."""
    info = zipfile.ZipInfo(entry.name, _EPOCH)
    info.external_attr = 0o644 << 16
    if not isinstance(entry.content, Path):
        archive.writestr(info, entry.content(), zipfile.ZIP_DEFLATED)
        yield
        return
    info.file_size = entry.content.stat().st_size  # over 4 GiB the entry needs other headers
    with entry.content.open("rb") as source, archive.open(info, "w") as target:
        while piece := source.read(PIECE):
            target.write(piece)
            yield
