"""Compares the cost of a node with a cost goal."""

from cnnpruner.domain.plans.goals import CostGoal
from cnnpruner.domain.plans.plans import COST_NAMES
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import InvalidInput


def cost_in_goal_metric(node: Node, goal: CostGoal) -> int:
    """Returns a ready node's cost in the metric that the goal limits."""
    cost = getattr(node, goal.metric)
    assert isinstance(cost, int)  # the node is ready
    return cost


def require_unmet_goal(node: Node, goal: CostGoal) -> None:
    """Raises InvalidInput if the node already meets the goal."""
    cost = cost_in_goal_metric(node, goal)
    if cost <= goal.value:
        name = COST_NAMES[goal.metric]
        message = f"Node {node.number} has {cost:,} {name}, which already meets the goal of {goal.value:,.0f}"
        raise InvalidInput(f"{message}; set a lower goal.", node_id=node.id)
