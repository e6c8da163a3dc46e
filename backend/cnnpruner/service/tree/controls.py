"""Controls: nodes with the same parent and widths as their reference node, but different filters or fresh weights."""

from dataclasses import dataclass

from cnnpruner.domain.jobs import ControlSettings, PruneJob
from cnnpruner.domain.tree.nodes import Control, NewControls, Node
from cnnpruner.domain.tree.training import Training, TrainingStart
from cnnpruner.errors import Conflict
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.structure import find_removed_units
from cnnpruner.service.plans.structures import load_structure
from cnnpruner.service.tree import nodes
from cnnpruner.service.tree.teachers import resolve_teacher
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import NewNode

DESCRIPTION_BY_KIND = {"random": "random filters", "l1": "lowest L1 norm", "scratch": "trained from scratch"}


@dataclass(frozen=True)
class _SharedControlSettings:
    """Properties shared by all controls of one request."""

    units: list[int]
    """Ids of the units whose removal made the reference node. For a control, only the number of these units in each
    layer matters.
    """
    training: Training


def create(workspace: Workspace, node: Node, new: NewControls) -> list[Node]:
    """Adds control nodes for `node`, one for each seed."""
    if node.parent_id is None:
        message = "The root was not pruned, so it cannot have control nodes; choose a pruned node."
        raise Conflict(message, node_id=node.id)
    nodes.require_ready_node(node, "controls")
    before = load_structure(workspace.store, node.parent_id).layers
    after = load_structure(workspace.store, node.id).layers
    removed_units, training = find_removed_units(before, after), _choose_training_settings(workspace, node, new)
    parent = workspace.store.nodes.get(node.parent_id)
    with workspace.store.transaction():
        shared_settings = _SharedControlSettings(removed_units, resolve_teacher(workspace, training, parent))
        node_ids = [
            _add_control(workspace, node, control, shared_settings)
            for control in _choose_control_seeds(workspace, node, new)
        ]
    workspace.runner.wake("training")
    return [workspace.store.nodes.get(node_id) for node_id in node_ids]


def _choose_control_seeds(workspace: Workspace, node: Node, new: NewControls) -> list[Control]:
    """Chooses seeds that no other control of the same kind and with the same parent has, so that no two controls are
    equal.

    The root's seed is excluded, because a control trained from scratch with it would have the root's initial weights.
    """
    seed = workspace.store.experiments.get(node.experiment_id).seed
    tree = workspace.store.nodes.list(node.experiment_id)
    controls = [sibling.control for sibling in tree if sibling.parent_id == node.parent_id]
    used_seeds = {control.seed for control in controls if control is not None and control.kind == new.kind}
    first = max([seed, *used_seeds]) + 1
    return [Control(kind=new.kind, seed=first + i, reference_id=node.id) for i in range(new.seeds)]


def _add_control(workspace: Workspace, node: Node, control: Control, shared_settings: _SharedControlSettings) -> int:
    new = NewNode(
        experiment_id=node.experiment_id,
        parent_id=node.parent_id,
        origin="control",
        images=node.images,
        training=shared_settings.training.model_dump(mode="json"),
        removed_filters=node.removed_filters,
        needed_correct=node.needed_correct,
        control=control.model_dump(mode="json"),
        note=f"Control for node {node.number}: {DESCRIPTION_BY_KIND[control.kind]}, seed {control.seed}.",
    )
    choice = ControlSettings(kind=control.kind, seed=control.seed, reference=node.id)
    added_node, _ = workspace.store.nodes.add(new, PruneJob(units=shared_settings.units, choose=choice))
    return added_node.id


def _choose_training_settings(workspace: Workspace, node: Node, new: NewControls) -> Training:
    """Returns the training settings of the controls: the settings in `new`, completed by the node's settings. For
    controls that are trained from scratch, the root's settings are used instead of the node's, because these controls
    need as many epochs as the root.
    """
    experiment = workspace.store.experiments.get(node.experiment_id)
    training = node.training
    if new.kind == "scratch":
        training = experiment.root_training or default_training(experiment.data, "root")
    assert training is not None
    training = training.model_copy(update={"start": _find_training_start(node)})
    return new.training.override(training) if new.training else training


def _find_training_start(node: Node) -> TrainingStart:
    """Returns the start of the node's training (`cut`, `recalibrated` or `reconstructed`). Controls get the same start
    as the node, so that they differ only in their filters.
    """
    weights = None if node.training_record is None else node.training_record.start
    return weights if weights in ("recalibrated", "reconstructed") else "cut"
