"""Inspect every file of an image folder: sizes, pixel modes, unreadable files, duplicates."""

import hashlib
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnpruner.data.images.file_images import DECODE_ERRORS, decode_failure
from cnnpruner.data.images.streamed import THREAD_COUNT
from cnnpruner.data.sets.class_folders import FolderSubset, ImageFolder
from cnnpruner.domain.progress import Progress

MAX_DECODED_BYTES = 256 * 2**20
"""In folders up to this size, all files are decoded completely; in larger ones, only files without an end marker."""

TAIL_BYTES = 512
END_MARKERS = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "GIF": b"\x3b"}
"""The bytes that mark the end of a complete file, by format."""

FILES_PER_CHUNK = 4096
"""Number of files inspected between two progress reports; at each report the job can be cancelled."""


@dataclass(frozen=True)
class ImageFile:
    """The result of inspecting one file."""

    path: str
    """Path relative to the image folder, with `/`."""
    width: int
    height: int
    mode: str
    """The pixel mode, as PIL calls it."""
    failure: str | None
    """Why the file cannot be read, or None."""
    fingerprint: int
    """64-bit hash of the file's size and last bytes, rarely equal for different files; 0 for unreadable files."""


DuplicateKind = Literal["across_subsets", "across_classes", "within_class"]
"""Where copies of an image are: in train and in val or unseen, in two classes of train, or in one class of train."""


@dataclass(frozen=True)
class Duplicates:
    """The number of images that are copies of another one, and one pair of copies as an example."""

    kind: DuplicateKind
    count: int
    example: tuple[str, str]
    """The paths of two identical files."""


@dataclass(frozen=True)
class FileInspection:
    """The result of inspecting all files of a folder."""

    sizes: Counter[tuple[int, int]]
    """Number of images by (width, height), as an image viewer shows them."""
    modes: Counter[str]
    unreadable_files: tuple[tuple[str, str], ...]
    """Path of each unreadable file, and why it cannot be read."""
    duplicates: tuple[Duplicates, ...]
    is_fully_decoded: bool
    """Whether all files were decoded completely."""


def inspect_files(folder: ImageFolder, progress: Progress | None = None) -> FileInspection:
    """Inspect every file once, reporting progress every few thousand files."""
    files = _NumberedFiles(folder)
    is_fully_decoded = _fits_decode_limit(files)
    sizes: Counter[tuple[int, int]] = Counter()
    modes: Counter[str] = Counter()
    unreadable_files: list[tuple[str, str]] = []
    fingerprints = np.zeros(len(files), dtype=np.uint64)
    for number, file in enumerate(_inspect_all(folder.root, files, is_fully_decoded, progress)):
        if file.failure is not None:
            unreadable_files.append((file.path, file.failure))
            continue
        sizes[file.width, file.height] += 1
        modes[file.mode] += 1
        fingerprints[number] = file.fingerprint
    duplicates = _find_duplicates(folder, files, _group_candidates(fingerprints))
    return FileInspection(sizes, modes, tuple(unreadable_files), duplicates, is_fully_decoded)


class _NumberedFiles(Sequence[tuple[FolderSubset, int]]):
    """All files as (subset, index in the subset), computed on access, because a list would take 100 MB for ImageNet."""

    def __init__(self, folder: ImageFolder) -> None:
        self._subsets = folder.subsets
        self._ends = np.cumsum([len(subset.paths) for subset in folder.subsets])

    def __len__(self) -> int:
        return int(self._ends[-1])

    @overload
    def __getitem__(self, number: int) -> tuple[FolderSubset, int]: ...

    @overload
    def __getitem__(self, number: slice) -> list[tuple[FolderSubset, int]]: ...

    def __getitem__(self, number: int | slice) -> tuple[FolderSubset, int] | list[tuple[FolderSubset, int]]:
        if isinstance(number, slice):
            return [self[position] for position in range(*number.indices(len(self)))]
        if number >= len(self):
            raise IndexError(number)
        subset = int(np.searchsorted(self._ends, number, side="right"))
        return self._subsets[subset], number - int(self._ends[subset]) + len(self._subsets[subset].paths)


