"""Which pictures lie in an image folder, by class; names only, no file is opened."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnpruner.data.data_folders import PICTURES
from cnnpruner.data.sets.names import PathTable
from cnnpruner.domain.progress import Progress
from cnnpruner.errors import UnusableData

TEST_NAMES = ("val", "valid", "test")


@dataclass(frozen=True)
class Part:
    """The pictures of one folder of class folders: `paths` and `labels` [N] in the order of classes, then of names."""

    name: str
    paths: PathTable
    labels: NDArray[np.int64]
    unknown: tuple[str, ...]
    """Class folders with pictures that are none of the classes."""

    def counts(self, classes: int) -> NDArray[np.int64]:
        """Pictures of each class [K]."""
        return np.bincount(self.labels, minlength=classes)


@dataclass(frozen=True)
class ClassFolders:
    """An image folder: classes are the folders below train/, or below the folder itself where it has no train/."""

    root: Path
    classes: tuple[str, ...]
    train: Part
    val: Part | None
    unseen: Part | None = None
    """A folder of its own that a person named as unseen by the weights."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Those that there are."""
        return tuple(part for part in (self.train, self.val, self.unseen) if part is not None)


def list_pictures(folder: Path, unseen: Path | None = None, progress: Progress | None = None) -> ClassFolders:
    """All pictures of an image folder, and of a folder named as unseen. Raises UnusableData where there is none."""
    train_folder = folder / "train" if (folder / "train").is_dir() else folder
    if not train_folder.is_dir():
        raise UnusableData(f"There is no folder {folder.name}; it must hold train/<class>/*.jpg.")
    classes = _class_names(train_folder)
    train = list_part(train_folder, classes, progress)
    val_folder = next((folder / name for name in TEST_NAMES if (folder / name).is_dir()), None)
    has_val = val_folder is not None and train_folder != folder
    val = list_part(val_folder, classes, progress) if val_folder is not None and has_val else None
    return ClassFolders(folder, classes, train, val, list_part(unseen, classes, progress) if unseen else None)


def list_part(folder: Path, classes: Sequence[str], progress: Progress | None = None) -> Part:
    """The pictures of these classes in `folder`."""
    names: list[str] = []
    ends = [0]
    for number, name in enumerate(classes):
        names += sorted(_pictures(folder / name, f"{name}/"), key=lambda path: path.split("/"))
        ends.append(len(names))
        if progress is not None:
            progress((number + 1) / len(classes), f"listing pictures of {folder.name}, {len(names):,} so far")
    labels = np.repeat(np.arange(len(classes)), [end - start for start, end in pairwise(ends)])
    strange = set(_class_names(folder)) - set(classes)
    unknown = tuple(name for name in sorted(strange) if any(_pictures(folder / name, "")))
    return Part(folder.name, PathTable(folder, names), labels.astype(np.int64), unknown)


def folder_stamp(folder: Path) -> tuple[int, ...]:
    """Changes when a class or a picture of one is added or removed; looks at no file."""
    inner = [folder / name for name in ("train", *TEST_NAMES) if (folder / name).is_dir()]
    every = [folder, *inner, *(base / name for base in inner or [folder] for name in _class_names(base))]
    return tuple(one.stat().st_mtime_ns for one in every)


def _class_names(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    with os.scandir(folder) as entries:
        return tuple(sorted(entry.name for entry in entries if entry.is_dir() and entry.name[0] != "."))


def _pictures(folder: Path, prefix: str) -> Iterator[str]:
    """Relative names of all pictures in a class folder and below."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name[0] == ".":
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _pictures(folder / entry.name, f"{prefix}{entry.name}/")
            elif entry.name.lower().endswith(PICTURES):
                yield prefix + entry.name
