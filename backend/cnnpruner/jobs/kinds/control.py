"""Job `prune` for a control node, made for comparison with a reference node of the same size. It removes as many
filters from each layer, at random or those with the lowest L1 norms, or trains the reference node's structure from
scratch.
"""

from dataclasses import dataclass

from cnnpruner.domain.results import NodeResult
from cnnpruner.domain.tree.nodes import ControlKind
from cnnpruner.engine.surgery.controls import choose_lowest_l1_units, choose_random_units
from cnnpruner.engine.surgery.probe import require_correct_cut
from cnnpruner.engine.surgery.surgery import build_cut_network, cut
from cnnpruner.jobs.cache import WorkerCache, build_fresh_network
from cnnpruner.jobs.context import Context
from cnnpruner.jobs.kinds import prune
from cnnpruner.jobs.kinds.prune import CutNetwork, PruneInputs
from cnnpruner.planning.structure import remove_units


@dataclass(frozen=True)
class ControlInputs:
    """How to make a control node: the inputs of the job that made the reference node, and how to choose the units to
    remove.
    """

    reference: PruneInputs
    kind: ControlKind
    seed: int
    """Seed for the random choice of units, the random initial weights and the order of the training images."""


def run(inputs: ControlInputs, context: Context, cache: WorkerCache) -> NodeResult:
    """Write the control node's weights, as `prune.run` does for a child. All layers are as wide as in the reference
    node.
    """
    return prune.fine_tune_and_measure(_make_control_network(inputs, cache), inputs.reference, context, cache)


def _make_control_network(inputs: ControlInputs, cache: WorkerCache) -> CutNetwork:
    reference = inputs.reference
    parent = reference.parent.layers
    if inputs.kind == "scratch":
        layers = remove_units(parent, reference.units)
        experiment_with_seed = reference.setup.experiment.model_copy(update={"seed": inputs.seed})
        network = build_fresh_network(experiment_with_seed).to(cache.device)
        network = build_cut_network(network, reference.setup.root_layers, layers)
        return CutNetwork(network, layers, inputs.seed, None)
    network = cache.network(reference.setup, reference.parent)
    if inputs.kind == "random":
        units = choose_random_units(parent, reference.units, inputs.seed)
    else:
        units = choose_lowest_l1_units(network, parent, reference.units)
    require_correct_cut(network, parent, units)
    child = cut(network, parent, units)
    return CutNetwork(child, remove_units(parent, units), inputs.seed, tuple(units))
