"""What every finished node gets: its weights on disk, scores, latency and cost."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from cnnpruner.domain.layers import Layers
from cnnpruner.domain.nodes import Latency
from cnnpruner.domain.plans import Cost
from cnnpruner.domain.results import ScoreArrays
from cnnpruner.domain.scores import PartialScores
from cnnpruner.engine.batches import scoring_batches
from cnnpruner.engine.cost import CostTable
from cnnpruner.engine.latency import measure_latency
from cnnpruner.engine.scoring import UnitScores, score_taylor
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.images import SplitImages
from cnnpruner.jobs.setting import Setting

CRITERION = "taylor"


@dataclass(frozen=True)
class Measured:
    """Of one network."""

    scores: tuple[ScoreArrays, ...]
    latency: tuple[Latency, ...]


@dataclass(frozen=True)
class Subject:
    """The network to be measured, and the node that it will be."""

    network: nn.Module
    layers: Layers
    node_id: int


def measure(subject: Subject, setting: Setting, images: SplitImages, context: Context, low: float) -> Measured:
    """Scores by the default criterion, and latency at batch 1; progress goes from `low` to 1."""
    middle = low + 0.8 * (1 - low)
    scores = _score(subject, setting, images, context, (low, middle))
    tell = part(context, middle, 1.0)
    tell(0.0, "measuring latency")
    latency = measure_latency(subject.network, subject.layers.image, [1], images.device)
    return Measured((scores,), tuple(latency))


def check_cost(layers: Layers, size_bytes: int) -> Cost:
    """The cost of the node as the cost model has it, which must be the size of the file that was written."""
    cost = CostTable(layers).cost([])
    assert cost.size_bytes == size_bytes, f"the cost model says {cost.size_bytes} bytes, the file has {size_bytes}"
    return cost


def _score(
    subject: Subject, setting: Setting, images: SplitImages, context: Context, span: tuple[float, float]
) -> ScoreArrays:
    """One pass over T seeded batches of the train split; partial results are told after every batch."""
    experiment = setting.experiment
    batches, size = experiment.score_batches, experiment.score_batch_size
    tell = part(context, *span)

    def on_batch(done: int, scores: UnitScores) -> None:
        tell(done / batches, f"scoring filters, batch {done} of {batches}")
        context.partial_scores(
            PartialScores(
                node_id=subject.node_id,
                criterion=CRITERION,
                batches_done=done,
                batches=batches,
                score=_or_none(scores.score),
                instability=_or_none(scores.instability),
            )
        )

    chosen = scoring_batches(images.train, batches, size, experiment.seed)
    scores = score_taylor(subject.network, subject.layers, chosen, on_batch)
    return ScoreArrays(CRITERION, scores.score, scores.instability, scores.batches, size)


def _or_none(values: NDArray[np.float64]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]
