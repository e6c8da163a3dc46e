"""Starts searches for the best plan of a node."""

from cnnpruner.domain.jobs import NewJob, SuggestionJob
from cnnpruner.domain.plans.plans import COST_NAMES
from cnnpruner.domain.plans.suggestions import NewSuggestion, SuggestionStarted
from cnnpruner.domain.tree.autopilots import AccuracyGoal
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import InvalidInput
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace


def suggest(workspace: Workspace, node: Node, new: NewSuggestion) -> SuggestionStarted:
    """Stores a suggestion and queues the job that searches for it.

    Raises InvalidInput if the node has already reached the goal, or is below the accuracy to hold.
    """
    nodes.require_ready_node(node, "suggestions")
    workspace.store.experiments.require_weights(node.experiment_id)
    _require_open_goal(node, new)
    with workspace.store.transaction():
        suggestion = workspace.store.suggestions.add(node.experiment_id, node.id, new)
        job = workspace.store.jobs.add(NewJob(SuggestionJob(suggestion_id=suggestion.id), node.experiment_id, node.id))
        suggestion = workspace.store.suggestions.set_job(suggestion.id, job.id)
    workspace.runner.wake(job.queue)
    return SuggestionStarted(suggestion=suggestion, job=job)


def _require_open_goal(node: Node, new: NewSuggestion) -> None:
    goal = new.goal
    if isinstance(goal, AccuracyGoal):
        assert node.accuracy is not None
        if goal.accuracy > node.accuracy:
            raise InvalidInput(
                f"Node {node.number} has an accuracy of {node.accuracy:.2%}, so its pruned network can hardly reach "
                f"{goal.accuracy:.2%} without training; set a lower accuracy.",
                node_id=node.id,
            )
        return
    cost = float(getattr(node, goal.metric))
    if goal.value >= cost:
        raise InvalidInput(
            f"Node {node.number} has {cost:.0f} {COST_NAMES[goal.metric]}, so nothing needs to be removed; set a goal "
            "below that.",
            node_id=node.id,
        )
