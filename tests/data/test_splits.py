"""Splits are disjoint, stratified and seeded; the rule depends on where the root's weights come from."""

import numpy as np
import pytest

from cnnpruner.data.splits import make_splits, split_held_out_images
from cnnpruner.domain.results import SplitIndices

TRAIN = np.repeat(np.arange(10), 500)
TEST = np.tile(np.arange(10), 100)


def _per_class(labels: np.ndarray, indices: np.ndarray) -> list[int]:
    counts: list[int] = np.bincount(labels[indices], minlength=10).tolist()
    return counts


def _assert_disjoint(splits: SplitIndices) -> None:
    images = [(pool, index) for pool, indices in splits.indices for index in indices.tolist()]
    assert len(images) == len(set(images))


def test_a_single_pool_is_split_60_20_20_by_class() -> None:
    labels = np.random.default_rng(3).integers(0, 10, 1797)
    splits = make_splits(labels, None, is_root_imported=False, seed=1)
    all_indices = [splits.train, splits.selection, splits.test]
    assert [len(indices) for indices in all_indices] == [1078, 360, 359]
    assert np.array_equal(np.sort(np.concatenate(all_indices)), np.arange(1797))
    sizes = np.bincount(labels)
    for indices, share in zip(all_indices, (0.6, 0.2, 0.2), strict=True):
        assert np.abs(np.bincount(labels[indices]) - share * sizes).max() <= 1.0


def test_trained_root_selects_on_a_tenth_of_the_training_images_and_tests_on_the_official_test() -> None:
    splits = make_splits(TRAIN, TEST, is_root_imported=False, seed=0)
    assert (splits.train_pool, splits.selection_pool, splits.test_pool) == ("train", "train", "test")
    assert _per_class(TRAIN, splits.selection) == [50] * 10
    assert len(splits.train) == 4500
    assert np.array_equal(splits.test, np.arange(1000))
    _assert_disjoint(splits)


def test_selection_has_at_least_360_images() -> None:
    labels = np.repeat(np.arange(10), 100)
    splits = make_splits(labels, TEST, is_root_imported=False, seed=0)
    assert _per_class(labels, splits.selection) == [36] * 10


def test_imported_root_selects_on_half_of_the_official_test_and_never_on_training_images() -> None:
    splits = make_splits(TRAIN, TEST, is_root_imported=True, seed=0)
    assert (splits.train_pool, splits.selection_pool, splits.test_pool) == ("train", "test", "test")
    assert _per_class(TEST, splits.selection) == [50] * 10
    assert _per_class(TEST, splits.test) == [50] * 10
    assert len(splits.train) == 5000
    _assert_disjoint(splits)


@pytest.mark.parametrize("is_root_imported", [False, True])
def test_the_seed_determines_the_split(is_root_imported: bool) -> None:
    first, again, other = (make_splits(TRAIN, TEST, is_root_imported, seed).selection for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_seed_also_determines_which_small_classes_get_the_extra_image() -> None:
    labels = np.repeat(np.arange(10), 4)
    counts = [_per_class(labels, make_splits(labels, None, False, seed).selection) for seed in (0, 1)]
    assert counts[0] != counts[1]


def test_rule_says_how_many_images_and_why() -> None:
    assert "500 of the 5,000 training images" in make_splits(TRAIN, TEST, False, 0).rule
    assert "may have been trained on" in make_splits(TRAIN, TEST, True, 0).rule


def test_held_out_images_are_halved_or_all_used_for_selection_and_train_is_all_training_images() -> None:
    halves = split_held_out_images(5000, TEST, None, "in fresh, which the weights have not seen", seed=0)
    assert (halves.selection_pool, halves.test_pool, len(halves.train)) == ("held_out", "held_out", 5000)
    assert _per_class(TEST, halves.selection) == [50] * 10
    _assert_disjoint(halves)
    assert "1,000 images in fresh, which the weights have not seen" in halves.rule
    with_test = split_held_out_images(5000, TEST, TEST[:300], "that the factory returns for selection", seed=0)
    assert [len(indices) for indices in (with_test.selection, with_test.test)] == [1000, 300]
    _assert_disjoint(with_test)
