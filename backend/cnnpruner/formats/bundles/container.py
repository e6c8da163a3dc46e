"""Reads the .zip file of a bundle as untrusted input. Unexpected names, encrypted files, and files that would unpack to
too many bytes are refused.
"""

import io
import shutil
import zipfile
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path

from cnnpruner.errors import StorageFailed, UnreadableBundle
from cnnpruner.formats.bundles.layout import (
    MANIFEST,
    MAX_COMPRESSION_RATIO,
    MAX_FILE_BYTES,
    MAX_MANIFEST_BYTES,
    MAX_TOTAL_BYTES,
    MIB,
    MIN_BYTES_FOR_RATIO_CHECK,
)

_ALLOWED_COMPRESSION_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _LimitedReader(io.FileIO):
    """A file that refuses reads of more than 16 MiB. This protects against archives with too many entries: `zipfile`
    reads the whole list of entries at once, and needs 0.5 kB of memory per entry.
    """

    MAX_READ_BYTES = 16 * MIB

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self.MAX_READ_BYTES:
            raise UnreadableBundle(
                "The file contains more entries than a bundle can have; it is not a CNNPruner bundle."
            )
        return super().read(-1 if size is None else size)


class BundleContainer:
    """An open archive. All methods raise UnreadableBundle if a file is missing, damaged or too large."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._unpacked_bytes = 0
        entries = archive.infolist()
        self._entries = {entry.filename: entry for entry in entries}
        if len(self._entries) < len(entries):
            raise UnreadableBundle("The file contains two entries with the same name; it is not a CNNPruner bundle.")

    def reject_unexpected_files(self, names: Set[str]) -> None:
        """Raise UnreadableBundle if the archive contains a file that is not in `names`, as archives of other programs
        do.
        """
        other_names = sorted(self._entries.keys() - names)
        if other_names:
            raise UnreadableBundle(
                f"The file contains {other_names[0][:100]!r}, which no bundle contains; it was not created by "
                "CNNPruner."
            )

    def read(self, name: str) -> bytes:
        """Return the content of a JSON or array file."""
        entry = self._find_entry(name)
        self._unpacked_bytes += entry.file_size
        limit = MAX_MANIFEST_BYTES if name == MANIFEST else MAX_FILE_BYTES
        is_zip_bomb = entry.file_size > max(MIN_BYTES_FOR_RATIO_CHECK, MAX_COMPRESSION_RATIO * entry.compress_size)
        if is_zip_bomb or entry.file_size > limit or self._unpacked_bytes > MAX_TOTAL_BYTES:
            raise UnreadableBundle(
                f"{name} would unpack to {entry.file_size:,} bytes; that is too large for a CNNPruner bundle."
            )
        return self._archive.read(entry)

    def copy_to_disk(self, name: str, target: Path) -> None:
        """Copy a file that is stored uncompressed, such as weights, from the archive to `target`. Raises
        UnreadableBundle if the file is compressed.
        """
        entry = self._find_entry(name)
        if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
            raise UnreadableBundle(f"{name} is compressed, but must be stored uncompressed; create the bundle again.")
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._archive.open(entry) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, MIB)

    def _find_entry(self, name: str) -> zipfile.ZipInfo:
        entry = self._entries.get(name)
        if entry is None:
            raise UnreadableBundle(f"The file does not contain {name}; it is not a complete CNNPruner bundle.")
        if entry.flag_bits & 1 or entry.compress_type not in _ALLOWED_COMPRESSION_METHODS:
            raise UnreadableBundle(f"{name} is encrypted, or compressed by a method that bundles do not use.")
        return entry


@contextmanager
def open_bundle_container(path: Path) -> Iterator[BundleContainer]:
    """Open the archive at `path`. Raises UnreadableBundle if the archive is invalid, and StorageFailed if the disk
    fails.
    """
    try:
        with _LimitedReader(path, "rb") as file, zipfile.ZipFile(file) as archive:
            yield BundleContainer(archive)
    except (UnreadableBundle, StorageFailed):
        raise
    except OSError as error:
        raise StorageFailed(
            f"The bundle could not be unpacked ({error.strerror or error}); free some disk space and try again."
        ) from error
    except Exception as error:  # zipfile and zlib raise many kinds for damaged files
        raise UnreadableBundle(
            f"This is not a complete CNNPruner bundle ({error}): it is damaged, truncated or a different kind of file; "
            "download it again, or create it again."
        ) from error
