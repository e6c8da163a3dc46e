"""Starts searches for the best plan of a node, and applies the plans that they found."""

from functools import partial

from cnnpruner.domain.jobs import NewJob, SuggestionJob
from cnnpruner.domain.plans.goals import AccuracyGoal, CostGoal
from cnnpruner.domain.plans.plans import Application
from cnnpruner.domain.plans.suggestions import NewSuggestion, Suggestion, SuggestionStarted
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.training import TrainingChoice
from cnnpruner.errors import InvalidInput
from cnnpruner.service.plans import plans, recipes
from cnnpruner.service.tree import nodes
from cnnpruner.service.tree.goals import require_unmet_goal
from cnnpruner.service.unattended import run_for_each
from cnnpruner.service.workspace import Workspace


def suggest(workspace: Workspace, node: Node, new: NewSuggestion) -> SuggestionStarted:
    """Stores a suggestion, and queues the job that searches for the best plan.

    Raises InvalidInput if the node already meets the cost goal, or if its accuracy is below the accuracy goal.
    """
    nodes.require_ready_node(node, "suggestions")
    workspace.store.experiments.require_weights(node.experiment_id)
    _require_reachable_goal(node, new.goal)
    with workspace.store.transaction():
        suggestion = workspace.store.suggestions.add(node.experiment_id, node.id, new)
        job = workspace.store.jobs.add(NewJob(SuggestionJob(suggestion_id=suggestion.id), node.experiment_id, node.id))
        suggestion = workspace.store.suggestions.set_job(suggestion.id, job.id)
    workspace.runner.wake(job.queue)
    return SuggestionStarted(suggestion=suggestion, job=job)


def apply_suggested_plans(workspace: Workspace) -> None:
    """Applies the best plan of every finished search that was requested with `apply`, with the settings of its recipe.
    If a plan cannot be applied, it stays a draft, and the reason is stored.
    """
    run_for_each(
        workspace.store.suggestions.list_ready_to_apply(),
        partial(_apply_suggested_plan, workspace),
        lambda suggestion, reason: workspace.store.suggestions.store_apply_error(suggestion.id, reason),
    )


def _apply_suggested_plan(workspace: Workspace, suggestion: Suggestion) -> None:
    assert suggestion.plan_id is not None
    with workspace.store.transaction():  # of several servers on one database, only one applies the plan
        if not workspace.store.suggestions.claim_plan_to_apply(suggestion.id):
            return
        plan = workspace.store.plans.get(suggestion.plan_id)
        node = workspace.store.nodes.get(suggestion.node_id)
        recipe = recipes.recommend(workspace, node, plan, suggestion.training_seconds)
        plans.apply(workspace, plan, Application(training=TrainingChoice.from_training(recipe.training)))


def _require_reachable_goal(node: Node, goal: CostGoal | AccuracyGoal) -> None:
    if isinstance(goal, CostGoal):
        require_unmet_goal(node, goal)
    elif node.accuracy is not None and goal.accuracy > node.accuracy:
        raise InvalidInput(
            f"Node {node.number} has an accuracy of {node.accuracy:.2%}, so its pruned network can hardly reach "
            f"{goal.accuracy:.2%} without training; set a lower accuracy.",
            node_id=node.id,
        )
