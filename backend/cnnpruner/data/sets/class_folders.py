"""Lists the images of an image folder by class, without opening any file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnpruner.data.sets.file_search import FileSearch, create_search
from cnnpruner.data.sets.layout import Layout, find_layout, find_legacy_layout
from cnnpruner.data.sets.path_table import PathTable
from cnnpruner.data.split_names import parse_split_name
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.image_reading import ClassLevel
from cnnpruner.errors import UnusableData


@dataclass(frozen=True)
class FolderListingRules:
    """Options for listing an image folder."""

    class_level: ClassLevel | None = None
    data_folders: tuple[Path, ...] = ()
    """Symbolic links may lead only into these folders and the image folder itself."""
    is_legacy: bool = False
    """Whether to list the folder as version 0.1.0 did."""

    @property
    def uses_lower_level(self) -> bool:
        """Whether the folders inside the outermost class folders are the classes."""
        return self.class_level == "lower"


@dataclass(frozen=True)
class FolderSubset:
    """The images of one split, or of the folder `unseen`: `paths` and `labels` [N], ordered by class, then by name."""

    name: str
    paths: PathTable
    labels: NDArray[np.int64]
    unknown_classes: tuple[str, ...]
    """Names of folders in this subset that contain images but are not classes of the data set."""
    loose_images: int = 0
    """Number of images outside any class folder; they are not used."""

    def counts(self, classes: int) -> NDArray[np.int64]:
        """Number of images of each class, [K] for K = `classes`."""
        return np.bincount(self.labels, minlength=classes)


@dataclass(frozen=True)
class ClassLevels:
    """The two possible sets of classes if class folders contain further folders: the outer folders (`upper`) or the
    inner folders (`lower`).
    """

    upper: tuple[str, ...]
    lower: tuple[str, ...]


@dataclass(frozen=True)
class ImageFolder:
    """An image folder. Its classes are the folders in its training folder or, if there is no training folder, the
    folders directly in it.
    """

    root: Path
    classes: tuple[str, ...]
    train: FolderSubset
    selection: FolderSubset | None
    test: FolderSubset | None
    unseen: FolderSubset | None
    """A separate folder of images that were not used to train the weights."""
    rules: FolderListingRules
    search: FileSearch
    """The search that found the images; it records the files and links that are not read, in all subsets combined."""
    levels: ClassLevels | None = None
    """The two possible sets of classes if class folders contain further folders; None if they do not."""
    unused_folders: dict[str, int] = field(default_factory=dict)
    """Number of images in each unused folder next to the training folder, by folder name."""
    layout_errors: tuple[str, ...] = ()

    @property
    def subsets(self) -> tuple[FolderSubset, ...]:
        """The subsets that exist, starting with the training images: the splits and `unseen`."""
        subsets = (self.train, self.selection, self.test, self.unseen)
        return tuple(subset for subset in subsets if subset is not None)


def list_images(
    folder: Path, unseen: Path | None = None, rules: FolderListingRules | None = None, progress: Progress | None = None
) -> ImageFolder:
    """List all images of an image folder and of the folder `unseen`. Raises UnusableData if `folder` does not exist."""
    rules = rules or FolderListingRules()
    if not folder.is_dir():
        raise UnusableData(
            f"Folder {folder.name} does not exist; create it, with a subfolder train/<class> for each class."
        )
    search = create_search(folder, rules.data_folders, rules.is_legacy)
    layout = find_legacy_layout(folder) if rules.is_legacy else find_layout(folder, search)
    classes = _class_names(layout.train, search, rules)
    train = list_subset(layout.train, classes, search, rules, progress)
    selection, test, unseen_images = (
        list_subset(path, classes, search, rules, progress) if path is not None else None
        for path in (layout.selection, layout.test, unseen)
    )
    unused = {path.name: count for path in layout.unused if (count := _count_images(path, search))}
    levels = _find_class_levels(classes, train, rules)
    errors = (*layout.errors, *_explain_splits_in_classes(folder, layout, levels))
    return ImageFolder(folder, classes, train, selection, test, unseen_images, rules, search, levels, unused, errors)


def list_subset(
    folder: Path,
    classes: Sequence[str],
    search: FileSearch,
    rules: FolderListingRules,
    progress: Progress | None = None,
) -> FolderSubset:
    """List the images in `folder` that are in folders of the given classes."""
    names: list[str] = []
    class_ends = [0]
    for number, name in enumerate(classes):
        is_recursive = not rules.uses_lower_level or "/" in name
        names += sorted(search.images(folder / name, f"{name}/", is_recursive), key=lambda path: path.split("/"))
        class_ends.append(len(names))
        if progress is not None:
            progress((number + 1) / len(classes), f"listing images in {folder.name}, {len(names):,} so far")
    labels = np.repeat(np.arange(len(classes)), [end - start for start, end in pairwise(class_ends)])
    other_class_folders = sorted(set(_class_names(folder, search, rules)) - set(classes))
    unknown_classes = tuple(name for name in other_class_folders if _count_images(folder / name, search))
    loose_images = search.count_loose_images(folder)
    return FolderSubset(folder.name, PathTable(folder, names), labels.astype(np.int64), unknown_classes, loose_images)


def modification_times(folder: Path, rules: FolderListingRules) -> tuple[int, ...]:
    """Return the modification times of all split and class folders. They change when a class or an image is added or
    removed.
    """
    search = create_search(folder, rules.data_folders, rules.is_legacy)
    layout = find_layout(folder, search)
    split_folders = [folder / name for name in search.subfolders(folder) if parse_split_name(name) is not None]
    parents = dict.fromkeys([folder, *split_folders, layout.train, *filter(None, (layout.selection, layout.test))])
    folders = [parent / name for parent in parents for name in search.subfolders(parent)]
    if rules.uses_lower_level:
        folders += [parent / name for parent in folders for name in search.subfolders(parent)]
    return tuple(path.stat().st_mtime_ns for path in (*parents, *folders))


def _class_names(folder: Path, search: FileSearch, rules: FolderListingRules) -> tuple[str, ...]:
    outer_folder_names = search.subfolders(folder)
    if not rules.uses_lower_level:
        return outer_folder_names
    names = []
    for upper_folder_name in outer_folder_names:
        lower_folder_names = search.subfolders(folder / upper_folder_name)
        has_own_images = any(_copy_without_counts(search).images(folder / upper_folder_name, "", is_recursive=False))
        names += [upper_folder_name] if has_own_images or not lower_folder_names else []
        names += [f"{upper_folder_name}/{name}" for name in lower_folder_names]
    return tuple(names)


def _find_class_levels(classes: tuple[str, ...], train: FolderSubset, rules: FolderListingRules) -> ClassLevels | None:
    """Return the two possible sets of classes. Returns None if no outermost class folder contains several classes."""
    if rules.uses_lower_level:
        upper = tuple(dict.fromkeys(name.partition("/")[0] for name in classes))
        return ClassLevels(upper, classes) if len(upper) != len(classes) else None
    folders = {train.paths.name(index).rpartition("/")[0] for index in range(len(train.paths))}
    lower = tuple(sorted({"/".join(name.split("/")[:2]) for name in folders}, key=lambda name: name.split("/")))
    return ClassLevels(classes, lower) if len(lower) > len({name.partition("/")[0] for name in lower}) else None


def _explain_splits_in_classes(root: Path, layout: Layout, levels: ClassLevels | None) -> tuple[str, ...]:
    """Return an error if the folders inside the class folders are all named like splits, as in `<class>/train`."""
    inner_names = sorted({name.partition("/")[2] for name in levels.lower}) if levels is not None else []
    if layout.train != root or not inner_names or not all(map(parse_split_name, inner_names)):
        return ()
    return (
        f"The class folders in {root.name} contain {' and '.join(inner_names)}, so the splits would be mixed. Put the "
        "class folders into the split folders instead, as in train/<class>/*.jpg and test/<class>/*.jpg.",
    )


def _count_images(folder: Path, search: FileSearch) -> int:
    return sum(1 for _ in _copy_without_counts(search).images(folder, ""))


def _copy_without_counts(search: FileSearch) -> FileSearch:
    """Return a new search with the rules of `search` but no counts, so that `search` does not count files twice."""
    return FileSearch(search.data_folders, search.suffixes, search.root)
