"""Maps of samples: the choice of samples, the initial layout, frames, and quality."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.manifold import trustworthiness

from cnnpruner.engine.pictures.embedding import (
    ITERATIONS,
    MAX_SAMPLES,
    Layout,
    choose_perplexity,
    choose_samples,
    embed_features,
)
from cnnpruner.errors import InvalidInput


def clusters(seed: int = 0, size: int = 30) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Four clusters in 12 dimensions: features [N, 12] and labels [N]."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(4), size)
    features = random.normal(size=(4, 12))[labels] * 6 + np.random.default_rng(9).normal(size=(4 * size, 12))
    return features.astype(np.float32), labels


def test_neighbours_stay_neighbours_and_frames_are_numbered_to_the_end() -> None:
    features, _ = clusters()
    iterations: list[int] = []
    result = embed_features(features, seed=0, on_frame=lambda done, layout: iterations.append(done))
    assert trustworthiness(features, result.layout, n_neighbors=10) > 0.9
    assert iterations == list(range(20, ITERATIONS + 1, 20))
    np.testing.assert_array_equal(result.layout, embed_features(features, seed=0).layout)


def test_a_layout_that_starts_from_an_ancestor_stays_in_place() -> None:
    features, labels = clusters()
    parent = embed_features(features, seed=0).layout
    rotated = parent @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    child = features + np.random.default_rng(1).normal(size=features.shape).astype(np.float32) * 0.3
    result = embed_features(child, seed=0, start=rotated)
    for label in range(4):
        moved = np.linalg.norm(result.layout[labels == label].mean(0) - rotated[labels == label].mean(0))
        assert moved < 0.5 * np.ptp(rotated)
    assert np.corrcoef(result.layout[:, 0], rotated[:, 0])[0, 1] > 0.9
    assert np.corrcoef(result.layout[:, 1], rotated[:, 1])[0, 1] > 0.9
    assert trustworthiness(child, result.layout, n_neighbors=10) > 0.9


def test_an_exception_in_a_frame_ends_the_computation() -> None:
    def stop(done: int, layout: Layout) -> None:
        raise KeyboardInterrupt(done)

    with pytest.raises(KeyboardInterrupt, match="20"):
        embed_features(clusters()[0], seed=0, on_frame=stop)


@pytest.mark.parametrize("samples", [5, 6, 20])
def test_few_samples_get_a_smaller_perplexity(samples: int) -> None:
    features = np.random.default_rng(0).normal(size=(samples, 3)).astype(np.float32)
    result = embed_features(features, seed=0)
    assert result.perplexity == choose_perplexity(samples) == (samples - 1) / 3
    assert np.isfinite(result.layout).all()


def test_one_feature_is_enough_and_constant_features_are_refused() -> None:
    feature = np.linspace(0, 1, 40, dtype=np.float32)[:, None]
    assert np.isfinite(embed_features(feature, seed=0).layout).all()
    with pytest.raises(InvalidInput, match="same features for every image"):
        embed_features(np.ones((40, 7), np.float32), seed=0)


@pytest.mark.parametrize("is_exact", [True, False], ids=["second component 1e-17", "1e-8"])
def test_features_along_a_line_are_mapped_to_more_than_a_line(is_exact: bool) -> None:
    generator = np.random.default_rng(0)
    direction, position = generator.normal(size=(1, 40)), generator.normal(size=(300, 1))
    line = np.round(position * 64) * np.round(direction * 8) if is_exact else position * direction
    long, short = np.linalg.svd(embed_features(line.astype(np.float32), seed=0).layout, compute_uv=False)
    assert short > 0.003 * long, "the noise grows; how much depends on the number of threads"


@pytest.mark.parametrize("scale", [1e20, 1e37, 1e-30])
def test_a_map_does_not_depend_on_the_scale_of_the_features(scale: float) -> None:
    features, _ = clusters()
    layout = embed_features((features.astype(np.float64) * scale).astype(np.float32), seed=0).layout
    assert np.isfinite(layout).all()
    assert trustworthiness(features, layout, n_neighbors=10) > 0.9


def test_a_large_split_is_sampled_with_the_same_shares_of_classes() -> None:
    labels = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [15_000, 4_000, 1_000]))
    chosen_indices = choose_samples(labels, seed=3)
    assert len(chosen_indices) == MAX_SAMPLES
    assert (np.diff(chosen_indices) > 0).all()
    assert np.bincount(labels[chosen_indices]).tolist() == [7_500, 2_000, 500]
    np.testing.assert_array_equal(chosen_indices, choose_samples(labels, seed=3))
    assert (chosen_indices != choose_samples(labels, seed=4)).any()
    np.testing.assert_array_equal(choose_samples(labels[:7], seed=3), np.arange(7))


def test_fewer_than_five_samples_are_refused() -> None:
    with pytest.raises(InvalidInput, match="has 4 images"):
        choose_samples(np.zeros(4, np.int64), seed=0)
