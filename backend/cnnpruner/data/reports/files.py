"""A look at every file of an image folder: sizes, kinds of pixels, what cannot be read, what is there twice."""

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

from cnnpruner.data.images.file_images import BROKEN, reason_of
from cnnpruner.data.images.streamed import THREADS
from cnnpruner.data.sets.class_folders import ClassFolders, Part
from cnnpruner.domain.progress import Progress

DECODED_BYTES = 256 * 2**20
"""Folders up to this size are decoded whole; of larger ones those files that end as no whole file of theirs does."""

TAIL = 512
ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "GIF": b"\x3b"}
"""What is found near the end of every whole file."""

AT_ONCE = 4096
"""Files looked at between two words about progress, which are also where the work can be stopped."""


@dataclass(frozen=True)
class PictureFile:
    """What a look at one file told."""

    place: str
    """Relative to the image folder, with `/`."""
    width: int
    height: int
    mode: str
    """As PIL calls the kind of its pixels."""
    fault: str | None
    """Why it cannot be read."""
    alike: int
    """Of its size and its last bytes, 64 bits: different for different files, mostly; 0 where it cannot be read."""


Kinship = Literal["beside", "between", "within"]


@dataclass(frozen=True)
class Duplicates:
    """Equal files: how many pictures there are too many, and two that are equal."""

    kinship: Kinship
    """Pictures of val or unseen that are also in train; of train in two classes; of train twice in one class."""
    count: int
    example: tuple[str, str]
    """Their places."""


@dataclass(frozen=True)
class Examined:
    """What all files of a folder told."""

    sizes: Counter[tuple[int, int]]
    """(width, height) as a viewer shows it."""
    modes: Counter[str]
    unreadable: tuple[tuple[str, str], ...]
    """Place and reason of each."""
    duplicates: tuple[Duplicates, ...]
    is_decoded: bool
    """All files were read to their ends."""


def examine(folders: ClassFolders, progress: Progress | None = None) -> Examined:
    """Look at every file once; `progress` hears of every few thousand."""
    places = _Places(folders)
    is_decoded = _is_small(places)
    sizes: Counter[tuple[int, int]] = Counter()
    modes: Counter[str] = Counter()
    unreadable: list[tuple[str, str]] = []
    alike = np.zeros(len(places), dtype=np.uint64)
    for number, file in enumerate(_look_at_all(folders.root, places, is_decoded, progress)):
        if file.fault is not None:
            unreadable.append((file.place, file.fault))
            continue
        sizes[file.width, file.height] += 1
        modes[file.mode] += 1
        alike[number] = file.alike
    duplicates = _find_duplicates(folders, places, _suspects(alike))
    return Examined(sizes, modes, tuple(unreadable), duplicates, is_decoded)


class _Places(Sequence[tuple[Part, int]]):
    """All files by one number: a part, and a position in it. A list of them would be 100 MB for ImageNet."""

    def __init__(self, folders: ClassFolders) -> None:
        self._parts = folders.parts
        self._ends = np.cumsum([len(part.paths) for part in folders.parts])

    def __len__(self) -> int:
        return int(self._ends[-1])

    @overload
    def __getitem__(self, number: int) -> tuple[Part, int]: ...

    @overload
    def __getitem__(self, number: slice) -> list[tuple[Part, int]]: ...

    def __getitem__(self, number: int | slice) -> tuple[Part, int] | list[tuple[Part, int]]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if number >= len(self):
            raise IndexError(number)
        part = int(np.searchsorted(self._ends, number, side="right"))
        return self._parts[part], number - int(self._ends[part]) + len(self._parts[part].paths)


def _suspects(alike: NDArray[np.uint64]) -> list[list[int]]:
    """Numbers of files that may be equal."""
    keys, counts = np.unique(alike, return_counts=True)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero(np.isin(alike, keys[(counts > 1) & (keys != 0)])).tolist():
        groups[int(alike[number])].append(number)
    return list(groups.values())


def _is_small(places: Sequence[tuple[Part, int]]) -> bool:
    total = 0
    for part, index in places:
        total += _size(part.paths[index])
        if total > DECODED_BYTES:
            return False
    return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a link to nothing; reading it will say so
        return 0


def _look_at_all(
    root: Path, places: Sequence[tuple[Part, int]], is_decoded: bool, progress: Progress | None
) -> Iterator[PictureFile]:
    with ThreadPoolExecutor(THREADS) as threads:
        for start in range(0, len(places), AT_ONCE):
            chunk = places[start : start + AT_ONCE]
            yield from threads.map(lambda place: _look(place[0], place[1], root, is_decoded), chunk)
            done = start + len(chunk)
            if progress is not None:
                progress(done / len(places), f"looking at {done:,} of {len(places):,} pictures")


def _look(part: Part, index: int, root: Path, is_decoded: bool) -> PictureFile:
    path = part.paths[index]
    place = path.relative_to(root).as_posix() if path.is_relative_to(root) else f"{part.name}/{part.paths.name(index)}"
    try:
        with path.open("rb") as file, Image.open(file) as picture:
            width, height = picture.size
            if picture.getexif().get(0x0112, 1) in {5, 6, 7, 8}:  # EXIF orientation: a quarter turn
                width, height = height, width
            mode, whole = picture.mode, ENDS.get(picture.format or "", b"")
            size = file.seek(0, 2)
            file.seek(max(size - TAIL, 0))
            tail = file.read()
            if is_decoded or whole not in tail:
                file.seek(0)
                with Image.open(file) as again:
                    again.load()
    except BROKEN as error:
        return PictureFile(place, 0, 0, "", reason_of(error, path), 0)
    return PictureFile(place, width, height, mode, None, (size & 0xFFFFFFFF) << 32 | zlib.crc32(tail))


def _find_duplicates(
    folders: ClassFolders, places: Sequence[tuple[Part, int]], suspects: Sequence[Sequence[int]]
) -> tuple[Duplicates, ...]:
    counts: Counter[Kinship] = Counter()
    examples: dict[Kinship, tuple[str, str]] = {}
    for group in _equal_files(places, suspects):
        mine = [places[number] for number in group]
        train = [place for place in mine if place[0] is folders.train]
        beside = [place for place in mine if place[0] is not folders.train]
        if train and beside:
            counts["beside"] += len(beside)
            examples.setdefault("beside", _names(train[0], beside[0]))
        if len(train) > 1:
            kinship: Kinship = "between" if len({part.labels[index] for part, index in train}) > 1 else "within"
            counts[kinship] += len(train) - 1
            examples.setdefault(kinship, _names(train[0], train[-1]))
    return tuple(Duplicates(kinship, count, examples[kinship]) for kinship, count in counts.items())


def _names(one: tuple[Part, int], other: tuple[Part, int]) -> tuple[str, str]:
    first, second = (f"{part.name}/{part.paths.name(index)}" for part, index in (one, other))
    return first, second


def _equal_files(places: Sequence[tuple[Part, int]], suspects: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    for group in suspects:
        same: defaultdict[bytes, list[int]] = defaultdict(list)
        for number in group:
            part, index = places[number]
            same[hashlib.blake2b(part.paths[index].read_bytes()).digest()].append(number)
        yield from (numbers for numbers in same.values() if len(numbers) > 1)
