"""t-SNE (van der Maaten and Hinton 2008) of what a network sees in images, by openTSNE (Poličar et al. 2024)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnpruner.errors import InvalidInput

Layout = NDArray[np.float64]
"""[N, 2], float64."""
OnFrame = Callable[[int, Layout], None]
"""Called as (iterations done, layout so far); what it raises ends the work."""

PERPLEXITY = 30.0
COMPONENTS = 50
EARLY, LATE = 100, 200
ITERATIONS = EARLY + LATE
FRAME_EVERY = 20
FEWEST = 5
MOST = 10_000
THREADS = 2
THETA = 0.8
"""How coarsely far points are taken together (Barnes-Hut): a third faster than the usual 0.5, as trustworthy."""
FEW_FEATURES = 1024
"""Up to here the principal components come from the covariance: six times as fast as from random projections."""
ROUNDING = 1e-6
"""Of the first component's spread: what is less stems from float32, not from the network."""
FIRST_SPREAD = 1e-4
"""Standard deviation of a layout that begins with principal components (Kobak and Berens 2019)."""


@dataclass(frozen=True)
class Map:
    """A finished layout and the perplexity that it was made with."""

    layout: Layout
    perplexity: float


def choose_samples(labels: NDArray[np.int64], seed: int, most: int = MOST) -> NDArray[np.int64]:
    """Positions of at most `most` of N images, ascending: all, else a seeded choice with the classes' shares.

    Raises InvalidInput for fewer than five.
    """
    if len(labels) < FEWEST:
        raise InvalidInput(
            f"The selection split has {len(labels)} images; a map of samples needs at least {FEWEST}. "
            "Make the experiment from more images."
        )
    order = np.random.default_rng(seed).permutation(len(labels))
    place = np.empty(len(labels))
    for label in np.unique(labels):
        mine = order[labels[order] == label]
        place[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
    return np.sort(np.argsort(place, kind="stable")[:most])


def perplexity_for(samples: int) -> float:
    """30, less for few samples: a third of the others."""
    return min(PERPLEXITY, (samples - 1) / 3)


def embed(
    features: NDArray[np.float32], seed: int, start: Layout | None = None, on_frame: OnFrame | None = None
) -> Map:
    """A map of `features` [N, C] in the plane, equal for equal seeds on one machine.

    It begins with the first two of at most 50 principal components: 100 iterations of early exaggeration, 200 without.
    With `start` [N, 2], the layout of another network for the same images, it begins there at full scale and never
    exaggerates: points move only as far as the features ask, so the picture stays the one a person knows.
    """
    from openTSNE import TSNE

    # Its advice against starting at full scale is about early exaggeration, which does not happen then.
    logging.getLogger("openTSNE").setLevel(logging.ERROR)
    points = _reduce(features, seed)
    perplexity = perplexity_for(len(points))
    made = TSNE(
        perplexity=perplexity,
        initialization=_spread(points, seed) if start is None else start.copy(),
        early_exaggeration="auto" if start is None else 1,
        early_exaggeration_iter=EARLY,
        n_iter=LATE,
        neighbors="exact",
        theta=THETA,
        n_jobs=THREADS,
        random_state=seed,
        callbacks=_Frames(on_frame),
        callbacks_every_iters=FRAME_EVERY,
    ).fit(points)
    layout = np.asarray(made, dtype=np.float64)
    return Map(layout - layout.mean(axis=0), perplexity)


class _Frames:
    """Counts on over both phases, which openTSNE each numbers from the start."""

    def __init__(self, on_frame: OnFrame | None) -> None:
        self._on_frame, self._done = on_frame, 0

    def __call__(self, iteration: int, error: float, layout: Layout) -> None:
        self._done += FRAME_EVERY
        if self._on_frame is not None:
            self._on_frame(self._done, np.asarray(layout))


def _reduce(features: NDArray[np.float32], seed: int) -> Layout:
    """The first principal components [N, at most 50], in units of the farthest value from a mean.

    What the network gives no number for counts as 0. The unit keeps squares of distances within floating point.
    """
    from sklearn.decomposition import PCA

    finite = np.nan_to_num(features.astype(np.float64), posinf=0.0, neginf=0.0)
    if not np.ptp(finite, axis=0).any():
        raise InvalidInput("The network sees the same in every image, so there is nothing to map; choose another node.")
    finite -= finite.mean(axis=0)
    finite /= np.abs(finite).max()
    count = min(COMPONENTS, *finite.shape)
    solver = "covariance_eigh" if finite.shape[1] <= FEW_FEATURES else "auto"
    reduced: Layout = PCA(count, svd_solver=solver, random_state=seed).fit_transform(finite)
    return reduced


def _spread(points: Layout, seed: int) -> Layout:
    """The first two components, small; noise as wide as the first stands in for a second one that is not there."""
    plane = points[:, :2] / points[:, 0].std()
    if plane.shape[1] < 2 or plane[:, 1].std() < ROUNDING:
        plane = np.stack([plane[:, 0], np.random.default_rng(seed).normal(size=len(points))], axis=1)
    small: Layout = plane * FIRST_SPREAD
    return small
