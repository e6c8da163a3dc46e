"""Load a data source as pools of uint8 images with class names, mean and std."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from cnnpruner.data.images.adapted_images import adapt_images
from cnnpruner.data.images.images import ImageSet
from cnnpruner.data.images.streamed import stream
from cnnpruner.data.images.transform import declared_transform
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.sets import digits, factory_sets, folders
from cnnpruner.data.sets.raw_data import RawData
from cnnpruner.data.splits import make_splits, split_held_out
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import SplitIndices
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData

MAX_MEASURED_IMAGES = 2000

PUBLISHED_NORMALIZATION: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    # mean and std of the official training images, pixels 0-1
    "cifar10": ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
    "cifar100": ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),
    "mnist": ((0.1307,), (0.3081,)),
    "fashion_mnist": ((0.2860,), (0.3530,)),
}


@dataclass(frozen=True)
class LoadedData:
    """Images of one shape: the official training images, and any official test images and images held out for
    selection.
    """

    train_pool: ImageSet
    test_pool: ImageSet | None
    held_out_pool: ImageSet | None
    """Images supplied for the selection split, and for the test split as well if there is no test pool."""
    classes: tuple[str, ...]
    image_size: int
    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    notices: tuple[str, ...]
    """One sentence for each adaptation of the images."""
    held_out_origin: str
    """Where the images of `held_out_pool` come from, as the end of the sentence “… images {held_out_origin}”."""
    warnings: tuple[str, ...] = ()
    """What would make results misleading, such as images that are in two splits."""

    def split(self, imported: bool, seed: int) -> SplitIndices:
        """Return the three splits. `imported`: the root's weights may have seen every training image."""
        train = self.train_pool.labels.numpy()
        test = None if self.test_pool is None else self.test_pool.labels.numpy()
        if self.held_out_pool is None:
            return make_splits(train, test, imported, seed)
        return split_held_out(len(train), self.held_out_pool.labels.numpy(), test, self.held_out_origin, seed)


def load_data(
    source: DataSource,
    folder: Path | None,
    options: ImageOptions,
    progress: Progress | None = None,
    unseen: Path | None = None,
) -> LoadedData:
    """Read the images of `source` from `folder` (not needed for digits), in the requested size and channels.

    Mean and std (per channel, pixels 0–1) are the published ones of the data set if there are any, else computed on at
    most 2,000 random train images (seeded). Images in the folder `unseen` replace the data set's own test images.
    Raises UnusableData, which names the file and the cure.
    """
    raw = _read_data(source, folder, options, progress, unseen)
    train, test, notices = adapt_images(raw.train, raw.test, options, source.kind)
    channels, size, _ = train.shape
    held_out, origin = raw.held_out, "that the factory returns besides the training images"
    if unseen is not None:
        transform = declared_transform(source, channels, size)
        held_out = folders.load_unseen_images(unseen, raw.classes, transform, options, progress)
        origin = f"in {source.unseen}, which the weights have not seen"
        notices = notices if test is None else (*notices, "The data set's own test images are not used.")
        test = None
    if source.kind in PUBLISHED_NORMALIZATION:
        channel_repeats = channels // len(PUBLISHED_NORMALIZATION[source.kind][0])  # grey images in three channels
        mean, std = (values * channel_repeats for values in PUBLISHED_NORMALIZATION[source.kind])
    else:
        measured_indices = _train_indices(train, test, options.seed) if held_out is None else np.arange(len(train))
        mean, std = measure_normalization(train, measured_indices, options.seed)
    all_notices = (*raw.notices, *notices)
    return LoadedData(train, test, held_out, raw.classes, size, channels, mean, std, all_notices, origin, raw.warnings)


def _read_data(
    source: DataSource, folder: Path | None, options: ImageOptions, progress: Progress | None, unseen: Path | None
) -> RawData:
    if source.kind == "digits":
        return RawData(digits.load_digits(), None, digits.CLASSES)
    if source.kind == "factory":
        return factory_sets.load_factory(source, options, progress)
    if folder is None:
        raise UnusableData(
            f"No data folder contains {source.kind}. Start the server with DATA= set to the folder that contains it, "
            "or choose to download it."
        )
    if source.kind == "folder":
        return folders.load_folder(source, folder, options, progress, unseen)
    from cnnpruner.data.sets import torchvision_sets  # imports torchvision, which takes seconds

    return torchvision_sets.load_set(source, folder, progress)


def _train_indices(train: ImageSet, test: ImageSet | None, seed: int) -> NDArray[np.int64]:
    """Return the indices of the images on which a root would be trained; mean and std are measured on these only."""
    test_labels = None if test is None else test.labels.numpy()
    return make_splits(train.labels.numpy(), test_labels, False, seed).train


def measure_normalization(
    images: ImageSet, indices: NDArray[np.int64], seed: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the mean and standard deviation of each channel for pixel values 0–1; a constant channel gets std 1."""
    sampled_indices = np.random.default_rng(seed).permutation(indices)[:MAX_MEASURED_IMAGES]
    sum_of_pixels = torch.zeros(images.shape[0], dtype=torch.float64)
    sum_of_squares = torch.zeros_like(sum_of_pixels)
    batches = torch.split(torch.from_numpy(np.sort(sampled_indices)), 250)
    for batch in stream(images, batches, torch.device("cpu")):
        pixels = batch.double() / 255
        sum_of_pixels += pixels.sum((0, 2, 3))
        sum_of_squares += pixels.square().sum((0, 2, 3))
    count = len(sampled_indices) * images.shape[1] * images.shape[2]
    mean = sum_of_pixels / count
    std = (sum_of_squares / count - mean.square()).clamp_min(0).sqrt()
    std[std < 1e-3] = 1.0
    return tuple(round(m, 6) for m in mean.tolist()), tuple(round(s, 6) for s in std.tolist())
