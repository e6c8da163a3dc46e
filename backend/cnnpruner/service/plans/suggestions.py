"""Starts searches for the best plan of a node, and applies the plans that they found."""

import logging
from contextlib import suppress

from cnnpruner.domain.jobs import NewJob, SuggestionJob
from cnnpruner.domain.plans.goals import AccuracyGoal, CostGoal
from cnnpruner.domain.plans.plans import Application
from cnnpruner.domain.plans.suggestions import NewSuggestion, Suggestion, SuggestionStarted
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.training import TrainingChoice
from cnnpruner.errors import CNNPrunerError, InvalidInput
from cnnpruner.service.plans import plans, recipes
from cnnpruner.service.tree import nodes
from cnnpruner.service.tree.goals import require_unmet_goal
from cnnpruner.service.workspace import Workspace

log = logging.getLogger(__name__)


def suggest(workspace: Workspace, node: Node, new: NewSuggestion) -> SuggestionStarted:
    """Stores a suggestion and queues the job that searches for it.

    Raises InvalidInput if the node has already reached the goal, or is below the accuracy to hold.
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


def apply_found_plans(workspace: Workspace) -> None:
    """Applies the best plan of every search that has ended and was asked to do so, with the settings of its recipe. If
    a plan cannot be applied, it stays a draft whose note says why.
    """
    for suggestion in workspace.store.suggestions.list_awaiting_apply():
        try:
            _apply_found_plan(workspace, suggestion)
        except CNNPrunerError as error:
            _give_up(workspace, suggestion, error.message)
        except Exception:
            log.exception("The plan of suggestion %d could not be applied", suggestion.id)
            _give_up(workspace, suggestion, "An unexpected error occurred; see the server's log for details.")


def _give_up(workspace: Workspace, suggestion: Suggestion, reason: str) -> None:
    """Does not try to apply the plan again, and adds the reason to its note, if it is still a draft."""
    log.warning("The plan of suggestion %d was not applied: %s", suggestion.id, reason)
    # Somebody may have deleted the branch or applied the plan, or the disk may be full.
    with suppress(CNNPrunerError):
        workspace.store.suggestions.claim_apply(suggestion.id)  # the failed transaction has undone its own claim
        assert suggestion.plan_id is not None
        plan = workspace.store.plans.get(suggestion.plan_id)
        workspace.store.plans.change(plan.id, {"note": f"{plan.note} Not applied: {reason}".strip()}, None)


def _apply_found_plan(workspace: Workspace, suggestion: Suggestion) -> None:
    assert suggestion.plan_id is not None
    with workspace.store.transaction():  # of several servers on one database, only one applies the plan
        if not workspace.store.suggestions.claim_apply(suggestion.id):
            return
        plan = workspace.store.plans.get(suggestion.plan_id)
        node = workspace.store.nodes.get(suggestion.node_id)
        recipe = recipes.recommend(workspace, node, plan, suggestion.training_seconds)
        plans.apply(workspace, plan, Application(training=TrainingChoice(**recipe.training.model_dump())))


def _require_reachable_goal(node: Node, goal: CostGoal | AccuracyGoal) -> None:
    if isinstance(goal, CostGoal):
        require_unmet_goal(node, goal)
    elif node.accuracy is not None and goal.accuracy > node.accuracy:
        raise InvalidInput(
            f"Node {node.number} has an accuracy of {node.accuracy:.2%}, so its pruned network can hardly reach "
            f"{goal.accuracy:.2%} without training; set a lower accuracy.",
            node_id=node.id,
        )
