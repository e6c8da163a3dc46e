"""Starts searches for the best plan of a node."""

from cnnpruner.domain.jobs import NewJob, SuggestionJob
from cnnpruner.domain.plans.goals import AccuracyGoal, CostGoal
from cnnpruner.domain.plans.suggestions import NewSuggestion, SuggestionStarted
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import InvalidInput
from cnnpruner.service.tree import nodes
from cnnpruner.service.tree.goals import require_unmet_goal
from cnnpruner.service.workspace import Workspace


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


def _require_reachable_goal(node: Node, goal: CostGoal | AccuracyGoal) -> None:
    if isinstance(goal, CostGoal):
        require_unmet_goal(node, goal)
    elif node.accuracy is not None and goal.accuracy > node.accuracy:
        raise InvalidInput(
            f"Node {node.number} has an accuracy of {node.accuracy:.2%}, so its pruned network can hardly reach "
            f"{goal.accuracy:.2%} without training; set a lower accuracy.",
            node_id=node.id,
        )
