"""Job `prune`: cuts a node's network according to a plan, then fine-tunes and measures the result. The child is then
ready.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import NodeResult
from cnnpruner.domain.tree.training import Training
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.weights import write_weights
from cnnpruner.formats.checksums import sha256_of
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.images import ImageSplits
from cnnpruner.jobs.measurement import NodeNetwork, NodeToMeasure, compute_and_check_cost, measure
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode, TeacherNode
from cnnpruner.jobs.starts import InitialNetworkBuilder, PrunedNetworkBuilder, StartRecord
from cnnpruner.jobs.training_runs import TeacherNetwork, TrainingRun, TrainingRunSettings
from cnnpruner.planning.structure import remove_units

PROGRESS_AFTER_CUT, PROGRESS_AFTER_FINE_TUNING = 0.02, 0.85
"""Progress of the job after the network has been cut, and after it has been fine-tuned."""


@dataclass(frozen=True)
class PruneInputs:
    """The parent, the units to remove from it, and the training settings of the child."""

    setup: ExperimentSetup
    node_id: int
    """Id of the child."""
    parent: ReadyNode
    parent_correct_count: int
    units: tuple[int, ...]
    training: Training
    weights: Path
    """Output file for the child's weights."""
    teacher: TeacherNode | None = None
    root: ReadyNode | None = None
    """The root to compare the child's latency with; None if the root's weights cannot be read."""


@dataclass(frozen=True)
class CutNetwork:
    """A cut network, before it is fine-tuned."""

    network: nn.Module
    layers: Layers
    seed: int
    """Random seed for the order of the training images."""
    units: tuple[int, ...] | None
    """The units that were removed from the parent; None for a control node that is trained from scratch."""


def run(inputs: PruneInputs, context: Context, cache: WorkerCache) -> NodeResult:
    """Write the child's weights to `inputs.weights`, and return its metrics. The parent's file is not changed.

    Resumes after the last finished epoch of an earlier attempt. Raises JobCancelled and subclasses of CNNPrunerError.
    """
    parent = cache.network(inputs.setup, inputs.parent)
    network: nn.Module = cut(parent, inputs.parent.layers, inputs.units)
    layers = remove_units(inputs.parent.layers, inputs.units)
    child = CutNetwork(network, layers, inputs.setup.experiment.seed, inputs.units)
    return fine_tune_and_measure(child, inputs, context, cache)


def _load_teacher(inputs: PruneInputs, cache: WorkerCache) -> TeacherNetwork | None:
    if inputs.teacher is None:
        return None
    return TeacherNetwork(cache.network(inputs.setup, inputs.teacher.node), inputs.teacher.number)


def _choose_start_network_builder(
    child: CutNetwork, inputs: PruneInputs, images: ImageSplits, cache: WorkerCache
) -> Callable[[Progress], tuple[nn.Module, StartRecord]] | None:
    """Return a function that makes the network from which training starts; None if training starts from `child`
    itself.
    """
    if child.units is None or inputs.training.start == "cut":
        return None
    parent = cache.network(inputs.setup, inputs.parent)
    seed = inputs.setup.experiment.seed
    networks = PrunedNetworkBuilder(parent, inputs.parent.layers, child.units, images.train, seed)
    return InitialNetworkBuilder(networks, images, inputs.training.start).build


def fine_tune_and_measure(child: CutNetwork, inputs: PruneInputs, context: Context, cache: WorkerCache) -> NodeResult:
    """Fine-tune and measure a network that has already been cut. `inputs.units` is ignored, because other units are
    removed for a control node.
    """
    images = cache.images(inputs.setup, progress_in_range(context, 0.0, PROGRESS_AFTER_CUT))
    settings = TrainingRunSettings(
        inputs.training,
        child.layers,
        child.seed,
        inputs.parent_correct_count,
        PROGRESS_AFTER_CUT,
        PROGRESS_AFTER_FINE_TUNING,
        StartRecord("fresh" if child.units is None else "cut"),
        _load_teacher(inputs, cache),
        _choose_start_network_builder(child, inputs, images, cache),
    )
    fine_tuned_network = TrainingRun(child.network, images, settings, context).run()
    node = NodeNetwork(fine_tuned_network.network, child.layers, inputs.node_id)
    node_to_measure = NodeToMeasure(node, inputs.setup, inputs.root)
    measurement = measure(node_to_measure, images, cache, context, PROGRESS_AFTER_FINE_TUNING)
    context.raise_if_cancelled()
    cost = compute_and_check_cost(child.layers, write_weights(fine_tuned_network.network, inputs.weights))
    return NodeResult(
        layers=child.layers,
        cost=cost,
        predictions=fine_tuned_network.predictions,
        best_epoch=fine_tuned_network.best_epoch,
        weights_sha256=sha256_of(inputs.weights),
        scores=measurement.scores,
        latencies=measurement.latencies,
        training_record=fine_tuned_network.record,
        import_accuracy=None,
        import_images=None,
    )
