"""Forecasts the accuracy of nodes from the finished nodes of their tree."""

from collections.abc import Sequence

from cnnpruner.domain.tree.estimates import Forecast, TreeForecast
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.provenance import AppliedForecast
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.forecast import SizeAndAccuracy, forecast, forecast_curve, forecast_node
from cnnpruner.service.workspace import Workspace


def forecast_tree(workspace: Workspace, experiment_id: int) -> TreeForecast:
    """Forecasts the accuracy of further nodes of the tree after their training, as a function of their number of
    filters.
    """
    tree = workspace.store.nodes.list(experiment_id)
    result = forecast_curve(_sizes_of_finished_nodes(tree), _count_root_filters(tree))
    return (
        result
        if result.reason is None
        else result.model_copy(update={"reason": _explain_missing_forecast(tree, result.reason)})
    )


def forecast_filters_to_keep(
    tree: Sequence[Node], target: float, keep: int | None
) -> tuple[Forecast | None, str | None]:
    """Returns the forecast of how many filters to keep for the target, or None and the reason why there is no
    forecast.
    """
    try:
        return forecast(_sizes_of_finished_nodes(tree), _count_root_filters(tree), target, keep), None
    except InvalidInput as error:
        return None, _explain_missing_forecast(tree, error.message)


def forecast_child(workspace: Workspace, parent: Node, filters: int) -> tuple[AppliedForecast | None, str | None]:
    """Returns the accuracy forecast for a child of `parent` that will have `filters` filters, or None and the reason
    why there is no forecast.
    """
    tree = workspace.store.nodes.list(parent.experiment_id)
    try:
        return forecast_node(_sizes_of_finished_nodes(tree), _count_root_filters(tree), filters), None
    except InvalidInput as error:
        return None, _explain_missing_forecast(tree, error.message)


def size(node: Node) -> SizeAndAccuracy:
    """Returns the size and the accuracy of a ready node."""
    assert node.filters is not None and node.correct is not None
    return SizeAndAccuracy(node.filters, node.correct, node.images)


def _sizes_of_finished_nodes(tree: Sequence[Node]) -> list[SizeAndAccuracy]:
    """Returns the sizes and accuracies of the finished nodes to which a forecast is fitted.

    Controls are excluded, because they were not pruned by scores. If the root learned nothing, all nodes that learned
    nothing are excluded, because their accuracies do not depend on their sizes.
    """
    return [
        size(node)
        for node in tree
        if node.state == "ready"
        and node.origin != "control"
        and not (_root_learned_nothing(tree) and node.learned is False)
    ]


def _root_learned_nothing(tree: Sequence[Node]) -> bool:
    """Returns whether the root learned nothing."""
    return bool(tree) and tree[0].learned is False


def _count_root_filters(tree: Sequence[Node]) -> int:
    return (tree[0].filters or 0) if tree else 0


def _explain_missing_forecast(tree: Sequence[Node], reason: str) -> str:
    return (
        f"Nodes that learned nothing, such as the root, are not used for the forecast. {reason}"
        if _root_learned_nothing(tree)
        else reason
    )
