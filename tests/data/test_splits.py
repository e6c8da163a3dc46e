"""Splits are disjoint, stratified and seeded, by the rule of where the root comes from."""

import numpy as np
import pytest

from cnnpruner.data.splits import make_splits, split_held_out
from cnnpruner.domain.results import SplitIndices

TRAIN = np.repeat(np.arange(10), 500)
TEST = np.tile(np.arange(10), 100)


def _per_class(labels: np.ndarray, indices: np.ndarray) -> list[int]:
    counts: list[int] = np.bincount(labels[indices], minlength=10).tolist()
    return counts


def _assert_disjoint(splits: SplitIndices) -> None:
    chosen = [(pool, index) for pool, indices in splits.indices for index in indices.tolist()]
    assert len(chosen) == len(set(chosen))


def test_one_pool_is_cut_60_20_20_by_class() -> None:
    labels = np.random.default_rng(3).integers(0, 10, 1797)
    splits = make_splits(labels, None, imported=False, seed=1)
    parts = [splits.train, splits.selection, splits.test]
    assert [len(part) for part in parts] == [1078, 360, 359]
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(1797))
    sizes = np.bincount(labels)
    for part, share in zip(parts, (0.6, 0.2, 0.2), strict=True):
        assert np.abs(np.bincount(labels[part]) - share * sizes).max() <= 1.0


def test_trained_root_sets_a_tenth_of_training_aside_and_keeps_the_official_test() -> None:
    splits = make_splits(TRAIN, TEST, imported=False, seed=0)
    assert (splits.train_pool, splits.selection_pool, splits.test_pool) == ("train", "train", "test")
    assert _per_class(TRAIN, splits.selection) == [50] * 10
    assert len(splits.train) == 4500
    assert np.array_equal(splits.test, np.arange(1000))
    _assert_disjoint(splits)


def test_selection_has_at_least_360_images() -> None:
    labels = np.repeat(np.arange(10), 100)
    splits = make_splits(labels, TEST, imported=False, seed=0)
    assert _per_class(labels, splits.selection) == [36] * 10


def test_imported_root_selects_on_half_of_the_official_test_and_never_on_training_images() -> None:
    splits = make_splits(TRAIN, TEST, imported=True, seed=0)
    assert (splits.train_pool, splits.selection_pool, splits.test_pool) == ("train", "test", "test")
    assert _per_class(TEST, splits.selection) == [50] * 10
    assert _per_class(TEST, splits.test) == [50] * 10
    assert len(splits.train) == 5000
    _assert_disjoint(splits)


@pytest.mark.parametrize("imported", [False, True])
def test_seed_decides(imported: bool) -> None:
    first, again, other = (make_splits(TRAIN, TEST, imported, seed).selection for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_which_small_classes_get_the_odd_image_is_drawn_too() -> None:
    labels = np.repeat(np.arange(10), 4)
    counts = [_per_class(labels, make_splits(labels, None, False, seed).selection) for seed in (0, 1)]
    assert counts[0] != counts[1]


def test_rule_says_how_many_images_and_why() -> None:
    assert "500 of the 5,000 training images" in make_splits(TRAIN, TEST, False, 0).rule
    assert "may have seen" in make_splits(TRAIN, TEST, True, 0).rule


def test_named_images_are_halved_or_taken_whole_and_train_keeps_all() -> None:
    halves = split_held_out(5000, TEST, None, "of fresh, which was named as unseen by the weights", seed=0)
    assert (halves.selection_pool, halves.test_pool, len(halves.train)) == ("held_out", "held_out", 5000)
    assert _per_class(TEST, halves.selection) == [50] * 10
    _assert_disjoint(halves)
    assert "1,000 images of fresh, which was named as unseen" in halves.rule
    whole = split_held_out(5000, TEST, TEST[:300], "that the factory gives for it", seed=0)
    assert [len(part) for part in (whole.selection, whole.test)] == [1000, 300]
    _assert_disjoint(whole)
