"""Job `embedding`: computes the map of samples of a ready node, and publishes intermediate layouts."""

from dataclasses import dataclass

import numpy as np

from cnnpruner.domain.results import Predictions
from cnnpruner.domain.samples.embeddings import Embedding, EmbeddingFrame
from cnnpruner.engine.pictures.embedding import ITERATIONS, Layout, choose_samples, embed_features
from cnnpruner.engine.pictures.features import penultimate_features
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

PROGRESS_AFTER_FEATURES, PROGRESS_AFTER_LAYOUT = 0.3, 1.0
"""Progress of the job after the features have been computed, and after the layout is finished."""


@dataclass(frozen=True)
class EmbeddingInputs:
    """A node, its predictions for the selection images, and an ancestor's map of samples from which the layout can
    start.
    """

    setup: ExperimentSetup
    node: ReadyNode
    node_id: int
    predictions: Predictions
    ancestor: Embedding | None


def run(inputs: EmbeddingInputs, context: Context, cache: WorkerCache) -> Embedding:
    """Return the map of samples; nothing is written. Raises InvalidInput if there are fewer than five images."""
    seed, predictions = inputs.setup.experiment.seed, inputs.predictions
    indices = choose_samples(predictions.labels, seed)
    images = cache.images(inputs.setup, progress_in_range(context, 0.0, 0.1))
    pool, selection = images.selection
    features = penultimate_features(
        cache.network(inputs.setup, inputs.node),
        inputs.node.layers,
        (pool, selection[indices]),
        images.normalize,
        progress_in_range(context, 0.1, PROGRESS_AFTER_FEATURES),
    )
    sample = indices.tolist()
    frames = _LayoutPublisher(inputs.node_id, sample, context)
    initial_layout = _initial_layout(inputs.ancestor, sample)
    result = embed_features(features, seed, initial_layout, frames.show)
    x, y = _layout_coordinates(result.layout)
    return Embedding(
        node_id=inputs.node_id,
        method="tsne",
        perplexity=result.perplexity,
        iterations=ITERATIONS,
        initial="pca" if initial_layout is None else "parent",
        initial_id=inputs.ancestor.node_id if inputs.ancestor is not None and initial_layout is not None else None,
        images=len(predictions.labels),
        sample=sample,
        x=x,
        y=y,
        label=predictions.labels[indices].tolist(),
        predicted=predictions.predicted[indices].tolist(),
    )


class _LayoutPublisher:
    """Publishes intermediate layouts and reports the progress. Raises JobCancelled if the job has been cancelled."""

    def __init__(self, node_id: int, sample: list[int], context: Context) -> None:
        self._node_id, self._sample, self._context = node_id, sample, context
        self._progress = progress_in_range(context, PROGRESS_AFTER_FEATURES, PROGRESS_AFTER_LAYOUT)

    def show(self, iteration: int, layout: Layout) -> None:
        """Publish an intermediate layout. `embed_features` calls this every few iterations."""
        self._progress(iteration / ITERATIONS, f"computing the map of samples, iteration {iteration} of {ITERATIONS}")
        x, y = _layout_coordinates(layout)
        self._context.publish_frame(
            EmbeddingFrame(
                node_id=self._node_id, iteration=iteration, iterations=ITERATIONS, sample=self._sample, x=x, y=y
            )
        )


def _layout_coordinates(layout: Layout) -> tuple[list[float], list[float]]:
    rounded_layout = np.round(layout, 3)
    return rounded_layout[:, 0].tolist(), rounded_layout[:, 1].tolist()


def _initial_layout(ancestor: Embedding | None, sample: list[int]) -> Layout | None:
    """Return the ancestor's layout if it contains the same samples, otherwise None."""
    if ancestor is None or ancestor.sample != sample:
        return None
    return np.column_stack([ancestor.x, ancestor.y])
