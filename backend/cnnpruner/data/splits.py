"""Train, selection and test splits: disjoint, stratified, seeded (DESIGN, section 3). Does not import torch."""

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.results import SplitIndices

Labels = NDArray[np.int64]

SELECTION_SHARE = 0.1
MIN_SELECTION_IMAGES = 360


def make_splits(train_labels: Labels, test_labels: Labels | None, is_root_imported: bool, seed: int) -> SplitIndices:
    """Make the train, selection and test splits of a data set without separate selection images. Every class is split
    in the same proportions (± 1 image).

    `train_labels` [N] and `test_labels` [M] are the classes of the official training and test images; `test_labels` is
    None if there are no test images. `is_root_imported`: whether the root's weights may have been trained on all
    training images.
    """
    generator = np.random.default_rng(seed)
    if test_labels is None:
        return _split_single_pool(train_labels, is_root_imported, generator)
    if is_root_imported:
        return _split_for_imported_root(len(train_labels), test_labels, generator)
    return _split_for_trained_root(train_labels, len(test_labels), generator)


def split_held_out_images(
    train_images: int, held_out_labels: Labels, test_labels: Labels | None, origin: str, seed: int
) -> SplitIndices:
    """Split a data set that provides separate images for selection. All training images are then used for training.

    `held_out_labels` [M] are the classes of the images for selection; `origin` says where these images come from. If
    `test_labels` is None, half of the images of each class are used for selection, the other half for the test split.
    """
    generator = np.random.default_rng(seed)
    if test_labels is not None:
        test_pool, selection, test = "test", np.arange(len(held_out_labels)), np.arange(len(test_labels))
        rule = (
            f"The selection split has all {len(held_out_labels):,} images {origin}; the test split has all "
            f"{len(test_labels):,} test images"
        )
    else:
        test_pool, (selection, test) = "held_out", _split_stratified(held_out_labels, (0.5,), generator)
        rule = (
            f"The {len(held_out_labels):,} images {origin} are divided equally between the selection and test splits, "
            "class by class"
        )
    rule = f"{rule}; the train split has all {train_images:,} training images."
    return SplitIndices("train", np.arange(train_images), "held_out", selection, test_pool, test, rule)


def split_without_test_images(labels: Labels, selection_images: int, origin: str, seed: int) -> SplitIndices:
    """Split a data set that has training images and images for selection, but no test images.

    The test split is cut from the training images, on which the weights must not have been trained. `labels` [N] are
    the classes of the training images; `origin` says where the images for selection come from.
    """
    test_size = _choose_holdout_size(len(labels))
    test, train = _split_stratified(labels, (test_size / len(labels),), np.random.default_rng(seed))
    rule = (
        f"The selection split has all {selection_images:,} images {origin}. The data set has no test images of its "
        f"own, so its test split is {test_size:,} of the {len(labels):,} training images, with the same share of every "
        "class, set aside before training."
    )
    return SplitIndices("train", train, "held_out", np.arange(selection_images), "train", test, rule)


def _choose_holdout_size(images: int) -> int:
    """Return how many of `images` training images are set aside for the selection or test split."""
    return min(max(round(SELECTION_SHARE * images), MIN_SELECTION_IMAGES), images // 2)


def _split_single_pool(labels: Labels, is_root_imported: bool, generator: np.random.Generator) -> SplitIndices:
    train, selection, test = _split_stratified(labels, (0.6, 0.2), generator)
    rule = (
        "All images are split, class by class, into 60% train, 20% selection and 20% test, because the data set has "
        "no test images of its own."
    )
    if is_root_imported:
        rule += " The imported weights may have been trained on any of these images."
    return SplitIndices("train", train, "train", selection, "train", test, rule)


def _split_for_trained_root(labels: Labels, test_images: int, generator: np.random.Generator) -> SplitIndices:
    selection_size = _choose_holdout_size(len(labels))
    selection, train = _split_stratified(labels, (selection_size / len(labels),), generator)
    rule = (
        f"For the selection split, {selection_size:,} of the {len(labels):,} training images, the same share of every "
        f"class, are set aside before training; the test split has all {test_images:,} official test images."
    )
    return SplitIndices("train", train, "train", selection, "test", np.arange(test_images), rule)


def _split_for_imported_root(train_images: int, labels: Labels, generator: np.random.Generator) -> SplitIndices:
    selection, test = _split_stratified(labels, (0.5,), generator)
    rule = (
        f"The imported weights may have been trained on every training image, so the {len(labels):,} official test "
        "images are divided equally between the selection and test splits, class by class; the train split has all "
        f"{train_images:,} training images."
    )
    return SplitIndices("train", np.arange(train_images), "test", selection, "test", test, rule)


def _split_stratified(
    labels: Labels, shares: tuple[float, ...], generator: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Split the indices of all images into one subset per share, and a last subset with the rest.

    Each image gets a rank in [0, 1). Within a class, the ranks are evenly spaced, in random order and with a random
    offset. The first k images by rank then contain each class in proportion to its size, give or take one image.
    """
    image_ranks = np.empty(len(labels))
    for label in np.unique(labels):
        image_indices = np.flatnonzero(labels == label)
        image_ranks[generator.permutation(image_indices)] = (np.arange(len(image_indices)) + generator.random()) / len(
            image_indices
        )
    split_points = np.rint(np.cumsum(shares) * len(labels)).astype(int)
    return [np.sort(indices) for indices in np.split(np.argsort(image_ranks, kind="stable"), split_points)]
