"""The list of a tree's nodes for notebooks, which display it as a tree and convert it to a table or a figure."""

from typing import Any

from cnnpruner.client.extras import import_optional_module
from cnnpruner.domain.markup import Markup, element
from cnnpruner.domain.tree.latencies import find_single_image_latency
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.drawing.scatter import AXIS_TITLES, Metric
from cnnpruner.drawing.style import make_scoped_css
from cnnpruner.drawing.tables import nodes_table
from cnnpruner.drawing.tree import draw_tree

COLUMNS = (
    "number", "id", "parent_id", "state", "origin", "accuracy", "loss", "recovered", "filters", "parameters", "macs",
    "size_bytes", "compression", "epochs", "test_accuracy", "degraded", "improved", "starred", "note",
    "recovered_reason", "learned",
)  # fmt: skip
PROVENANCE_COLUMNS = (
    "start", "images_seen", "seconds", "device", "learning_rate", "epochs_planned", "forecast", "forecast_low",
    "forecast_high",
)  # fmt: skip
"""Columns for the training of each node and the accuracy forecast for it. Values that were not recorded are null."""

LATENCY_COLUMNS = ("latency_ms", "latency_ratio", "latency_low", "latency_high", "latency_reliability")
"""Columns for a node's latency in milliseconds, its ratio to the root's latency with the 95% interval, and whether this
ratio is precise enough to rely on.
"""


class TreeNodes(list[Node]):
    """A tree's nodes, ordered by number."""

    def node_by_number(self, number: int) -> Node:
        """Returns the node with this number. Raises LookupError if the tree has no such node."""
        for node in self:
            if node.number == number:
                return node
        raise LookupError(f"This tree has no node {number}.")

    def frame(self) -> Any:
        """Returns a pandas DataFrame indexed by node number. Accuracies range from 0 to 1; latencies are measured in
        PyTorch at batch size 1. To compare nodes, use `latency_ratio`, not `latency_ms`; the ratio is left empty if its
        measurement is too imprecise.
        """
        pandas = import_optional_module("pandas", "A table of the tree")
        rows = [node.model_dump(include=set(COLUMNS)) | _latency_cells(node) | _provenance_cells(node) for node in self]
        number_by_id = {node.id: node.number for node in self}
        frame = pandas.DataFrame(rows, columns=[*COLUMNS, *LATENCY_COLUMNS, *PROVENANCE_COLUMNS])
        frame.insert(1, "parent", [number_by_id.get(node.parent_id or 0) for node in self])
        frame["parent"] = frame["parent"].astype("Int64")
        return frame.set_index("number")

    def plot(self, metric: Metric = "macs", axes: Any = None) -> Any:
        """Plots the selection accuracy of the ready nodes against their cost. Draws on new matplotlib axes by default;
        returns the axes.
        """
        axes = axes or import_optional_module("matplotlib.pyplot", "A figure").subplots(figsize=(6, 4))[1]
        ready_nodes = [node for node in self if node.state == "ready"]
        for is_control, marker, label in ((False, "o", "pruned"), (True, "s", "control")):
            nodes = [node for node in ready_nodes if (node.origin == "control") == is_control]
            if nodes:
                costs = [getattr(node, metric) for node in nodes]
                axes.scatter(costs, [node.accuracy for node in nodes], marker=marker, label=label)
        for node in ready_nodes:
            axes.annotate(str(node.number), (getattr(node, metric), node.accuracy), (4, 4), textcoords="offset points")
        axes.set(xscale="log", xlabel=AXIS_TITLES[metric], ylabel="accuracy, selection split")
        axes.legend()
        return axes

    def _repr_html_(self) -> str:
        if not self:
            return "<p>no nodes</p>"
        style = element("style", Markup(make_scoped_css("cnnpruner")))
        return element("div", style, draw_tree(self), nodes_table(self), class_="cnnpruner")


def _provenance_cells(node: Node) -> dict[str, Any]:
    training, training_record, forecast = node.training, node.training_record, node.forecast
    return {
        "learning_rate": training.learning_rate if training else None,
        "epochs_planned": node.epochs_planned,
        "start": training_record.start if training_record else None,
        "images_seen": training_record.images_seen if training_record else None,
        "seconds": training_record.seconds if training_record else None,
        "device": training_record.device if training_record else None,
        "forecast": forecast.accuracy if forecast else None,
        "forecast_low": forecast.low if forecast else None,
        "forecast_high": forecast.high if forecast else None,
    }


def _latency_cells(node: Node) -> dict[str, Any]:
    latency = find_single_image_latency(node.latency)
    if latency is None:
        return {}
    cells: dict[str, Any] = {"latency_ms": latency.median_ms, "latency_reliability": latency.reliability}
    interval = latency.ratio_interval
    if latency.reliability == "reliable" and interval is not None:
        cells |= {"latency_ratio": latency.ratio, "latency_low": interval.low, "latency_high": interval.high}
    return cells
