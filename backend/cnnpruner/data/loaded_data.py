"""Loads a data set: its uint8 images, their class names, and the mean and std of their pixels."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from cnnpruner.data.images.adapted_images import adapt_images
from cnnpruner.data.images.images import ImageSet
from cnnpruner.data.images.streamed import stream
from cnnpruner.data.images.transform import build_image_transform
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.sets import digits, factory_sets, folders
from cnnpruner.data.sets.raw_data import RawData
from cnnpruner.data.splits import Labels, make_splits, split_held_out_images, split_without_test_images
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import SplitIndices
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.domain.tree.image_reading import ImageReading
from cnnpruner.errors import UnusableData

MAX_NORMALIZATION_IMAGES = 2000
MIN_STD = 1e-3
"""A channel whose standard deviation is below this value counts as constant and is normalised with a std of 1."""

PUBLISHED_NORMALIZATION: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    # mean and std of the official training images, pixels 0-1
    "cifar10": ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
    "cifar100": ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),
    "mnist": ((0.1307,), (0.3081,)),
    "fashion_mnist": ((0.2860,), (0.3530,)),
}


@dataclass(frozen=True)
class LoadedData:
    """A data set whose images all have the same shape. It has official training images; official test images and images
    for selection are optional.
    """

    train_pool: ImageSet
    test_pool: ImageSet | None
    held_out_pool: ImageSet | None
    """Images that the data set provides for selection. If the data set has no test images, the test split may also be
    taken from these.
    """
    classes: tuple[str, ...]
    image_size: int
    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    notices: tuple[str, ...]
    """Sentences on how the images are read and adapted, and on what else people should know about the data set."""
    splitter: "Splitter"
    reading: ImageReading | None
    """How the image files were read; None if there are no image files."""
    contrast: float
    """Largest standard deviation of any channel, for pixels 0–1; close to 0 if the training images are
    constant.
    """
    warnings: tuple[str, ...] = ()
    """Problems that would make results misleading, such as the same image in two splits."""

    def split(self, is_root_imported: bool, seed: int) -> SplitIndices:
        """Return the indices of the images in the train, selection and test split.

        `is_root_imported`: whether the root's weights may have been trained on all training images.
        """
        return self.splitter.split(is_root_imported, seed)


@dataclass(frozen=True)
class Splitter:
    """Makes the train, selection and test splits. Needs only the labels of the images, not the pixels."""

    train: Labels
    held_out: Labels | None
    test: Labels | None
    held_out_origin: str
    """Where the held-out images come from, worded as the end of the sentence “… images {held_out_origin}”."""
    may_take_test_from_train: bool
    """Whether the test split may be taken from the training images, because the held-out images may only be used for
    selection.
    """

    def split(self, is_root_imported: bool, seed: int) -> SplitIndices:
        """Return the indices of the images in the train, selection and test split.

        `is_root_imported`: whether the root's weights may have been trained on all training images.
        """
        if self.held_out is None:
            return make_splits(self.train, self.test, is_root_imported, seed)
        if self.test is None and self.may_take_test_from_train and not is_root_imported:
            return split_without_test_images(self.train, len(self.held_out), self.held_out_origin, seed)
        return split_held_out_images(len(self.train), self.held_out, self.test, self.held_out_origin, seed)


def load_data(
    source: DataSource,
    folder: Path | None,
    options: ImageOptions,
    progress: Progress | None = None,
    unseen: Path | None = None,
) -> LoadedData:
    """Read the images of `source` from `folder` (not needed for digits), with the requested size and channels.

    The mean and std (per channel, for pixels 0–1) are those published for the data set. If none are published, they are
    computed on at most 2,000 random training images (chosen with a seed). If there is a folder `unseen`, its images
    replace the data set's own selection and test images. Raises UnusableData, which says what to do, if the images
    cannot be used.
    """
    raw = _read_data(source, folder, options, progress, unseen)
    train, test, notices = adapt_images(raw.train, raw.test, options, source.kind)
    channels, size, _ = train.shape
    if unseen is not None:
        transform = build_image_transform(source, channels, size, raw.reading)
        listing_rules = folders.get_listing_rules(source, options)
        unseen_images = folders.load_unseen_images(unseen, raw.classes, transform, listing_rules, options, progress)
        raw, notices, test = (
            _replace_held_out_images(raw, unseen_images, source),
            (*notices, *_describe_ignored_splits(raw)),
            None,
        )
    splitter = _create_splitter(raw, train, test)
    mean, std = _choose_normalization(source.kind, train, splitter, options.seed)
    nonzero_std = tuple(1.0 if value < MIN_STD else value for value in std)
    all_notices = (*raw.notices, *notices)
    return LoadedData(
        train,
        test,
        raw.held_out,
        raw.classes,
        size,
        channels,
        mean,
        nonzero_std,
        all_notices,
        splitter,
        raw.reading,
        max(std),
        raw.warnings,
    )


def _create_splitter(raw: RawData, train: ImageSet, test: ImageSet | None) -> Splitter:
    held_out_labels, test_labels = (
        None if images is None else images.labels.numpy() for images in (raw.held_out, test)
    )
    return Splitter(
        train.labels.numpy(), held_out_labels, test_labels, raw.held_out_origin, raw.may_take_test_from_train
    )


def _replace_held_out_images(raw: RawData, unseen_images: ImageSet, source: DataSource) -> RawData:
    origin = f"in {source.unseen} (on which the weights were not trained)"
    return replace(raw, held_out=unseen_images, held_out_origin=origin, may_take_test_from_train=False)


def _describe_ignored_splits(raw: RawData) -> tuple[str, ...]:
    ignored_splits = [name for name, images in (("selection", raw.held_out), ("test", raw.test)) if images is not None]
    return (f"The data set's own {' and '.join(ignored_splits)} images are not used.",) if ignored_splits else ()


def _choose_normalization(
    kind: str, train: ImageSet, splitter: Splitter, seed: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and std per channel: the published values if there are any, otherwise the values measured on the
    images that a root network would be trained on.
    """
    if kind in PUBLISHED_NORMALIZATION:
        mean, std = PUBLISHED_NORMALIZATION[kind]
        channel_repeats = train.shape[0] // len(mean)  # grey images in three channels
        return mean * channel_repeats, std * channel_repeats
    return measure_normalization(train, splitter.split(False, seed).train, seed)


def _read_data(
    source: DataSource, folder: Path | None, options: ImageOptions, progress: Progress | None, unseen: Path | None
) -> RawData:
    if source.kind == "digits":
        return RawData(digits.load_digits(), None, digits.DIGIT_CLASSES)
    if source.kind == "factory":
        return factory_sets.load_factory_images(source, options, progress)
    if folder is None:
        raise UnusableData(
            f"No data folder contains the data set {source.kind}. Start the server with DATA= set to the folder that "
            "contains it, or choose to download it."
        )
    if source.kind == "folder":
        return folders.load_folder(source, folder, options, progress, unseen)
    from cnnpruner.data.sets import torchvision_sets  # imports torchvision, which takes seconds

    return torchvision_sets.load_torchvision_dataset(source, folder, progress)


def measure_normalization(
    images: ImageSet, indices: NDArray[np.int64], seed: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Measure the mean and standard deviation of each channel, for pixel values 0–1, on at most 2,000 random images of
    `indices`.
    """
    sampled_indices = np.random.default_rng(seed).permutation(indices)[:MAX_NORMALIZATION_IMAGES]
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
    return tuple(round(m, 6) for m in mean.tolist()), tuple(round(s, 6) for s in std.tolist())
