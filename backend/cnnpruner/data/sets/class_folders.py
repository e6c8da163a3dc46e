"""Lists the images of an image folder by class, without opening any file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnpruner.data.sets.file_search import FileSearch, create_file_search
from cnnpruner.data.sets.layout import FolderLayout, find_layout, find_legacy_layout
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
    images_outside_classes: int = 0
    """Number of images outside any class folder; they are not used."""

    def counts(self, classes: int) -> NDArray[np.int64]:
        """Return the number of images of each class, [K], where K is `classes`."""
        return np.bincount(self.labels, minlength=classes)


@dataclass(frozen=True)
class ClassLevels:
    """The two possible sets of classes if class folders contain further folders: the outer folders (`upper`) or the
    inner folders (`lower`).
    """

    upper_classes: tuple[str, ...]
    lower_classes: tuple[str, ...]


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
    file_search: FileSearch
    """The search that found the images. It records the files and links that are not read, for all subsets together."""
    class_levels: ClassLevels | None = None
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
    file_search = create_file_search(folder, rules.data_folders, rules.is_legacy)
    layout = find_legacy_layout(folder) if rules.is_legacy else find_layout(folder, file_search)
    classes = _class_names(layout.train, file_search, rules)
    train = list_subset_images(layout.train, classes, file_search, rules, progress)
    selection, test, unseen_images = (
        list_subset_images(path, classes, file_search, rules, progress) if path is not None else None
        for path in (layout.selection, layout.test, unseen)
    )
    unused_folders = {path.name: count for path in layout.unused_folders if (count := _count_images(path, file_search))}
    class_levels = _find_class_levels(classes, train, rules)
    errors = (*layout.errors, *_explain_splits_inside_class_folders(folder, layout, class_levels))
    return ImageFolder(
        folder, classes, train, selection, test, unseen_images, rules, file_search, class_levels, unused_folders, errors
    )


def list_subset_images(
    folder: Path,
    classes: Sequence[str],
    file_search: FileSearch,
    rules: FolderListingRules,
    progress: Progress | None = None,
) -> FolderSubset:
    """List the images in `folder` that are in folders of the given classes."""
    names: list[str] = []
    class_boundaries = [0]
    for number, name in enumerate(classes):
        is_recursive = not rules.uses_lower_level or "/" in name
        names += sorted(file_search.images(folder / name, f"{name}/", is_recursive), key=lambda path: path.split("/"))
        class_boundaries.append(len(names))
        if progress is not None:
            progress((number + 1) / len(classes), f"listing images in {folder.name}, {len(names):,} so far")
    labels = np.repeat(np.arange(len(classes)), [end - start for start, end in pairwise(class_boundaries)])
    other_class_folders = sorted(set(_class_names(folder, file_search, rules)) - set(classes))
    unknown_classes = tuple(name for name in other_class_folders if _count_images(folder / name, file_search))
    images_outside_classes = file_search.count_images_outside_classes(folder)
    return FolderSubset(
        folder.name, PathTable(folder, names), labels.astype(np.int64), unknown_classes, images_outside_classes
    )


def get_modification_times(folder: Path, rules: FolderListingRules) -> tuple[int, ...]:
    """Return the modification times of all split and class folders. They change when a class or an image is added or
    removed.
    """
    file_search = create_file_search(folder, rules.data_folders, rules.is_legacy)
    layout = find_layout(folder, file_search)
    split_folders = [folder / name for name in file_search.subfolders(folder) if parse_split_name(name) is not None]
    parents = dict.fromkeys([folder, *split_folders, layout.train, *filter(None, (layout.selection, layout.test))])
    folders = [parent / name for parent in parents for name in file_search.subfolders(parent)]
    if rules.uses_lower_level:
        folders += [parent / name for parent in folders for name in file_search.subfolders(parent)]
    return tuple(path.stat().st_mtime_ns for path in (*parents, *folders))


def _class_names(folder: Path, file_search: FileSearch, rules: FolderListingRules) -> tuple[str, ...]:
    outer_folder_names = file_search.subfolders(folder)
    if not rules.uses_lower_level:
        return outer_folder_names
    names = []
    for upper_folder_name in outer_folder_names:
        lower_folder_names = file_search.subfolders(folder / upper_folder_name)
        has_own_images = any(
            _copy_without_counts(file_search).images(folder / upper_folder_name, "", is_recursive=False)
        )
        names += [upper_folder_name] if has_own_images or not lower_folder_names else []
        names += [f"{upper_folder_name}/{name}" for name in lower_folder_names]
    return tuple(names)


def _find_class_levels(classes: tuple[str, ...], train: FolderSubset, rules: FolderListingRules) -> ClassLevels | None:
    """Return the two possible sets of classes. Returns None if no outermost class folder contains several classes."""
    if rules.uses_lower_level:
        upper_classes = tuple(dict.fromkeys(name.partition("/")[0] for name in classes))
        return ClassLevels(upper_classes, classes) if len(upper_classes) != len(classes) else None
    folders = {train.paths.name(index).rpartition("/")[0] for index in range(len(train.paths))}
    lower_classes = tuple(sorted({"/".join(name.split("/")[:2]) for name in folders}, key=lambda name: name.split("/")))
    return (
        ClassLevels(classes, lower_classes)
        if len(lower_classes) > len({name.partition("/")[0] for name in lower_classes})
        else None
    )


def _explain_splits_inside_class_folders(
    root: Path, layout: FolderLayout, class_levels: ClassLevels | None
) -> tuple[str, ...]:
    """Return an error if the folders inside the class folders are all named like splits, as in `<class>/train`."""
    inner_folder_names = (
        sorted({name.partition("/")[2] for name in class_levels.lower_classes}) if class_levels is not None else []
    )
    if layout.train != root or not inner_folder_names or not all(map(parse_split_name, inner_folder_names)):
        return ()
    return (
        f"The class folders in {root.name} contain {' and '.join(inner_folder_names)}, so the splits would be mixed. "
        "Put the class folders into the split folders instead, as in train/<class>/*.jpg and test/<class>/*.jpg.",
    )


def _count_images(folder: Path, file_search: FileSearch) -> int:
    return sum(1 for _ in _copy_without_counts(file_search).images(folder, ""))


def _copy_without_counts(file_search: FileSearch) -> FileSearch:
    """Return a search with the same rules but empty counts, so that `file_search` does not count files twice."""
    return FileSearch(file_search.data_folders, file_search.suffixes, file_search.root)
