"""Finds images that occur more than once in an image folder, in particular images that are in several splits."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from cnnpruner.data.sets.class_folders import FolderSubset, ImageFolder

MAX_EXAMPLES = 3

SubsetFile = tuple[FolderSubset, int]
"""An image file, identified by its subset and its index in the subset."""


@dataclass(frozen=True)
class Duplicates:
    """Images that are copies of other images, with some pairs of copies as examples."""

    subsets: tuple[str, str]
    """Names of the two subsets that contain the images. If the copies are within one subset, its name is listed twice.
    """
    are_in_two_subsets: bool
    differ_in_class: bool
    """Whether copies of the same image are in different classes."""
    count: int
    """Number of images in the second subset that are also in the first subset. Within one subset, the first of several
    equal images is not counted.
    """
    examples: tuple[tuple[str, str], ...]


class FileSequence(Sequence[SubsetFile]):
    """A sequence of all files as pairs (subset, index in the subset). The pairs are computed on access, because a list
    of them for ImageNet would take 100 MB.
    """

    def __init__(self, folder: ImageFolder) -> None:
        self._subsets = folder.subsets
        self._ends = np.cumsum([len(subset.paths) for subset in folder.subsets])

    def __len__(self) -> int:
        return int(self._ends[-1])

    @overload
    def __getitem__(self, number: int) -> SubsetFile: ...

    @overload
    def __getitem__(self, number: slice) -> list[SubsetFile]: ...

    def __getitem__(self, number: int | slice) -> SubsetFile | list[SubsetFile]:
        if isinstance(number, slice):
            return [self[position] for position in range(*number.indices(len(self)))]
        if number >= len(self):
            raise IndexError(number)
        subset_index = int(np.searchsorted(self._ends, number, side="right"))
        return self._subsets[subset_index], number - int(self._ends[subset_index]) + len(
            self._subsets[subset_index].paths
        )


def find_duplicates(
    folder: ImageFolder, fingerprints: NDArray[np.uint64], are_pixel_hashes: bool
) -> tuple[Duplicates, ...]:
    """Return the images that occur more than once, within the training images or in two subsets.

    `fingerprints` [N] contains a hash of each file, or 0 if the file is unreadable. Equal hashes of pixels mean equal
    images. If the hashes are not of pixels, files with equal hashes must still be compared byte by byte.
    """
    files = FileSequence(folder)
    groups = _group_by_fingerprint(fingerprints)
    counter = _DuplicateCounter(folder.subsets)
    for file_numbers in groups if are_pixel_hashes else _group_identical_files(files, groups):
        counter.add([files[number] for number in file_numbers])
    return counter.duplicates()


class _DuplicateCounter:
    def __init__(self, subsets: Sequence[FolderSubset]) -> None:
        self._subsets = subsets
        self._counts: Counter[tuple[int, int, bool]] = Counter()
        self._examples: defaultdict[tuple[int, int, bool], list[tuple[str, str]]] = defaultdict(list)

    def add(self, group: Sequence[SubsetFile]) -> None:
        """Add the images of `group`, which are all equal, to the counts of duplicates."""
        files_by_subset = [[file for file in group if file[0] is subset] for subset in self._subsets]
        for second_index, copies in enumerate(files_by_subset):
            for first_index, originals in enumerate(files_by_subset[:second_index]):
                if originals and copies:
                    self._count_copies(first_index, second_index, originals[0], copies, len(copies))
        if len(files_by_subset[0]) > 1:
            self._count_copies(0, 0, files_by_subset[0][0], files_by_subset[0], len(files_by_subset[0]) - 1)

    def _count_copies(
        self, first_index: int, second_index: int, original: SubsetFile, copies: list[SubsetFile], count: int
    ) -> None:
        classes = {subset.labels[index] for subset, index in [original, *copies]}
        key = (first_index, second_index, len(classes) > 1)
        self._counts[key] += count
        if len(self._examples[key]) < MAX_EXAMPLES:
            self._examples[key].append((qualified_name(*original), qualified_name(*copies[-1])))

    def duplicates(self) -> tuple[Duplicates, ...]:
        """Return the counted duplicates; duplicates in two subsets come before duplicates within one subset."""
        duplicates = []
        for key in sorted(self._counts, key=lambda key: (key[0] == key[1], key)):
            first_index, second_index, differ_in_class = key
            names = (self._subsets[first_index].name, self._subsets[second_index].name)
            examples = tuple(self._examples[key])
            duplicates.append(
                Duplicates(names, first_index != second_index, differ_in_class, self._counts[key], examples)
            )
        return tuple(duplicates)


def qualified_name(subset: FolderSubset, index: int) -> str:
    """Return the path of an image, preceded by the name of its subset."""
    return f"{subset.name}/{subset.paths.name(index)}"


def _group_by_fingerprint(fingerprints: NDArray[np.uint64]) -> list[list[int]]:
    """Return all groups of at least two files with equal fingerprints, as lists of the files' positions in
    `fingerprints`.
    """
    distinct_fingerprints, counts = np.unique(fingerprints, return_counts=True)
    repeated_fingerprints = distinct_fingerprints[(counts > 1) & (distinct_fingerprints != 0)]
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero(np.isin(fingerprints, repeated_fingerprints)).tolist():
        groups[int(fingerprints[number])].append(number)
    return list(groups.values())


def _group_identical_files(files: Sequence[SubsetFile], groups: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    for group in groups:
        file_numbers_by_digest: defaultdict[bytes, list[int]] = defaultdict(list)
        for number in group:
            subset, index = files[number]
            file_numbers_by_digest[hashlib.blake2b(subset.paths[index].read_bytes()).digest()].append(number)
        yield from (file_numbers for file_numbers in file_numbers_by_digest.values() if len(file_numbers) > 1)
