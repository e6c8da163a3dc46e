"""The .zip of a bundle, read without trusting its maker: nothing is unpacked by a name or size that it gives."""

import io
import shutil
import zipfile
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path

from cnnpruner.errors import StorageFailed, UnreadableBundle
from cnnpruner.formats.bundles.layout import (
    LARGEST_BYTES,
    LARGEST_MANIFEST_BYTES,
    LARGEST_RATIO,
    LARGEST_TREE_BYTES,
    MANIFEST,
    MIB,
    SMALL_BYTES,
)

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _Wary(io.FileIO):
    """`zipfile` reads the whole list of contents at once, and holds each name in half a kilobyte of memory."""

    LARGEST_READ = 16 * MIB

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self.LARGEST_READ:
            raise UnreadableBundle("Its list of contents is longer than that of any bundle; this is none.")
        return super().read(-1 if size is None else size)


class Container:
    """An open archive. All raise UnreadableBundle for what is missing, damaged, or larger than it may be."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._unpacked = 0
        entries = archive.infolist()
        self._entries = {entry.filename: entry for entry in entries}
        if len(self._entries) < len(entries):
            raise UnreadableBundle("Two files in it have the same name; this is no bundle of CNNPruner.")

    def require_only(self, names: Set[str]) -> None:
        """Refuse files that no bundle has: other programs' archives, and names that lead out of a folder."""
        strange = sorted(self._entries.keys() - names)
        if strange:
            raise UnreadableBundle(f"It holds {strange[0][:100]!r}, which no bundle has; it was not made by CNNPruner.")

    def read(self, name: str) -> bytes:
        """A file of the tree, whole."""
        entry = self._find(name)
        self._unpacked += entry.file_size
        largest = LARGEST_MANIFEST_BYTES if name == MANIFEST else LARGEST_BYTES
        is_bomb = entry.file_size > max(SMALL_BYTES, LARGEST_RATIO * entry.compress_size)
        if is_bomb or entry.file_size > largest or self._unpacked > LARGEST_TREE_BYTES:
            raise UnreadableBundle(f"{name} would unpack to {entry.file_size:,} bytes; no bundle has such a file.")
        return self._archive.read(entry)

    def copy(self, name: str, target: Path) -> None:
        """A file that lies in the archive as it is, to disk."""
        entry = self._find(name)
        if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
            raise UnreadableBundle(f"{name} is packed, and in a bundle it is not; make the bundle anew.")
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._archive.open(entry) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, MIB)

    def _find(self, name: str) -> zipfile.ZipInfo:
        entry = self._entries.get(name)
        if entry is None:
            raise UnreadableBundle(f"It holds no {name}; it is no whole bundle of CNNPruner.")
        if entry.flag_bits & 1 or entry.compress_type not in _PACKED:
            raise UnreadableBundle(f"{name} is encrypted or packed in a way that no bundle is.")
        return entry


@contextmanager
def opened(path: Path) -> Iterator[Container]:
    """The archive at `path`. Raises UnreadableBundle for whatever is wrong with it, StorageFailed where disks fail."""
    try:
        with _Wary(path, "rb") as file, zipfile.ZipFile(file) as archive:
            yield Container(archive)
    except (UnreadableBundle, StorageFailed):
        raise
    except OSError as error:
        raise StorageFailed(
            f"The bundle could not be unpacked ({error.strerror or error}); free some space."
        ) from error
    except Exception as error:  # zipfile and zlib raise many kinds for damaged files
        sentence = f"This is no whole bundle of CNNPruner ({error}): it is damaged, cut short or of another kind"
        raise UnreadableBundle(f"{sentence}; download it again, or make it anew.") from error
