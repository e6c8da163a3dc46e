"""What every finished node gets: its weights on disk, scores, latency and cost."""

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
from cnnpruner.domain.tree.nodes import Latency
from cnnpruner.engine.latency import measure_latency
from cnnpruner.engine.scoring.scoring_pass import UnitScores, score_units
from cnnpruner.engine.training.batches import scoring_batches
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.images import SplitImages
from cnnpruner.jobs.setups import ExperimentSetup
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.criteria import SHARED, DataCriterion

CRITERION = "taylor"
"""What is shown while the pass runs."""

OnScores = Callable[[int, UnitScores], None]


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


@dataclass(frozen=True)
class ScoringCallbacks:
    """Whom a scoring pass tells how far it is, and the default criterion's values so far."""

    progress: Progress
    partial: OnScores | None


def measure(subject: Subject, setup: ExperimentSetup, images: SplitImages, context: Context, low: float) -> Measured:
    """Scores by all criteria that share the pass, and latency at batch 1; progress goes from `low` to 1."""
    middle = low + 0.8 * (1 - low)
    callbacks = ScoringCallbacks(part(context, low, middle, shows_eta=True), _show_partial(subject, setup, context))
    scores = score_by_data(subject, setup, images, SHARED, callbacks)
    tell = part(context, middle, 1.0)
    tell(0.0, "measuring latency")
    latency = measure_latency(subject.network, subject.layers.image, [1], images.device)
    return Measured(scores, tuple(latency))


def check_cost(layers: Layers, size_bytes: int) -> Cost:
    """The cost of the node as the cost model has it, which must be the size of the file that was written."""
    cost = CostTable(layers).cost([])
    assert cost.size_bytes == size_bytes, f"the cost model says {cost.size_bytes} bytes, the file has {size_bytes}"
    return cost


def score_by_data(
    subject: Subject,
    setup: ExperimentSetup,
    images: SplitImages,
    criteria: Sequence[DataCriterion],
    callbacks: ScoringCallbacks,
) -> tuple[ScoreArrays, ...]:
    """One pass over T seeded batches of the train split for all `criteria`."""
    experiment = setup.experiment
    batches, size = experiment.score_batches, experiment.score_batch_size

    def on_batch(done: int, scores: Mapping[str, UnitScores]) -> None:
        callbacks.progress(done / batches, f"scoring filters, batch {done} of {batches}")
        if callbacks.partial is not None:
            callbacks.partial(done, scores[CRITERION])

    chosen = scoring_batches(images.train, batches, size, experiment.seed)
    found = score_units(subject.network, subject.layers, chosen, criteria, on_batch)
    return tuple(ScoreArrays(name, one.score, one.instability, one.batches, size) for name, one in found.items())


def _show_partial(subject: Subject, setup: ExperimentSetup, context: Context) -> OnScores:
    """Tells the default criterion's values after every batch."""

    def show(done: int, scores: UnitScores) -> None:
        context.partial_scores(
            PartialScores(
                node_id=subject.node_id,
                criterion=CRITERION,
                batches_done=done,
                batches=setup.experiment.score_batches,
                score=_or_none(scores.score),
                instability=_or_none(scores.instability),
            )
        )

    return show


def _or_none(values: NDArray[np.float64]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]
