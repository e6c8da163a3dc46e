"""What lies in the data folders, and which paths may be read. Free of torch: the server's process uses it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from cnnpruner.domain.sources.data import DataEntry
from cnnpruner.domain.tree.experiments import DataKind
from cnnpruner.errors import InvalidInput

DEEPEST = 4
MOST_ENTRIES = 500
MOST_FOLDERS = 5000
CHECKPOINTS = (".pt", ".pth", ".th", ".safetensors")
PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")

INNER_FOLDERS: dict[str, tuple[DataKind, int]] = {
    "cifar-10-batches-py": ("cifar10", 10),
    "cifar-100-python": ("cifar100", 100),
    "MNIST": ("mnist", 10),
    "FashionMNIST": ("fashion_mnist", 10),
}
"""Folders by which torchvision's sets are known: kind and number of classes."""


def list_data(folders: Sequence[Path]) -> list[DataEntry]:
    """Digits, and all data sets, image folders and checkpoints in `folders`, the first of equal paths.

    Looks at most 4 folders deep, at 5,000 folders, and lists at most 500 things. Links that lead out are left out.
    """
    found = {"": DataEntry(path="", kind="digits", size_bytes=None, classes=10)}
    for folder in folders:
        for entry in _entries(folder.resolve()):
            found.setdefault(entry.path, entry)
            if len(found) >= MOST_ENTRIES:
                break
    return list(found.values())


def find_data(kind: DataKind, folders: Sequence[Path]) -> Path | None:
    """Where the first set of that kind lies; None for digits, which come with the product, and where there is none."""
    for entry in list_data(folders):
        if entry.kind == kind and entry.path:
            return resolve(entry.path, folders)
    return None


def resolve(path: str, folders: Sequence[Path]) -> Path:
    """The file or folder that `path` names below one of `folders` (the first that has it), links followed.

    Raises InvalidInput for an absolute path, for one that leads out of the folders, and for one that is not there.
    """
    given = Path(path)
    if given.is_absolute() or ".." in given.parts or "\0" in path:
        raise InvalidInput(f"Path {path!r} must be relative to a data folder and stay in it.", path=path)
    for folder in folders:
        try:
            found = (folder / given).resolve()
            is_there = found.exists()
        except (OSError, RuntimeError):  # a name longer than the disk takes, a folder closed to us, links in a circle
            continue
        if not is_there:
            continue
        if not found.is_relative_to(folder.resolve()):
            raise InvalidInput(
                f"Path {path!r} is a link out of the data folder; start the server with DATA= what it points to.",
                path=path,
            )
        return found
    raise InvalidInput(
        f"Path {path!r} is in none of the data folders of the server; list them to see what is.", path=path
    )


def _entries(root: Path) -> Iterator[DataEntry]:
    waiting, looked = [(root, 0)], 0
    while waiting and looked < MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        looked += 1
        if (known := _as_data_set(folder, root)) is not None:
            yield known
            continue
        for child in _children(folder, root):
            if child.is_dir() and depth < DEEPEST:
                waiting.append((child, depth + 1))
            elif child.suffix in CHECKPOINTS and child.is_file():
                size = child.stat().st_size
                yield DataEntry(path=_relative(child, root), kind="checkpoint", size_bytes=size, classes=None)


def _as_data_set(folder: Path, root: Path) -> DataEntry | None:
    if folder.name in INNER_FOLDERS:
        kind, classes = INNER_FOLDERS[folder.name]
        return DataEntry(path=_relative(folder, root), kind=kind, size_bytes=None, classes=classes)
    base = folder / "train" if (folder / "train").is_dir() else folder
    classes = sum(_has_pictures(child) for child in _children(base, root) if child.is_dir())
    if classes > 1:
        return DataEntry(path=_relative(folder, root), kind="folder", size_bytes=None, classes=classes)
    return None


def _children(folder: Path, root: Path) -> list[Path]:
    try:
        children = sorted(child for child in folder.iterdir() if not child.name.startswith("."))
    except OSError:  # a folder that may not be read holds nothing for us
        return []
    return [child for child in children if not child.is_symlink() or child.resolve().is_relative_to(root)]


def _has_pictures(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.lower().endswith(PICTURES) for entry in entries)
    except OSError:  # a folder that may not be read holds nothing for us
        return False


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
