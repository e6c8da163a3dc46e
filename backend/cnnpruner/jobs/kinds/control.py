"""Job `prune` for a control: removes different filters than its reference, or trains its structure from scratch."""

from dataclasses import dataclass

from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import NodeResult
from cnnpruner.domain.tree.nodes import ControlKind
from cnnpruner.domain.tree.provenance import StartWeights
from cnnpruner.engine.surgery.controls import choose_lowest_l1, choose_random
from cnnpruner.engine.surgery.probe import require_correct_cut
from cnnpruner.engine.surgery.surgery import build_cut_network, cut
from cnnpruner.jobs.cache import WorkerCache, fresh_network
from cnnpruner.jobs.context import Context
from cnnpruner.jobs.kinds import prune
from cnnpruner.jobs.kinds.prune import PruneInputs
from cnnpruner.planning.structure import remove_units


@dataclass(frozen=True)
class ControlInputs:
    """The inputs of the reference node's job (the node's parent and the removed units), and how to choose
    other units.
    """

    reference: PruneInputs
    kind: ControlKind
    seed: int
    """Seed of the random choice, the fresh weights and the order of the data."""


def run(inputs: ControlInputs, context: Context, cache: WorkerCache) -> NodeResult:
    """Write the control's weights, as `prune.run` does for a child. All layers have the same width as in the reference
    node.
    """
    network, layers = _cut_network(inputs, cache)
    start: StartWeights = "fresh" if inputs.kind == "scratch" else "cut"
    cut_network = prune.CutNetwork(network, layers, inputs.seed, start)
    return prune.fine_tune_and_measure(cut_network, inputs.reference, context, cache)


def _cut_network(inputs: ControlInputs, cache: WorkerCache) -> tuple[nn.Module, Layers]:
    reference = inputs.reference
    parent = reference.parent.layers
    if inputs.kind == "scratch":
        layers = remove_units(parent, reference.units)
        seeded_experiment = reference.setup.experiment.model_copy(update={"seed": inputs.seed})
        return build_cut_network(
            fresh_network(seeded_experiment).to(cache.device), reference.setup.root_layers, layers
        ), layers
    network = cache.network(reference.setup, reference.parent)
    if inputs.kind == "random":
        units = choose_random(parent, reference.units, inputs.seed)
    else:
        units = choose_lowest_l1(network, parent, reference.units)
    require_correct_cut(network, parent, units)
    return cut(network, parent, units), remove_units(parent, units)
