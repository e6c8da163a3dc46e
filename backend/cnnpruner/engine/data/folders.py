"""Image folders: train/<class>/*.jpg, and val/<class>/… where there is one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median_low

import torch

from cnnpruner.engine.data.decoding import FileImages, read_size
from cnnpruner.engine.data.images import ImageSet, TensorImages
from cnnpruner.engine.data.listing import PICTURES
from cnnpruner.engine.data.options import ImageOptions
from cnnpruner.errors import UnusableData

LARGEST_DEFAULT = 224
IN_MEMORY_BYTES = 512 * 2**20
"""Decoded at once up to this size; beyond, pictures are decoded batch by batch."""

TEST_NAMES = ("val", "valid", "test")

Progress = Callable[[float, str], None]


def load_folder(
    folder: Path, options: ImageOptions, progress: Progress | None
) -> tuple[ImageSet, ImageSet | None, tuple[str, ...], tuple[str, ...]]:
    """(train pictures, val pictures or None, class names, notices), in the size and channels asked for.

    Every file's header is read at once, so that a broken picture is named before anything is made of the set.
    """
    train_folder = folder / "train" if (folder / "train").is_dir() else folder
    classes = _classes(train_folder)
    test_folder = next((folder / name for name in TEST_NAMES if (folder / name).is_dir()), None)
    parts = [_files(train_folder, classes)]
    if test_folder is not None and train_folder != folder:
        parts.append(_files(test_folder, classes))
    sizes = _sizes([path for paths, _ in parts for path in paths])
    edge, notices = _edge(sizes, options.image_size)
    pools = [_pool(paths, labels, (options.channels or 3, edge), progress) for paths, labels in parts]
    return pools[0], pools[1] if len(pools) > 1 else None, classes, notices


def _classes(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        raise UnusableData(f"There is no folder {folder.name}; it must hold train/<class>/*.jpg.")
    names = sorted(child.name for child in folder.iterdir() if child.is_dir() and not child.name.startswith("."))
    if len(names) < 2:
        found = f"only one class, {names[0]}" if names else "no class folders"
        raise UnusableData(f"Folder {folder.name} holds {found}; make a folder per class, at least two.")
    return tuple(names)


def _files(folder: Path, classes: tuple[str, ...]) -> tuple[list[Path], list[int]]:
    unknown = {child.name for child in folder.iterdir() if child.is_dir() and child.name[0] != "."} - set(classes)
    if unknown:
        raise UnusableData(f"Folder {folder.name} has a class {min(unknown)} that train has not; remove or rename it.")
    paths: list[Path] = []
    labels: list[int] = []
    for label, name in enumerate(classes):
        found = sorted(path for path in (folder / name).rglob("*") if path.suffix.lower() in PICTURES)
        if not found:
            raise UnusableData(
                f"Class {name} in {folder.name} holds no pictures ({', '.join(PICTURES)}); add some or remove it."
            )
        paths += found
        labels += [label] * len(found)
    return paths, labels


def _sizes(paths: list[Path]) -> list[tuple[int, int]]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(read_size, paths))


def _edge(sizes: list[tuple[int, int]], wanted: int | None) -> tuple[int, tuple[str, ...]]:
    """Edge in pixels: as asked, as all pictures have it, else the median shorter edge, at most 224, in eights."""
    alike = len(set(sizes)) == 1 and sizes[0][0] == sizes[0][1]
    edge = wanted or (sizes[0][0] if alike else median_low(min(size) for size in sizes) // 8 * 8)
    edge = edge if wanted else max(min(edge, LARGEST_DEFAULT), 8)
    if alike and edge == sizes[0][0]:
        return edge, ()
    return edge, (f"Pictures are resized by their shorter edge to {edge} and cropped at the centre to {edge}×{edge}.",)


def _pool(paths: list[Path], labels: list[int], shape: tuple[int, int], progress: Progress | None) -> ImageSet:
    channels, edge = shape
    lazy = FileImages(tuple(paths), torch.tensor(labels), channels, edge)
    if len(paths) * channels * edge * edge > IN_MEMORY_BYTES:
        return lazy
    parts = []
    for batch in torch.split(torch.arange(len(paths)), 256):
        parts.append(lazy.batch(batch, torch.device("cpu")))
        if progress is not None:
            progress((int(batch[-1]) + 1) / len(paths), "Reading pictures")
    return TensorImages(torch.cat(parts), lazy.labels)
