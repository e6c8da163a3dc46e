"""How many filters to keep for a target accuracy: asked, kept, made a plan of."""

from collections.abc import Sequence
from typing import Any, Literal

from cnnpruner.domain.plans.plans import NewPercentPlan, PercentRule, Plan
from cnnpruner.domain.tree.estimates import Estimate, Forecast, NewEstimate, TreeForecast
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import Conflict, InvalidInput
from cnnpruner.planning.forecast import NodeSize, exact_percent, forecast, forecast_curve, interpolate
from cnnpruner.service.plans import plans
from cnnpruner.service.sharing import visitors
from cnnpruner.service.tree import lineage, nodes
from cnnpruner.service.workspace import Workspace


def default_target(workspace: Workspace, node: Node) -> float:
    """The experiment's target accuracy, else the root's less the tolerance."""
    experiment = workspace.store.experiments.get(node.experiment_id)
    if experiment.target_accuracy is not None:
        return experiment.target_accuracy
    root = workspace.store.nodes.get(experiment.root_id)
    assert root.accuracy is not None
    return max(0.0, root.accuracy - experiment.tolerance)


def estimate(workspace: Workspace, node: Node, new: NewEstimate) -> Estimate:
    """Answer and keep the answer."""
    nodes.require_ready(node, "estimate")
    target = default_target(workspace, node) if new.target_accuracy is None else new.target_accuracy
    tree = workspace.store.nodes.list(node.experiment_id)
    good, bad = _pair(workspace, tree, node, new, target)
    keep, why_not = None, None
    if good is not None and bad is not None:
        keep = interpolate(_size(good), _size(bad), target)
    else:
        start = next((one for one in tree if one.id == new.bad_id), node)
        why_not = _no_pair(start, good, target)
    expected, no_forecast = _forecast(tree, target, keep)
    if keep is None and expected is None:
        raise InvalidInput(f"{why_not} {no_forecast}", node_id=node.id, target_accuracy=target)
    paired = keep is not None
    advice = keep if keep is not None else _own(expected)
    content = _advice(tree, node, good if paired else None, advice) | {
        "target_accuracy": target,
        "good_id": good.id if paired and good else None,
        "bad_id": bad.id if paired and bad else None,
        "interpolated": keep,
        "interpolation_reason": why_not,
        "forecast": expected.model_dump(mode="json") if expected else None,
        "forecast_reason": no_forecast,
    }
    return workspace.store.estimates.add(node.experiment_id, node.id, content)


def _own(expected: Forecast | None) -> int:
    assert expected is not None and expected.keep is not None
    return expected.keep


def _pair(workspace: Workspace, tree: Sequence[Node], node: Node, new: NewEstimate, target: float) -> lineage.Pair:
    chosen = {name: _member(workspace, tree, getattr(new, name)) for name in ("good_id", "bad_id")}
    good, bad = chosen["good_id"], chosen["bad_id"]
    if good is not None and bad is None:
        _require_side(good, "good", target)
        return good, lineage.default_pair(tree, good, target)[1] if lineage.is_good(node, target) else node
    if bad is not None and good is None:
        _require_side(bad, "bad", target)
        return lineage.default_pair(tree, bad, target)[0], bad
    return (good, bad) if good is not None else lineage.default_pair(tree, node, target)


def _require_side(chosen: Node, side: Literal["good", "bad"], target: float) -> None:
    """A node that is named alone must stand on its side of the target, else it would be its own partner."""
    if lineage.is_good(chosen, target) != (side == "good"):
        lies = "below" if side == "good" else "not below"
        raise InvalidInput(
            f"Node {chosen.number} is {lies} the target {target:.2%} with {chosen.accuracy:.2%}; "
            f"choose another {side} node or target.",
            node_id=chosen.id,
        )


def _member(workspace: Workspace, tree: Sequence[Node], node_id: int | None) -> Node | None:
    if node_id is None:
        return None
    found = visitors.find_node(workspace, node_id)
    if found.experiment_id != tree[0].experiment_id:
        raise InvalidInput(
            f"Node {found.id} belongs to another experiment; choose nodes of this tree.", node_id=found.id
        )
    nodes.require_ready(found, "accuracy")
    return found


def _no_pair(node: Node, good: Node | None, target: float) -> str:
    """`node` is where the search for a good one began."""
    if good is None:
        return f"No node above node {node.number} reaches {target:.2%}; set a lower target or choose a good node."
    return f"No node below node {good.number} is under {target:.2%} yet; prune on, or choose a bad node."


def forecast_tree(workspace: Workspace, experiment_id: int) -> TreeForecast:
    """What the tree as it stands lets expect of its next nodes."""
    tree = workspace.store.nodes.list(experiment_id)
    sizes = _finished(tree)
    return forecast_curve(sizes, sizes[0].filters if sizes else 0)


def _finished(tree: Sequence[Node]) -> list[NodeSize]:
    """The root first; controls are no cuts that anybody would make."""
    return [_size(node) for node in tree if node.state == "ready" and node.origin != "control"]


def _forecast(tree: Sequence[Node], target: float, keep: int | None) -> tuple[Forecast | None, str | None]:
    try:
        return forecast(_finished(tree), _size(tree[0]).filters, target, keep), None
    except InvalidInput as none:
        return None, none.message


def _size(node: Node) -> NodeSize:
    assert node.filters is not None and node.correct is not None
    return NodeSize(node.filters, node.correct, node.images)


def _advice(tree: Sequence[Node], node: Node, good: Node | None, keep: int) -> dict[str, Any]:
    """What to cut: the node itself if it has `keep` filters or more, else the good one, else the next that has."""
    candidates = [node, *([good] if good else []), *lineage.ancestors(tree, node)]
    source = next((one for one in candidates if _size(one).filters >= keep), good or node)
    filters, free = _size(source).filters, source.free_filters or 0
    remove = max(0, filters - keep)
    if remove > free:
        raise InvalidInput(
            f"To keep {keep} filters {remove} of node {source.number} would go, and only {free} are free; "
            "set a higher target.",
            node_id=source.id,
        )
    percent = exact_percent(remove, free)
    return {"from_id": source.id, "keep": keep, "remove": remove, "percent": percent, "change": remove / filters}


def plan(workspace: Workspace, found: Estimate) -> Plan:
    """The draft that removes what the estimate says; asked again, the same one while nobody has edited it.

    Its outcome stays that of the plan that was applied as advised, whatever else is drafted from it later.
    """
    if found.remove == 0:
        raise Conflict("This estimate advises to remove nothing; there is no plan to make.", estimate_id=found.id)
    source = workspace.store.nodes.get(found.from_id)
    note = f"Estimate {found.id}: keep {found.keep} filters for {found.target_accuracy:.2%}."
    new = NewPercentPlan(percent=found.percent, note=note)
    with workspace.store.transaction():  # two clicks at once make one draft
        found = workspace.store.estimates.get(found.id)
        advised = [one for one in workspace.store.plans.list(source.id) if _is_advised(one, found, note)]
        draft = next((one for one in advised if one.state == "draft"), None) or plans.draft(workspace, source, new)
        if found.plan_id not in [one.id for one in advised]:
            workspace.store.estimates.set_plan(found.id, draft.id)
    return draft


def _is_advised(one: Plan, found: Estimate, note: str) -> bool:
    """Made from the estimate, and its rule is still the one that it advises."""
    is_own = one.id == found.plan_id or one.note == note
    return is_own and one.rule == PercentRule(percent=found.percent)
