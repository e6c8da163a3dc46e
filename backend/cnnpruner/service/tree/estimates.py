"""Estimates how many filters to keep for a target accuracy, and drafts plans from the estimates."""

from collections.abc import Sequence
from typing import Any, Literal

from cnnpruner.domain.plans.orders import Order
from cnnpruner.domain.plans.plans import NewPercentPlan, Plan
from cnnpruner.domain.plans.rules import PercentRule
from cnnpruner.domain.tree.estimates import Estimate, Forecast, NewEstimate
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import Conflict, InvalidInput
from cnnpruner.planning.forecast import interpolate_filter_count, percent_to_remove
from cnnpruner.service.plans import plans
from cnnpruner.service.sharing import visitors
from cnnpruner.service.tree import lineage, nodes
from cnnpruner.service.tree.forecasts import forecast_filters_to_keep, size
from cnnpruner.service.workspace import Workspace


def default_target(workspace: Workspace, node: Node) -> float:
    """Returns the experiment's target accuracy or, without one, the root's accuracy minus the tolerance.

    Raises Conflict if there is no target and the root learned nothing.
    """
    experiment = workspace.store.experiments.get(node.experiment_id)
    if experiment.target_accuracy is not None:
        return experiment.target_accuracy
    root = workspace.store.nodes.get(experiment.root_id)
    assert root.accuracy is not None
    if root.learned is False:
        message = (
            f"The root learned nothing, so its accuracy of {root.accuracy:.2%} cannot be the target; set a target "
            "accuracy."
        )
        raise Conflict(message, node_id=root.id)
    return max(0.0, root.accuracy - experiment.tolerance)


def estimate(workspace: Workspace, node: Node, new: NewEstimate) -> Estimate:
    """Estimates how many filters to keep for the target, by interpolation and by a forecast, and stores the estimate.
    Raises InvalidInput if neither interpolation nor a forecast is possible.
    """
    nodes.require_ready_node(node, "estimate")
    target = default_target(workspace, node) if new.target_accuracy is None else new.target_accuracy
    tree = workspace.store.nodes.list(node.experiment_id)
    good, bad = _choose_good_and_bad_nodes(workspace, tree, node, new, target)
    keep, missing_interpolation_reason = None, None
    if good is not None and bad is not None:
        keep = interpolate_filter_count(size(good), size(bad), target)
    else:
        start_node = next((candidate for candidate in tree if candidate.id == new.bad_id), node)
        missing_interpolation_reason = _explain_missing_interpolation(start_node, good, target)
    tree_forecast, missing_forecast_reason = forecast_filters_to_keep(tree, target, keep)
    if keep is None and tree_forecast is None:
        raise InvalidInput(
            f"{missing_interpolation_reason} {missing_forecast_reason}", node_id=node.id, target_accuracy=target
        )
    is_interpolated = keep is not None
    filters_to_keep = keep if keep is not None else _get_forecast_filter_count(tree_forecast)
    content = _advise_removal(tree, node, good if is_interpolated else None, filters_to_keep) | {
        "target_accuracy": target,
        "good_id": good.id if is_interpolated and good else None,
        "bad_id": bad.id if is_interpolated and bad else None,
        "interpolated": keep,
        "interpolation_reason": missing_interpolation_reason,
        "forecast": tree_forecast.model_dump(mode="json") if tree_forecast else None,
        "forecast_reason": missing_forecast_reason,
    }
    return workspace.store.estimates.add(node.experiment_id, node.id, content)


def _get_forecast_filter_count(tree_forecast: Forecast | None) -> int:
    assert tree_forecast is not None and tree_forecast.keep is not None
    return tree_forecast.keep


def _choose_good_and_bad_nodes(
    workspace: Workspace, tree: Sequence[Node], node: Node, new: NewEstimate, target: float
) -> lineage.GoodAndBadNodes:
    good, bad = (_find_node(workspace, tree, node_id) for node_id in (new.good_id, new.bad_id))
    if good is not None and bad is None:
        _require_correct_side_of_target(good, "good", target)
        return good, lineage.find_good_and_bad_nodes(tree, good, target)[1] if lineage.reaches_target(
            node, target
        ) else node
    if bad is not None and good is None:
        _require_correct_side_of_target(bad, "bad", target)
        return lineage.find_good_and_bad_nodes(tree, bad, target)[0], bad
    return (good, bad) if good is not None else lineage.find_good_and_bad_nodes(tree, node, target)


