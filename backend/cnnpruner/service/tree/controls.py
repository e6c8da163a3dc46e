"""Controls at equal size: the same parent and widths, other filters or fresh weights."""

from dataclasses import dataclass

from cnnpruner.domain.jobs import ControlChoice, PruneJob
from cnnpruner.domain.tree.experiments import Training
from cnnpruner.domain.tree.nodes import Control, NewControls, Node
from cnnpruner.errors import Conflict
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.structure import find_removed_units
from cnnpruner.service.plans.structures import structure
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import NewNode

WORDS = {"random": "random filters", "l1": "lowest L1 norm", "scratch": "trained from scratch"}


@dataclass(frozen=True)
class _Cut:
    """What all controls of one wish share."""

    units: list[int]
    """That the node lost; how many of each kind is what counts."""
    training: Training


def make(workspace: Workspace, node: Node, new: NewControls) -> list[Node]:
    """Nodes beside `node`, one for each seed; they exist at once."""
    if node.parent_id is None:
        message = "The root was not cut, so there is nothing of its size to compare it with; choose a pruned node."
        raise Conflict(message, node_id=node.id)
    nodes.require_ready(node, "controls")
    parent, here = structure(workspace.store, node.parent_id).layers, structure(workspace.store, node.id).layers
    cut = _Cut(find_removed_units(parent, here), _training(workspace, node, new))
    with workspace.store.transaction():
        made = [_add(workspace, node, control, cut) for control in _seeded(workspace, node, new)]
    workspace.runner.wake("training")
    return [workspace.store.nodes.get(node_id) for node_id in made]


def _seeded(workspace: Workspace, node: Node, new: NewControls) -> list[Control]:
    """Seeds that no control of this kind beside the node has yet, so that the control of a control is no copy of it.

    Never the root's own, whose weights are no fresh ones.
    """
    seed = workspace.store.experiments.get(node.experiment_id).seed
    beside = [one for one in workspace.store.nodes.list(node.experiment_id) if one.parent_id == node.parent_id]
    taken = {one.control.seed for one in beside if one.control is not None and one.control.kind == new.kind}
    first = max([seed, *taken]) + 1
    return [Control(kind=new.kind, seed=first + i, reference_id=node.id) for i in range(new.seeds)]


def _add(workspace: Workspace, node: Node, control: Control, cut: _Cut) -> int:
    new = NewNode(
        experiment_id=node.experiment_id,
        parent_id=node.parent_id,
        origin="control",
        images=node.images,
        training=cut.training.model_dump(mode="json"),
        removed_filters=node.removed_filters,
        needed_correct=node.needed_correct,
        control=control.model_dump(mode="json"),
        note=f"Control of node {node.number}: {WORDS[control.kind]}, seed {control.seed}.",
    )
    choice = ControlChoice(kind=control.kind, seed=control.seed, reference=node.id)
    made, _ = workspace.store.nodes.add(new, PruneJob(units=cut.units, choose=choice))
    return made.id


def _training(workspace: Workspace, node: Node, new: NewControls) -> Training:
    """The node's own; from scratch the root's, for a network that starts with nothing needs that budget."""
    experiment = workspace.store.experiments.get(node.experiment_id)
    usual = node.training
    if new.kind == "scratch":
        usual = experiment.root_training or default_training(experiment.data, "root")
    assert usual is not None
    return new.training.on(usual) if new.training else usual
