"""t-SNE (van der Maaten and Hinton 2008) of a network's features, computed by openTSNE (Poličar et al. 2024)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnpruner.errors import InvalidInput

Layout = NDArray[np.float64]
"""Positions of N images in the plane, [N, 2], float64."""
FrameCallback = Callable[[int, Layout], None]
"""Callback that receives (iterations done, layout so far). An exception that it raises stops the computation."""

DEFAULT_PERPLEXITY = 30.0
MAX_COMPONENTS = 50
EARLY_EXAGGERATION_ITERATIONS, MAIN_ITERATIONS = 100, 200
ITERATIONS = EARLY_EXAGGERATION_ITERATIONS + MAIN_ITERATIONS
ITERATIONS_PER_FRAME = 20
MIN_SAMPLES = 5
MAX_SAMPLES = 10_000
TSNE_THREADS = 2
BARNES_HUT_THETA = 0.8
"""How coarsely distant points are merged (Barnes-Hut). A value of 0.8 is a third faster than the usual 0.5, and just as
faithful.
"""
MAX_COVARIANCE_FEATURES = 1024
"""Up to this many features, principal components are computed from the covariance matrix, which is six times as fast as
using random projections.
"""
MIN_RELATIVE_COMPONENT_STD = 1e-6
"""A principal component is considered float32 rounding noise if its standard deviation is below this share of the first
component's standard deviation.
"""
INITIAL_LAYOUT_STD = 1e-4
"""Standard deviation of the initial layout if it consists of principal components (Kobak and Berens 2019)."""


@dataclass(frozen=True)
class SampleMap:
    """A finished map of samples: the layout and its perplexity."""

    layout: Layout
    perplexity: float


def choose_samples(labels: NDArray[np.int64], seed: int, max_samples: int = MAX_SAMPLES) -> NDArray[np.int64]:
    """Return the indices, ascending, of all N images, or of a seeded sample of `max_samples` images in which every
    class keeps its share.

    Raises InvalidInput for fewer than five images.
    """
    if len(labels) < MIN_SAMPLES:
        raise InvalidInput(
            f"The selection split has {len(labels)} images; a map of samples needs at least {MIN_SAMPLES}. "
            "Create the experiment with more images."
        )
    order = np.random.default_rng(seed).permutation(len(labels))
    quantile_in_class = np.empty(len(labels))
    for label in np.unique(labels):
        members = order[labels[order] == label]
        quantile_in_class[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.sort(np.argsort(quantile_in_class, kind="stable")[:max_samples])


def choose_perplexity(samples: int) -> float:
    """Return the perplexity: 30, or a third of the number of other samples if that is smaller."""
    return min(DEFAULT_PERPLEXITY, (samples - 1) / 3)


def embed_features(
    features: NDArray[np.float32], seed: int, start: Layout | None = None, on_frame: FrameCallback | None = None
) -> SampleMap:
    """Lay out `features` [N, C] in the plane by t-SNE. On one machine, the same seed gives the same layout.

    By default, at most 50 principal components of the features are computed, and the first two are the initial layout.
    t-SNE then runs 100 iterations with early exaggeration and 200 without. If `start` [N, 2] is given (the layout of
    the same images for another network), t-SNE starts from it at full scale, without early exaggeration. Points then
    move only as far as the features require, so the map stays recognisable.
    """
    from openTSNE import TSNE

    # Silences its warning against starting at full scale, which only matters with early exaggeration.
    logging.getLogger("openTSNE").setLevel(logging.ERROR)
    points = _principal_components(features, seed)
    perplexity = choose_perplexity(len(points))
    embedding = TSNE(
        perplexity=perplexity,
        initialization=_initial_layout(points, seed) if start is None else start.copy(),
        early_exaggeration="auto" if start is None else 1,
        early_exaggeration_iter=EARLY_EXAGGERATION_ITERATIONS,
        n_iter=MAIN_ITERATIONS,
        neighbors="exact",
        theta=BARNES_HUT_THETA,
        n_jobs=TSNE_THREADS,
        random_state=seed,
        callbacks=_IterationCounter(on_frame),
        callbacks_every_iters=ITERATIONS_PER_FRAME,
    ).fit(points)
    layout = np.asarray(embedding, dtype=np.float64)
    return SampleMap(layout - layout.mean(axis=0), perplexity)


class _IterationCounter:
    """Counts iterations across both phases, because openTSNE restarts its count at 0 in each phase."""

    def __init__(self, on_frame: FrameCallback | None) -> None:
        self._on_frame, self._done = on_frame, 0

    def __call__(self, iteration: int, error: float, layout: Layout) -> None:
        self._done += ITERATIONS_PER_FRAME
        if self._on_frame is not None:
            self._on_frame(self._done, np.asarray(layout))


def _principal_components(features: NDArray[np.float32], seed: int) -> Layout:
    """Return the principal components [N, at most 50] of the centred features, divided by the largest absolute feature
    value.

    Values that are not finite are replaced by 0. Scaling keeps squared distances within floating-point range.
    """
    from sklearn.decomposition import PCA

    finite_features = np.nan_to_num(features.astype(np.float64), posinf=0.0, neginf=0.0)
    if not np.ptp(finite_features, axis=0).any():
        raise InvalidInput(
            "The network computes the same features for every image, so a map of samples would show nothing; choose "
            "another node."
        )
    finite_features -= finite_features.mean(axis=0)
    finite_features /= np.abs(finite_features).max()
    count = min(MAX_COMPONENTS, *finite_features.shape)
    svd_solver = "covariance_eigh" if finite_features.shape[1] <= MAX_COVARIANCE_FEATURES else "auto"
    components: Layout = PCA(count, svd_solver=svd_solver, random_state=seed).fit_transform(finite_features)
    return components


def _initial_layout(points: Layout, seed: int) -> Layout:
    """Return the first two principal components, scaled to a small spread, as the initial layout.

    If there is no second component, noise with the same spread replaces it.
    """
    positions = points[:, :2] / points[:, 0].std()
    if positions.shape[1] < 2 or positions[:, 1].std() < MIN_RELATIVE_COMPONENT_STD:
        positions = np.stack([positions[:, 0], np.random.default_rng(seed).normal(size=len(points))], axis=1)
    layout: Layout = positions * INITIAL_LAYOUT_STD
    return layout
