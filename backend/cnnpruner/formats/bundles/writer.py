"""Writes a bundle as a stream of bytes. At most one JSON or array file is in memory at a time, and weights are read in
chunks.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 2**20
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class BundleEntry:
    """A file to write to a bundle. Its content is either returned by a function and compressed, or read from disk and
    stored uncompressed.
    """

    name: str
    content: Callable[[], bytes] | Path


class _ChunkBuffer(io.RawIOBase):
    """A write-only, non-seekable file that collects the written bytes until `take_bytes` is called."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = bytes(memoryview(data))  # type: ignore[arg-type]  # any buffer
        self._chunks.append(chunk)
        return len(chunk)

    def take_bytes(self) -> bytes:
        """Return the bytes that were written since the previous call."""
        collected_bytes = b"".join(self._chunks)
        self._chunks.clear()
        return collected_bytes


def stream_archive(entries: Iterable[BundleEntry]) -> Iterator[bytes]:
    """Yield the archive in chunks of about 1 MiB. If a file on disk is missing, the archive ends early and cannot be
    read.
    """
    buffer = _ChunkBuffer()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in entries:
            for _ in _write_bundle_entry(archive, entry):
                yield buffer.take_bytes()
    yield buffer.take_bytes()


def _write_bundle_entry(archive: zipfile.ZipFile, entry: BundleEntry) -> Iterator[None]:
    """Write one entry of the archive. Files on disk, such as weights, are stored uncompressed, because compression
    would hardly shrink them.
    """
    zip_info = zipfile.ZipInfo(entry.name, _ENTRY_DATE)
    zip_info.external_attr = 0o644 << 16
    if not isinstance(entry.content, Path):
        archive.writestr(zip_info, entry.content(), zipfile.ZIP_DEFLATED)
        yield
        return
    zip_info.file_size = entry.content.stat().st_size  # above 4 GiB, the entry needs other headers
    with entry.content.open("rb") as source, archive.open(zip_info, "w") as target:
        while chunk := source.read(CHUNK_BYTES):
            target.write(chunk)
            yield