def _group_candidates(fingerprints: NDArray[np.uint64]) -> list[list[int]]:
    """Return groups of files, by number, that may be identical because they have equal fingerprints."""
    distinct_fingerprints, counts = np.unique(fingerprints, return_counts=True)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero(
        np.isin(fingerprints, distinct_fingerprints[(counts > 1) & (distinct_fingerprints != 0)])
    ).tolist():
        groups[int(fingerprints[number])].append(number)
    return list(groups.values())


def _fits_decode_limit(files: Sequence[tuple[FolderSubset, int]]) -> bool:
    total_bytes = 0
    for subset, index in files:
        total_bytes += _size_bytes(subset.paths[index])
        if total_bytes > MAX_DECODED_BYTES:
            return False
    return True


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a broken link; reading it will report it
        return 0


def _inspect_all(
    root: Path, files: Sequence[tuple[FolderSubset, int]], is_fully_decoded: bool, progress: Progress | None
) -> Iterator[ImageFile]:
    with ThreadPoolExecutor(THREAD_COUNT) as executor:
        for start in range(0, len(files), FILES_PER_CHUNK):
            chunk = files[start : start + FILES_PER_CHUNK]
            yield from executor.map(lambda file: _inspect(file[0], file[1], root, is_fully_decoded), chunk)
            done_files = start + len(chunk)
            if progress is not None:
                progress(done_files / len(files), f"inspecting images, {done_files:,} of {len(files):,}")


def _inspect(subset: FolderSubset, index: int, root: Path, is_fully_decoded: bool) -> ImageFile:
    path = subset.paths[index]
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else _qualified_name(subset, index)
    try:
        with path.open("rb") as file, Image.open(file) as image:
            width, height = image.size
            if image.getexif().get(0x0112, 1) in {5, 6, 7, 8}:  # EXIF orientation: a quarter turn
                width, height = height, width
            mode, end_marker = image.mode, END_MARKERS.get(image.format or "", b"")
            size = file.seek(0, 2)
            file.seek(max(size - TAIL_BYTES, 0))
            tail_bytes = file.read()
            if is_fully_decoded or end_marker not in tail_bytes:
                file.seek(0)
                with Image.open(file) as reopened_image:
                    reopened_image.load()
    except DECODE_ERRORS as error:
        return ImageFile(name, 0, 0, "", decode_failure(error, path), 0)
    return ImageFile(name, width, height, mode, None, (size & 0xFFFFFFFF) << 32 | zlib.crc32(tail_bytes))


def _find_duplicates(
    folder: ImageFolder, files: Sequence[tuple[FolderSubset, int]], candidate_groups: Sequence[Sequence[int]]
) -> tuple[Duplicates, ...]:
    counts: Counter[DuplicateKind] = Counter()
    examples: dict[DuplicateKind, tuple[str, str]] = {}
    for numbers in _group_identical(files, candidate_groups):
        group = [files[number] for number in numbers]
        train = [file for file in group if file[0] is folder.train]
        other_files = [file for file in group if file[0] is not folder.train]
        if train and other_files:
            counts["across_subsets"] += len(other_files)
            examples.setdefault("across_subsets", (_qualified_name(*train[0]), _qualified_name(*other_files[0])))
        if len(train) > 1:
            classes = {subset.labels[index] for subset, index in train}
            kind: DuplicateKind = "across_classes" if len(classes) > 1 else "within_class"
            counts[kind] += len(train) - 1
            examples.setdefault(kind, (_qualified_name(*train[0]), _qualified_name(*train[-1])))
    return tuple(Duplicates(kind, count, examples[kind]) for kind, count in counts.items())


def _qualified_name(subset: FolderSubset, index: int) -> str:
    return f"{subset.name}/{subset.paths.name(index)}"


def _group_identical(
    files: Sequence[tuple[FolderSubset, int]], candidate_groups: Sequence[Sequence[int]]
) -> Iterator[list[int]]:
    for group in candidate_groups:
        numbers_by_digest: defaultdict[bytes, list[int]] = defaultdict(list)
        for number in group:
            subset, index = files[number]
            numbers_by_digest[hashlib.blake2b(subset.paths[index].read_bytes()).digest()].append(number)
        yield from (numbers for numbers in numbers_by_digest.values() if len(numbers) > 1)
