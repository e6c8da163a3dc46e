"""Train, selection and test: disjoint, stratified, seeded (DESIGN, section 3). Free of torch."""

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.results import SplitIndices

Labels = NDArray[np.int64]

SELECTION_SHARE = 0.1
SELECTION_LEAST = 360


def make_splits(train_labels: Labels, test_labels: Labels | None, imported: bool, seed: int) -> SplitIndices:
    """Split by class so that every split has each class in its share (± 1 image).

    `train_labels` [N] and `test_labels` [M] are the classes of the official training and test images; None: the set
    has no test images of its own. `imported`: the root's weights may have seen every training image.
    """
    order = np.random.default_rng(seed)
    if test_labels is None:
        return _split_one_pool(train_labels, imported, order)
    if imported:
        return _split_for_imported(len(train_labels), test_labels, order)
    return _split_for_trained(train_labels, len(test_labels), order)


def split_held_out(
    trains: int, held_out_labels: Labels, test_labels: Labels | None, whose: str, seed: int
) -> SplitIndices:
    """Splits of a set whose images for selection were named: train is all training images.

    `held_out_labels` [M] are the classes of the named images, `whose` says what they are. Without test images
    (`test_labels`), selection and test are their two halves, by class.
    """
    order = np.random.default_rng(seed)
    if test_labels is not None:
        test_pool, selection, test = "test", np.arange(len(held_out_labels)), np.arange(len(test_labels))
        rule = f"Selection is all {len(held_out_labels):,} and test all {len(test_labels):,} images {whose}"
    else:
        test_pool, (selection, test) = "held_out", _cut_by_class(held_out_labels, (0.5,), order)
        rule = f"Selection and test are the two halves, by class, of the {len(held_out_labels):,} images {whose}"
    rule = f"{rule}; train is all {trains:,} training images."
    return SplitIndices("train", np.arange(trains), "held_out", selection, test_pool, test, rule)


def _split_one_pool(labels: Labels, imported: bool, order: np.random.Generator) -> SplitIndices:
    train, selection, test = _cut_by_class(labels, (0.6, 0.2), order)
    rule = "60 % train, 20 % selection, 20 % test of all images, by class: the set has no test images of its own."
    if imported:
        rule += " The imported weights may have seen any of them."
    return SplitIndices("train", train, "train", selection, "train", test, rule)


def _split_for_trained(labels: Labels, tests: int, order: np.random.Generator) -> SplitIndices:
    wanted = min(max(round(SELECTION_SHARE * len(labels)), SELECTION_LEAST), len(labels) // 2)
    selection, train = _cut_by_class(labels, (wanted / len(labels),), order)
    rule = (
        f"Selection is {wanted:,} of the {len(labels):,} training images, by class, set aside before training; "
        f"test is all {tests:,} official test images."
    )
    return SplitIndices("train", train, "train", selection, "test", np.arange(tests), rule)


def _split_for_imported(trains: int, labels: Labels, order: np.random.Generator) -> SplitIndices:
    selection, test = _cut_by_class(labels, (0.5,), order)
    rule = (
        f"Imported weights may have seen every training image, so selection and test are the two halves, by class, "
        f"of the {len(labels):,} official test images; train is all {trains:,} training images."
    )
    return SplitIndices("train", np.arange(trains), "test", selection, "test", test, rule)


def _cut_by_class(labels: Labels, shares: tuple[float, ...], order: np.random.Generator) -> list[NDArray[np.int64]]:
    """Cut into len(shares) + 1 parts; the last one is the rest.

    Each image gets a place in [0, 1): evenly spaced within its class, in random order, with a random offset per class.
    Cutting all places in order at k images then gives each class its share of k, give or take one.
    """
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        place[order.permutation(members)] = (np.arange(len(members)) + order.random()) / len(members)
    ends = np.rint(np.cumsum(shares) * len(labels)).astype(int)
    return [np.sort(part) for part in np.split(np.argsort(place, kind="stable"), ends)]
