"""Lists the images of an image folder by class, without opening any file."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnpruner.data.data_folders import IMAGE_SUFFIXES
from cnnpruner.data.sets.path_table import PathTable
from cnnpruner.domain.progress import Progress
from cnnpruner.errors import UnusableData

VAL_FOLDER_NAMES = ("val", "valid", "test")


@dataclass(frozen=True)
class FolderSubset:
    """The images of train/, val/ or an unseen folder: `paths` and `labels` [N], ordered by class, then by name."""

    name: str
    paths: PathTable
    labels: NDArray[np.int64]
    unknown_classes: tuple[str, ...]
    """Names of folders that contain images but are not among the classes."""

    def counts(self, classes: int) -> NDArray[np.int64]:
        """Number of images per class [K]."""
        return np.bincount(self.labels, minlength=classes)


@dataclass(frozen=True)
class ImageFolder:
    """An image folder: its classes are the folders in train/, or in the folder itself if it has no train/."""

    root: Path
    classes: tuple[str, ...]
    train: FolderSubset
    val: FolderSubset | None
    unseen: FolderSubset | None = None
    """A separate folder of images that the weights have not seen."""

    @property
    def subsets(self) -> tuple[FolderSubset, ...]:
        """The subsets that exist."""
        return tuple(subset for subset in (self.train, self.val, self.unseen) if subset is not None)


def list_images(folder: Path, unseen: Path | None = None, progress: Progress | None = None) -> ImageFolder:
    """List all images of an image folder, and those in `unseen`. Raises UnusableData if `folder` does not exist."""
    train_folder = folder / "train" if (folder / "train").is_dir() else folder
    if not train_folder.is_dir():
        raise UnusableData(f"Folder {folder.name} does not exist; create it, with a folder train/<class> per class.")
    classes = _class_names(train_folder)
    train = list_subset(train_folder, classes, progress)
    val_folder = next((folder / name for name in VAL_FOLDER_NAMES if (folder / name).is_dir()), None)
    has_val = val_folder is not None and train_folder != folder
    val = list_subset(val_folder, classes, progress) if val_folder is not None and has_val else None
    return ImageFolder(folder, classes, train, val, list_subset(unseen, classes, progress) if unseen else None)


def list_subset(folder: Path, classes: Sequence[str], progress: Progress | None = None) -> FolderSubset:
    """List the images of these classes in `folder`."""
    names: list[str] = []
    ends = [0]
    for number, name in enumerate(classes):
        names += sorted(_image_names(folder / name, f"{name}/"), key=lambda path: path.split("/"))
        ends.append(len(names))
        if progress is not None:
            progress((number + 1) / len(classes), f"listing images in {folder.name}, {len(names):,} so far")
    labels = np.repeat(np.arange(len(classes)), [end - start for start, end in pairwise(ends)])
    other_folders = set(_class_names(folder)) - set(classes)
    unknown_classes = tuple(name for name in sorted(other_folders) if any(_image_names(folder / name, "")))
    return FolderSubset(folder.name, PathTable(folder, names), labels.astype(np.int64), unknown_classes)


def modification_times(folder: Path) -> tuple[int, ...]:
    """Return the modification times of all class folders, which change when a class or an image is added or removed."""
    subset_folders = [folder / name for name in ("train", *VAL_FOLDER_NAMES) if (folder / name).is_dir()]
    folders = [
        folder,
        *subset_folders,
        *(parent / name for parent in subset_folders or [folder] for name in _class_names(parent)),
    ]
    return tuple(path.stat().st_mtime_ns for path in folders)


def _class_names(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    with os.scandir(folder) as entries:
        return tuple(sorted(entry.name for entry in entries if entry.is_dir() and entry.name[0] != "."))


def _image_names(folder: Path, prefix: str) -> Iterator[str]:
    """Yield the relative names of all images in a class folder and its subfolders."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name[0] == ".":
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _image_names(folder / entry.name, f"{prefix}{entry.name}/")
            elif entry.name.lower().endswith(IMAGE_SUFFIXES):
                yield prefix + entry.name
