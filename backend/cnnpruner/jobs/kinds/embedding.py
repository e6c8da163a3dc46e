"""Job `embedding`: a map of a ready node's selection images, whose frames are told while it forms."""

from dataclasses import dataclass

import numpy as np

from cnnpruner.domain.results import Predictions
from cnnpruner.domain.samples.embeddings import Embedding, EmbeddingFrame
from cnnpruner.engine.pictures.embedding import ITERATIONS, Layout, choose_samples, embed
from cnnpruner.engine.pictures.features import penultimate_features
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

SEEN, PLACED = 0.3, 1.0
"""Progress when the features are there, and when all is done."""


@dataclass(frozen=True)
class EmbeddingInputs:
    """A node, what it says about the selection images, and the map of an ancestor to begin with."""

    setup: ExperimentSetup
    node: ReadyNode
    node_id: int
    predictions: Predictions
    ancestor: Embedding | None


def run(inputs: EmbeddingInputs, context: Context, cache: WorkerCache) -> Embedding:
    """Nothing is written. Raises InvalidInput for fewer than five images."""
    seed, predictions = inputs.setup.experiment.seed, inputs.predictions
    chosen = choose_samples(predictions.labels, seed)
    images = cache.images(inputs.setup, part(context, 0.0, 0.1))
    pool, selection = images.selection
    features = penultimate_features(
        cache.network(inputs.setup, inputs.node),
        inputs.node.layers,
        (pool, selection[chosen]),
        images.normalize,
        part(context, 0.1, SEEN),
    )
    sample = [int(one) for one in chosen]
    frames = _Frames(inputs.node_id, sample, context)
    start = _start(inputs.ancestor, sample)
    found = embed(features, seed, start, frames.show)
    x, y = _columns(found.layout)
    return Embedding(
        node_id=inputs.node_id,
        method="tsne",
        perplexity=found.perplexity,
        iterations=ITERATIONS,
        initial="pca" if start is None else "parent",
        initial_id=inputs.ancestor.node_id if inputs.ancestor is not None and start is not None else None,
        images=len(predictions.labels),
        sample=sample,
        x=x,
        y=y,
        label=predictions.labels[chosen].tolist(),
        predicted=predictions.predicted[chosen].tolist(),
    )


class _Frames:
    """Tells each frame, with progress; also a safe point."""

    def __init__(self, node_id: int, sample: list[int], context: Context) -> None:
        self._node_id, self._sample, self._context = node_id, sample, context
        self._tell = part(context, SEEN, PLACED)

    def show(self, iteration: int, layout: Layout) -> None:
        """Called by the layout as it forms."""
        self._tell(iteration / ITERATIONS, f"placing samples, iteration {iteration} of {ITERATIONS}")
        x, y = _columns(layout)
        self._context.frame(
            EmbeddingFrame(
                node_id=self._node_id, iteration=iteration, iterations=ITERATIONS, sample=self._sample, x=x, y=y
            )
        )


def _columns(layout: Layout) -> tuple[list[float], list[float]]:
    rounded = np.round(layout, 3)
    return rounded[:, 0].tolist(), rounded[:, 1].tolist()


def _start(ancestor: Embedding | None, sample: list[int]) -> Layout | None:
    """The ancestor's layout, where it holds the same samples."""
    if ancestor is None or ancestor.sample != sample:
        return None
    return np.column_stack([ancestor.x, ancestor.y])
