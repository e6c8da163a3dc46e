"""What the data folders contain, and which paths may be read. Does not import torch, because the server imports this
module.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cnnpruner.data.split_names import parse_split_name
from cnnpruner.domain.sources.data import DataEntry
from cnnpruner.domain.tree.experiments import DataKind
from cnnpruner.errors import InvalidInput

MAX_DEPTH = 4
MAX_LISTED_ENTRIES = 500
MAX_VISITED_FOLDERS = 5000
CHECKPOINT_SUFFIXES = (".pt", ".pth", ".th", ".safetensors", ".ckpt", ".bin", ".pth.tar", ".pt.tar")
LEGACY_IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
"""File name extensions that version 0.1.0 treated as images."""
IMAGE_SUFFIXES = (
    *LEGACY_IMAGE_SUFFIXES,
    *(".jfif", ".jpe", ".mpo", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    *(".apng", ".avif", ".dib", ".pbm", ".pnm", ".pfm", ".tga"),
)
"""File name extensions, in lower case, of files that are treated as images."""

TORCHVISION_FOLDERS: dict[str, tuple[DataKind, int]] = {
    "cifar-10-batches-py": ("cifar10", 10),
    "cifar-100-python": ("cifar100", 100),
    "MNIST": ("mnist", 10),
    "FashionMNIST": ("fashion_mnist", 10),
}
"""For each folder that torchvision creates: the data set in it, and its number of classes."""


def list_data(folders: Sequence[Path]) -> list[DataEntry]:
    """List the data set `digits`, and all data sets, image folders and checkpoints in `folders`. If a relative path
    exists in several data folders, only the first of them is listed.

    In each data folder, the search goes at most 4 folders deep and visits at most 5,000 folders. At most 500 entries
    are listed in total. Links that lead out of a data folder are skipped.
    """
    entries = {"": DataEntry(path="", kind="digits", size_bytes=None, classes=10)}
    for folder in folders:
        for entry in _find_entries(folder.resolve()):
            entries.setdefault(entry.path, entry)
            if len(entries) >= MAX_LISTED_ENTRIES:
                break
    return list(entries.values())


def find_data_set(kind: DataKind, folders: Sequence[Path]) -> Path | None:
    """Return the path of the first data set of this kind in the data folders.

    Returns None if there is no such data set, and for `digits`, which needs no folder.
    """
    for entry in list_data(folders):
        if entry.kind == kind and entry.path:
            return resolve(entry.path, folders)
    return None


def resolve(path: str, folders: Sequence[Path]) -> Path:
    """Return the file or folder at `path` in the first of `folders` that contains it, with links resolved.

    Raises InvalidInput if the path is absolute, leads out of the data folders, or does not exist.
    """
    relative_path = Path(path)
    if relative_path.is_absolute() or ".." in relative_path.parts or "\0" in path:
        raise InvalidInput(f"Path {path!r} must be relative to a data folder and stay inside it.", path=path)
    for folder in folders:
        try:
            target = (folder / relative_path).resolve()
            path_exists = target.exists()
        except (OSError, RuntimeError):  # the name is too long, the folder is not readable, or links form a circle
            continue
        if not path_exists:
            continue
        if not target.is_relative_to(folder.resolve()):
            raise InvalidInput(
                f"Path {path!r} leads out of the data folder through a symbolic link; start the server with DATA= set "
                "to the folder that the link points to.",
                path=path,
            )
        return target
    raise InvalidInput(
        f"Path {path!r} is not in any data folder of the server; list the data folders to see what they contain.",
        path=path,
    )


def _find_entries(root: Path) -> Iterator[DataEntry]:
    queue, visited_folder_count = [(root, 0)], 0
    while queue and visited_folder_count < MAX_VISITED_FOLDERS:
        folder, depth = queue.pop(0)
        visited_folder_count += 1
        if (data_set := _recognise_data_set(folder, root)) is not None:
            yield data_set
            continue
        for child in _list_children(folder, root):
            if child.is_dir() and depth < MAX_DEPTH:
                queue.append((child, depth + 1))
            elif child.name.lower().endswith(CHECKPOINT_SUFFIXES) and child.is_file():
                size = child.stat().st_size
                yield DataEntry(path=_relative_path(child, root), kind="checkpoint", size_bytes=size, classes=None)


def _recognise_data_set(folder: Path, root: Path) -> DataEntry | None:
    if folder.name in TORCHVISION_FOLDERS:
        kind, classes = TORCHVISION_FOLDERS[folder.name]
        return DataEntry(path=_relative_path(folder, root), kind=kind, size_bytes=None, classes=classes)
    train_folders = [child for child in _list_children(folder, root) if parse_split_name(child.name) == "train"]
    # Without a train folder, class folders that contain folders could just as well be several data sets.
    class_counts = [_count_classes(child, root, _has_images_within) for child in train_folders]
    for classes in (*class_counts, _count_classes(folder, root, _has_images)):
        if classes > 1:
            return DataEntry(path=_relative_path(folder, root), kind="folder", size_bytes=None, classes=classes)
    return None


def _count_classes(folder: Path, root: Path, has_images: Callable[[Path], bool]) -> int:
    return sum(has_images(child) for child in _list_children(folder, root) if child.is_dir())


def _has_images_within(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            subfolders = [folder / entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:  # treat a folder that we may not read as empty
        return False
    return _has_images(folder) or any(map(_has_images, subfolders))


def _list_children(folder: Path, root: Path) -> list[Path]:
    try:
        children = sorted(child for child in folder.iterdir() if not child.name.startswith("."))
    except OSError:  # treat a folder that we may not read as empty
        return []
    return [child for child in children if not child.is_symlink() or child.resolve().is_relative_to(root)]


def _has_images(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.lower().endswith(IMAGE_SUFFIXES) for entry in entries)
    except OSError:  # treat a folder that we may not read as empty
        return False


def _relative_path(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
