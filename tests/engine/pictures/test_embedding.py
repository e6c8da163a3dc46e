"""Maps of samples: which samples, where they start, what is told, and how good they are."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.manifold import trustworthiness

from cnnpruner.engine.pictures.embedding import ITERATIONS, MOST, Layout, choose_samples, embed, perplexity_for
from cnnpruner.errors import InvalidInput


def clusters(seed: int = 0, each: int = 30) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Four clouds in 12 dimensions: features [N, 12] and labels [N]."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(4), each)
    features = random.normal(size=(4, 12))[labels] * 6 + np.random.default_rng(9).normal(size=(4 * each, 12))
    return features.astype(np.float32), labels


def test_neighbours_stay_neighbours_and_frames_count_to_the_end() -> None:
    features, _ = clusters()
    told: list[int] = []
    found = embed(features, seed=0, on_frame=lambda done, layout: told.append(done))
    assert trustworthiness(features, found.layout, n_neighbors=10) > 0.9
    assert told == list(range(20, ITERATIONS + 1, 20))
    np.testing.assert_array_equal(found.layout, embed(features, seed=0).layout)


def test_a_layout_begun_with_an_ancestors_stays_in_place() -> None:
    features, labels = clusters()
    parent = embed(features, seed=0).layout
    turned = parent @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    child = features + np.random.default_rng(1).normal(size=features.shape).astype(np.float32) * 0.3
    found = embed(child, seed=0, start=turned)
    for label in range(4):
        moved = np.linalg.norm(found.layout[labels == label].mean(0) - turned[labels == label].mean(0))
        assert moved < 0.5 * np.ptp(turned)
    assert np.corrcoef(found.layout[:, 0], turned[:, 0])[0, 1] > 0.9
    assert np.corrcoef(found.layout[:, 1], turned[:, 1])[0, 1] > 0.9
    assert trustworthiness(child, found.layout, n_neighbors=10) > 0.9


def test_what_a_frame_raises_ends_the_work() -> None:
    def stop(done: int, layout: Layout) -> None:
        raise KeyboardInterrupt(done)

    with pytest.raises(KeyboardInterrupt, match="20"):
        embed(clusters()[0], seed=0, on_frame=stop)


@pytest.mark.parametrize("samples", [5, 6, 20])
def test_few_samples_get_a_smaller_perplexity(samples: int) -> None:
    features = np.random.default_rng(0).normal(size=(samples, 3)).astype(np.float32)
    found = embed(features, seed=0)
    assert found.perplexity == perplexity_for(samples) == (samples - 1) / 3
    assert np.isfinite(found.layout).all()


def test_one_feature_is_enough_and_none_is_refused() -> None:
    one = np.linspace(0, 1, 40, dtype=np.float32)[:, None]
    assert np.isfinite(embed(one, seed=0).layout).all()
    with pytest.raises(InvalidInput, match="same in every image"):
        embed(np.ones((40, 7), np.float32), seed=0)


@pytest.mark.parametrize("is_exact", [True, False], ids=["second component 1e-17", "1e-8"])
def test_a_map_of_features_along_one_line_is_no_line(is_exact: bool) -> None:
    draw = np.random.default_rng(0)
    channel_ids, place = draw.normal(size=(1, 40)), draw.normal(size=(300, 1))
    line = np.round(place * 64) * np.round(channel_ids * 8) if is_exact else place * channel_ids
    long, short = np.linalg.svd(embed(line.astype(np.float32), seed=0).layout, compute_uv=False)
    assert short > 0.003 * long, "the noise grew; how far differs with the number of threads"


@pytest.mark.parametrize("scale", [1e20, 1e37, 1e-30])
def test_a_map_does_not_depend_on_the_unit_of_the_features(scale: float) -> None:
    features, _ = clusters()
    layout = embed((features.astype(np.float64) * scale).astype(np.float32), seed=0).layout
    assert np.isfinite(layout).all()
    assert trustworthiness(features, layout, n_neighbors=10) > 0.9


def test_a_large_split_is_thinned_with_the_classes_shares() -> None:
    labels = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [15_000, 4_000, 1_000]))
    chosen = choose_samples(labels, seed=3)
    assert len(chosen) == MOST
    assert (np.diff(chosen) > 0).all()
    assert np.bincount(labels[chosen]).tolist() == [7_500, 2_000, 500]
    np.testing.assert_array_equal(chosen, choose_samples(labels, seed=3))
    assert (chosen != choose_samples(labels, seed=4)).any()
    np.testing.assert_array_equal(choose_samples(labels[:7], seed=3), np.arange(7))


def test_fewer_than_five_samples_are_refused() -> None:
    with pytest.raises(InvalidInput, match="has 4 images"):
        choose_samples(np.zeros(4, np.int64), seed=0)
