"""Takes the measurements that every finished node gets: scores, latency and cost."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Cost
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import ScoreArrays
from cnnpruner.domain.tree.latencies import LatencyDistribution, get_latency_settings
from cnnpruner.engine.scoring.scoring_pass import UnitScores, score_units
from cnnpruner.engine.training.batches import scoring_batches
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.images import ImageSplits
from cnnpruner.jobs.latencies import measure_with_pytorch, pair_network_with_root, pytorch_setting
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.criteria import BATCH_MEAN_CRITERIA, DataCriterion

STREAMED_CRITERIA = ("taylor", "loss_change")
"""The criteria whose partial scores are published during the scoring pass: the paper's criterion, and the page's
default.
"""

ScoresCallback = Callable[[int, Mapping[str, UnitScores]], None]


@dataclass(frozen=True)
class Measurement:
    """The scores and latencies of one network."""

    scores: tuple[ScoreArrays, ...]
    latencies: tuple[LatencyDistribution, ...]


@dataclass(frozen=True)
class NodeNetwork:
    """The network to measure, and the id of the node that it belongs to."""

    network: nn.Module
    layers: Layers
    node_id: int


@dataclass(frozen=True)
class NodeToMeasure:
    """A node to measure, and the root to compare its latency with."""

    network: NodeNetwork
    setup: ExperimentSetup
    root: ReadyNode | None
    """The root to compare with; None if the node is itself the root, or if the root's weights cannot be read."""


@dataclass(frozen=True)
class ScoringCallbacks:
    """Functions that a scoring pass calls: `progress` with its progress, and `on_scores` with the scores by each
    criterion so far.
    """

    progress: Progress
    on_scores: ScoresCallback | None


def measure(
    node: NodeToMeasure, images: ImageSplits, cache: WorkerCache, context: Context, progress_before_scoring: float
) -> Measurement:
    """Return the scores by all criteria that share the scoring pass, and the latency at batch size 1. Progress is
    reported from `progress_before_scoring` to 1.
    """
    progress_after_scoring = progress_before_scoring + 0.8 * (1 - progress_before_scoring)
    callbacks = ScoringCallbacks(
        progress_in_range(context, progress_before_scoring, progress_after_scoring, shows_eta=True),
        _partial_scores_publisher(node.network, node.setup, context),
    )
    scores = score_on_images(node.network, node.setup, images, BATCH_MEAN_CRITERIA, callbacks)
    latencies = _measure_latency(node, cache, context, progress_in_range(context, progress_after_scoring, 1.0))
    return Measurement(scores, latencies)


def _measure_latency(
    node: NodeToMeasure, cache: WorkerCache, context: Context, progress: Progress
) -> tuple[LatencyDistribution, ...]:
    """Return the latencies that were measured for nodes of the same structure. If they include no reliable latency at
    batch size 1 on the worker's device, measure it.
    """
    layers = node.network.layers
    known_latencies = tuple(context.find_latencies(layers))
    setting = pytorch_setting(1, cache.device)
    if any(
        get_latency_settings(latency) == setting and latency.reliability == "reliable" for latency in known_latencies
    ):
        return known_latencies
    networks = pair_network_with_root(node.network.network, layers, node.setup, node.root, cache)
    pytorch_latency = measure_with_pytorch(networks, 1, cache.device, progress)
    return pytorch_latency, *(latency for latency in known_latencies if get_latency_settings(latency) != setting)


def compute_and_check_cost(layers: Layers, size_bytes: int) -> Cost:
    """Return the node's cost according to the cost model. Raises AssertionError if the computed size in bytes differs
    from the size of the weights file.
    """
    cost = CostTable(layers).cost([])
    assert cost.size_bytes == size_bytes, f"the cost model says {cost.size_bytes} bytes, the file has {size_bytes}"
    return cost


def score_on_images(
    node_network: NodeNetwork,
    setup: ExperimentSetup,
    images: ImageSplits,
    criteria: Sequence[DataCriterion],
    callbacks: ScoringCallbacks,
) -> tuple[ScoreArrays, ...]:
    """Return the scores by all `criteria`, computed in one pass over a fixed number of seeded batches of the train
    split.
    """
    experiment = setup.experiment
    batches, size = experiment.score_batches, experiment.score_batch_size

    def on_batch(done: int, scores: Mapping[str, UnitScores]) -> None:
        callbacks.progress(done / batches, f"scoring filters, batch {done} of {batches}")
        if callbacks.on_scores is not None:
            callbacks.on_scores(done, scores)

    data = scoring_batches(images.train, batches, size, experiment.seed)
    results = score_units(node_network.network, node_network.layers, data, criteria, on_batch)
    return tuple(
        ScoreArrays(name, result.score, result.instability, result.batches, size) for name, result in results.items()
    )


def _partial_scores_publisher(node_network: NodeNetwork, setup: ExperimentSetup, context: Context) -> ScoresCallback:
    """Return a callback that publishes the scores by `STREAMED_CRITERIA` after every batch."""

    def show(done: int, scores: Mapping[str, UnitScores]) -> None:
        for criterion in STREAMED_CRITERIA:
            context.publish_scores(
                PartialScores(
                    node_id=node_network.node_id,
                    criterion=criterion,
                    batches_done=done,
                    batches=setup.experiment.score_batches,
                    score=_finite_or_none(scores[criterion].score),
                    instability=_finite_or_none(scores[criterion].instability),
                )
            )

    return show


def _finite_or_none(values: NDArray[np.float64]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]
