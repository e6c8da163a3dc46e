"""Recommends training settings for the network that a plan makes."""

from collections.abc import Iterator

from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.recipes import Recipe
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.learning import did_fine_tuning_hurt
from cnnpruner.planning.training.durations import (
    TimedEpoch,
    TimedStep,
    count_epoch_images,
    count_teacher_macs,
    estimate_epoch_duration,
)
from cnnpruner.planning.training.recipes import RecipeInputs, choose_recipe
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace

MAX_TIMED_NODES = 20
"""Durations are estimated from the epochs of at most this many nodes: those that were trained last."""


def recommend(workspace: Workspace, node: Node, plan: Plan | None, seconds: float | None) -> Recipe:
    """Returns training settings for the network that `plan` makes of `node`; without a plan, for a network of the
    node's size. `seconds`: longest allowed duration of the training.

    Raises InvalidInput if the plan belongs to another node.
    """
    nodes.require_ready_node(node, "recipe")
    if plan is not None and plan.node_id != node.id:
        message = f"Plan {plan.name} belongs to another node; request the recipe from that node."
        raise InvalidInput(message, plan_id=plan.id, node_id=plan.node_id)
    experiment = workspace.store.experiments.get(node.experiment_id)
    tree = workspace.store.nodes.list(experiment.id)
    macs = float((node.macs if plan is None else plan.cost.macs) or 0)
    teacher = count_teacher_macs(node.macs, experiment.training, experiment.splits.train)
    selection = experiment.splits.selection
    epochs, root_step = list(_list_timed_epochs(workspace, experiment, tree)), _find_timed_step(tree[0])
    inputs = RecipeInputs(
        default=experiment.training,
        reference=default_training(experiment.data, "tune"),
        train_images=experiment.splits.train,
        harmful_learning_rate=_find_harmful_learning_rate(tree, node),
        duration=estimate_epoch_duration(epochs, root_step, macs, selection),
        duration_with_teacher=estimate_epoch_duration(epochs, root_step, macs + teacher, selection),
        budget_s=seconds,
    )
    recipe = choose_recipe(inputs)
    return Recipe(
        node_id=node.id,
        plan_id=None if plan is None else plan.id,
        training=recipe.training,
        images_seen=recipe.images_seen,
        seconds=recipe.seconds,
        reasons=recipe.reasons,
    )


def _find_harmful_learning_rate(tree: list[Node], parent: Node) -> float | None:
    """Returns the lowest learning rate at which fine-tuning made a child of `parent` worse than its start weights."""
    learning_rates = [
        child.training.learning_rate
        for child in tree
        if child.parent_id == parent.id
        and child.state == "ready"
        and child.training is not None
        and (child.control is None or child.control.kind != "scratch")
        and did_fine_tuning_hurt(child)
    ]
    return min(learning_rates, default=None)


def _find_timed_step(root: Node) -> TimedStep | None:
    """Returns the training time measured when the root was imported; None if it was not measured."""
    record = root.training_record
    if record is None or record.step_seconds_per_image is None or not root.macs:
        return None
    return TimedStep(record.step_seconds_per_image, record.seconds, root.macs)


def _list_timed_epochs(workspace: Workspace, experiment: Experiment, tree: list[Node]) -> Iterator[TimedEpoch]:
    """Yields the epochs of the nodes that were trained last."""
    macs_by_node_id = {node.id: node.macs for node in tree}
    trained_nodes = [node for node in tree if node.training is not None and node.epochs > 0 and node.macs]
    for node in trained_nodes[-MAX_TIMED_NODES:]:
        assert node.training is not None
        teacher = node.training.teacher
        teacher_macs = macs_by_node_id.get(teacher) if isinstance(teacher, int) else None
        macs = float(node.macs or 0) + count_teacher_macs(teacher_macs, node.training, experiment.splits.train)
        images = count_epoch_images(node.training, experiment.splits.train)
        for epoch in workspace.store.epochs.list(node.id):
            if epoch.epoch > 0:
                yield TimedEpoch(epoch.seconds, images, macs, experiment.splits.selection)