def _require_correct_side_of_target(node: Node, side: Literal["good", "bad"], target: float) -> None:
    """Raises InvalidInput if only one node of a pair was given and this node is on the wrong side of the target. The
    search for the other node starts at the given node, so it would go in the wrong direction.
    """
    if lineage.reaches_target(node, target) == (side == "good"):
        return
    if side == "good":
        problem = lineage.describe_missed_target(node, target)
    else:
        problem = (
            f"Node {node.number} has an accuracy of {node.accuracy:.2%}, which is not below the target of {target:.2%}"
        )
    raise InvalidInput(f"{problem}; choose another {side} node or target.", node_id=node.id)


def _find_node(workspace: Workspace, tree: Sequence[Node], node_id: int | None) -> Node | None:
    if node_id is None:
        return None
    node = visitors.find_node(workspace, node_id)
    if node.experiment_id != tree[0].experiment_id:
        message = f"Node {node.id} belongs to another experiment; choose nodes of this tree."
        raise InvalidInput(message, node_id=node.id)
    nodes.require_ready_node(node, "accuracy")
    return node


def _explain_missing_interpolation(node: Node, good: Node | None, target: float) -> str:
    """Returns a sentence that explains why there is no pair of nodes for the estimate.

    `node`: the node from which the search started.
    """
    if good is None:
        return (
            f"No ancestor of node {node.number} reaches an accuracy of {target:.2%}; set a lower target, or choose a "
            "node elsewhere in the tree that reaches the target."
        )
    return (
        f"No descendant of node {good.number} has an accuracy below {target:.2%} yet; prune further, or choose a node "
        "elsewhere in the tree that misses the target."
    )


def _advise_removal(tree: Sequence[Node], node: Node, good: Node | None, keep: int) -> dict[str, Any]:
    """Returns which node to prune and how many filters to remove from it. `node`, `good` and the ancestors of `node`
    are tried in this order; the first one with at least `keep` filters is pruned.
    """
    candidates = [node, *([good] if good else []), *lineage.ancestors(tree, node)]
    node_to_prune = next((candidate for candidate in candidates if size(candidate).filters >= keep), good or node)
    filters, free = size(node_to_prune).filters, node_to_prune.free_filters or 0
    remove = max(0, filters - keep)
    if remove > free:
        raise InvalidInput(
            f"Keeping {keep} filters means removing {remove} filters from node {node_to_prune.number}, but only {free} "
            "of its filters can be removed; set a higher target.",
            node_id=node_to_prune.id,
        )
    percent = percent_to_remove(remove, free)
    return {"from_id": node_to_prune.id, "keep": keep, "remove": remove, "percent": percent, "change": remove / filters}


def draft_plan(workspace: Workspace, estimate: Estimate, order: Order | None = None) -> Plan:
    """Drafts the plan that the estimate advises, which ranks units in the paper's order unless `order` is given.
    Repeated calls return the same draft until it is edited.

    Once a plan has been applied as advised, the estimate's outcome comes from this plan, even if other plans are
    drafted later.
    """
    if estimate.remove == 0:
        raise Conflict("This estimate advises removing nothing, so there is nothing to plan.", estimate_id=estimate.id)
    node_to_prune = workspace.store.nodes.get(estimate.from_id)
    note = f"Estimate {estimate.id}: keep {estimate.keep} filters to reach {estimate.target_accuracy:.2%}."
    order_fields = (order or Order()).model_dump()
    new = NewPercentPlan(percent=estimate.percent, note=note, **order_fields)
    with workspace.store.transaction():  # simultaneous clicks make only one draft
        estimate = workspace.store.estimates.get(estimate.id)
        advised_plans = [
            plan for plan in workspace.store.plans.list(node_to_prune.id) if _has_advised_rule(plan, estimate, new)
        ]
        draft = next((plan for plan in advised_plans if plan.state == "draft"), None) or plans.draft(
            workspace, node_to_prune, new
        )
        if estimate.plan_id not in [plan.id for plan in advised_plans]:
            workspace.store.estimates.set_plan(estimate.id, draft.id)
    return draft


def _has_advised_rule(plan: Plan, estimate: Estimate, new: NewPercentPlan) -> bool:
    """Returns whether the plan was made from the estimate and still has the advised rule."""
    is_from_estimate = plan.id == estimate.plan_id or plan.note == new.note
    rule = PercentRule.model_validate(new.model_dump(exclude={"name", "note"}))
    return is_from_estimate and plan.rule == rule
