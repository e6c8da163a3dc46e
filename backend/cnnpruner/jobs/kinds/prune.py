"""Job `prune`: cut a node's network by a plan, tune it, measure it; the child is ready."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import NodeResult
from cnnpruner.domain.tree.experiments import Training
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.weights import write_weights
from cnnpruner.formats.checksums import sha256_of
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.measurement import Subject, check_cost, measure
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.jobs.training_runs import TrainingRun, Tuning
from cnnpruner.planning.structure import restrict

PREPARED, TUNED = 0.02, 0.85
"""Progress when the network is cut, and when it is tuned."""


@dataclass(frozen=True)
class PruneInputs:
    """A plan and how to tune after it."""

    setup: ExperimentSetup
    node_id: int
    """Of the child."""
    parent: ReadyNode
    parent_correct: int
    units: tuple[int, ...]
    training: Training
    weights: Path
    """Where the child's weights go."""


@dataclass(frozen=True)
class Child:
    """A network before it is tuned."""

    network: nn.Module
    layers: Layers
    seed: int
    """Of the order of data."""


def run(inputs: PruneInputs, context: Context, cache: WorkerCache) -> NodeResult:
    """The child's weights lie at `inputs.weights` when this returns; the parent's file is only read.

    Goes on after the last finished epoch of an earlier attempt. Raises JobCancelled and our errors.
    """
    parent = cache.network(inputs.setup, inputs.parent)
    network: nn.Module = cut(parent, inputs.parent.layers, inputs.units)
    layers = restrict(inputs.parent.layers, inputs.units)
    return finish(Child(network, layers, inputs.setup.experiment.seed), inputs, context, cache)


def finish(child: Child, inputs: PruneInputs, context: Context, cache: WorkerCache) -> NodeResult:
    """Tune and measure a network that is cut already; `inputs.units` are not looked at."""
    images = cache.images(inputs.setup, part(context, 0.0, PREPARED))
    training_run = TrainingRun(inputs.training, child.layers, child.seed, inputs.parent_correct, PREPARED, TUNED)
    tuned = Tuning(child.network, images, training_run, context).run()
    measured = measure(Subject(tuned.network, child.layers, inputs.node_id), inputs.setup, images, context, TUNED)
    context.check()
    cost = check_cost(child.layers, write_weights(tuned.network, inputs.weights))
    return NodeResult(
        layers=child.layers,
        cost=cost,
        predictions=tuned.predictions,
        best_epoch=tuned.best_epoch,
        weights_sha256=sha256_of(inputs.weights),
        scores=measured.scores,
        latency=measured.latency,
        import_accuracy=None,
        import_images=None,
    )
