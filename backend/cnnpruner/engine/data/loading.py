"""From a data source to pools of uint8 images with class names, mean and std."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from cnnpruner.domain.experiments import DataSource
from cnnpruner.engine.data import digits, fitting, folders
from cnnpruner.engine.data.images import ImageSet
from cnnpruner.engine.data.options import ImageOptions
from cnnpruner.engine.data.splits import make_splits
from cnnpruner.errors import UnusableData

Progress = Callable[[float, str], None]
"""Told (share done 0–1, what is being done); what it raises ends the work."""

MEASURED_IMAGES = 2000

_KNOWN: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    # of the official training images, pixels 0-1
    "cifar10": ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
    "cifar100": ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),
    "mnist": ((0.1307,), (0.3081,)),
    "fashion_mnist": ((0.2860,), (0.3530,)),
}


@dataclass(frozen=True)
class Pools:
    """What a family of data sets hands out: images as they lie there, and the names of the classes."""

    train: ImageSet
    test: ImageSet | None
    classes: tuple[str, ...]
    notices: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class LoadedData:
    """Images of one shape: official training images, official test images where the set has some."""

    train_pool: ImageSet
    test_pool: ImageSet | None
    classes: tuple[str, ...]
    image_size: int
    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    notices: tuple[str, ...]
    """What was adapted, a sentence each."""


def load_data(
    source: DataSource, folder: Path | None, options: ImageOptions, progress: Progress | None = None
) -> LoadedData:
    """Read the images of `source` from `folder` (not needed for digits), in the size and channels asked for.

    Mean and std (per channel, pixels 0–1) are the known ones of the set, else computed over train images (at most
    2,000, drawn by the seed). Raises UnusableData that names the file and the cure.
    """
    pools = _read(source, folder, options, progress)
    train, test, notices = fitting.fit(pools.train, pools.test, options, source.kind)
    channels, size, _ = train.shape
    if source.kind in _KNOWN:
        repeats = channels // len(_KNOWN[source.kind][0])  # a grey image in three channels keeps the values of its one
        mean, std = (values * repeats for values in _KNOWN[source.kind])
    else:
        mean, std = _measure(train, _train_indices(train, test, options.seed), options.seed)
    return LoadedData(train, test, pools.classes, size, channels, mean, std, (*pools.notices, *notices))


def _read(source: DataSource, folder: Path | None, options: ImageOptions, progress: Progress | None) -> Pools:
    if source.kind == "digits":
        return Pools(digits.load_digits(), None, digits.CLASSES)
    if folder is None:
        raise UnusableData(
            f"No data folder holds {source.kind}. Start the server with DATA= the folder in which it lies, "
            "or let it be downloaded."
        )
    if source.kind == "folder":
        return Pools(*folders.load_folder(folder, options, progress))
    from cnnpruner.engine.data import torchvision_sets  # imports torchvision, which takes seconds

    return Pools(*torchvision_sets.load_set(source, folder, progress))


def _train_indices(train: ImageSet, test: ImageSet | None, seed: int) -> NDArray[np.int64]:
    """Images that a root trained here would see, so that mean and std know nothing of the others."""
    tests = None if test is None else test.labels.numpy()
    return make_splits(train.labels.numpy(), tests, False, seed).train.indices


def _measure(images: ImageSet, indices: NDArray[np.int64], seed: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation per channel, pixels 0–1; a constant channel gets deviation 1."""
    drawn = np.random.default_rng(seed).permutation(indices)[:MEASURED_IMAGES]
    total = torch.zeros(images.shape[0], dtype=torch.float64)
    squares = torch.zeros_like(total)
    for batch in torch.split(torch.from_numpy(np.sort(drawn)), 250):
        pixels = images.batch(batch, torch.device("cpu")).double() / 255
        total += pixels.sum((0, 2, 3))
        squares += pixels.square().sum((0, 2, 3))
    count = len(drawn) * images.shape[1] * images.shape[2]
    mean = total / count
    std = (squares / count - mean.square()).clamp_min(0).sqrt()
    std[std < 1e-3] = 1.0
    return tuple(round(m, 6) for m in mean.tolist()), tuple(round(s, 6) for s in std.tolist())
