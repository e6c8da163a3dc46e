"""The report of a tree: one self-contained HTML page, without scripts or external files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cnnpruner.domain.markup import Markup, MarkupContent, concatenate, count, element, percent
from cnnpruner.domain.plans.criteria import ScoresToKeep
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.suggestions import Suggestion
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.drawing import provenance, tables
from cnnpruner.drawing.scatter import draw_scatter
from cnnpruner.drawing.style import REPORT_CSS
from cnnpruner.drawing.suggestions import suggestions_section
from cnnpruner.drawing.tree import draw_tree

MAX_SHOWN_NODES = 1000
"""Maximum number of nodes shown; any others are omitted, so that the page stays small enough to send by email."""


@dataclass(frozen=True)
class TreeReport:
    """The data that a report shows."""

    experiment: Experiment
    nodes: Sequence[Node]
    plans: Mapping[int, Sequence[Plan]]
    """The plans of each node, by node id."""
    estimates: Sequence[Estimate]
    autopilots: Sequence[Autopilot]
    suggestions: Sequence[Suggestion]
    versions: Mapping[str, str]
    made_at: datetime
    scores_to_keep: Mapping[str, ScoresToKeep]
    """For each known criterion, by name: whether filters with high or low scores are kept."""


def render_report(report: TreeReport) -> str:
    """Return the HTML page. User-supplied text is escaped."""
    title = f"{report.experiment.name}: pruning report"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content="default-src 'none'; style-src 'unsafe-inline'"),
        element("title", title),
        element("style", Markup(REPORT_CSS)),
    )
    return "<!doctype html>\n" + element("html", head, element("body", *_report_body(report)), lang="en")


def _report_body(report: TreeReport) -> list[Markup]:
    experiment, nodes = report.experiment, report.nodes[:MAX_SHOWN_NODES]
    numbers = {node.id: node.number for node in nodes}
    target = experiment.target_accuracy
    scatter_plots = [element("figure", draw_scatter(nodes, metric, target)) for metric in ("macs", "parameters")]
    plans_table = tables.plans_section(nodes, report.plans, report.scores_to_keep)
    return [
        _report_header(report),
        *_titled_section("Pruning tree", element("div", draw_tree(nodes), class_="wide"), _tree_legend(report)),
        *_titled_section("Accuracy against cost", element("div", *scatter_plots, class_="pair")),
        *_titled_section(
            "Nodes", provenance.notices_section(nodes), element("div", tables.nodes_table(nodes), class_="wide")
        ),
        *_titled_section("Training of the nodes", element("div", provenance.training_section(nodes), class_="wide")),
        *_titled_section("Plans and reasons", element("div", plans_table, class_="wide")),
        *_titled_section(
            "Control nodes and Autopilots",
            tables.control_nodes_section(nodes),
            tables.autopilots_section(report.autopilots, numbers),
        ),
        *_titled_section("Suggested plans", suggestions_section(report.suggestions, numbers, report.plans)),
        *_titled_section("Estimates", tables.estimates_section(report.estimates, numbers)),
        *_titled_section("Measurements on the test split", tables.test_split_section(experiment, nodes)),
        *_titled_section("Software versions", _description_list([*report.versions.items()])),
    ]


def _titled_section(title: str, *content: MarkupContent) -> list[Markup]:
    return [element("h2", title), *(concatenate([item]) for item in content)]


def _description_list(pairs: Sequence[tuple[str, MarkupContent]]) -> Markup:
    return element("dl", *(concatenate([element("dt", name), element("dd", value)]) for name, value in pairs))


def _report_header(report: TreeReport) -> Markup:
    experiment = report.experiment
    created_text = (
        f"Report created {report.made_at:%Y-%m-%d %H:%M} UTC. Accuracies are measured on the selection split, which "
        "was also used for all pruning decisions."
    )
    lines = (element("p", text, class_="soft") for text in (created_text, *experiment.notices))
    summary = element("p", _summarise_result(report))
    return element("header", element("h1", experiment.name), summary, _experiment_settings(experiment), *lines)


def _experiment_settings(experiment: Experiment) -> Markup:
    data, splits, image_edge = experiment.data, experiment.splits, experiment.image_size
    path = f" ({data.path})" if data.path else ""
    pixels = f"{experiment.channels} × {image_edge} × {image_edge} pixels"
    counts = (
        f"{count(splits.train)} training images, {count(splits.selection)} selection images, "
        f"{count(splits.test)} test images"
    )
    tolerance = percent(experiment.tolerance)
    options = "".join(f", {name} {value}" for name, value in experiment.network.options.items())
    return _description_list(
        [
            ("Data", f"{data.kind}{path}, {len(experiment.classes)} classes, {pixels}"),
            ("Splits", f"{counts}. {splits.rule}"),
            ("Network", f"{experiment.network.name}{options}, seed {experiment.seed}"),
            (
                "Tolerance",
                f"a node counts as recovered if its accuracy is at most {tolerance} below its parent's",
            ),
            ("Target accuracy", percent(experiment.target_accuracy)),
        ]
    )


def _summarise_result(report: TreeReport) -> str:
    """Return a sentence about the smallest node that reaches the accuracy target."""
    ready_nodes = [node for node in report.nodes if node.state == "ready" and node.accuracy is not None]
    if not ready_nodes:
        return "No node is ready yet."
    root = ready_nodes[0]
    target = report.experiment.target_accuracy
    if target is None and root.learned is False:
        return (
            "The root learned nothing and the experiment has no target accuracy, so no accuracy counts as good enough."
        )
    min_accuracy = target if target is not None else (root.accuracy or 0) - report.experiment.tolerance
    nodes_at_target = [
        node
        for node in ready_nodes
        if (node.accuracy or 0) >= min_accuracy and node.parameters and node.learned is not False
    ]
    if not nodes_at_target:
        return f"None of the {len(ready_nodes)} nodes reaches an accuracy of {percent(min_accuracy)}."
    smallest_node = min(nodes_at_target, key=lambda node: (node.parameters or 0, node.number))
    min_accuracy_text = "the target" if target is not None else "the root's accuracy minus the tolerance"
    return (
        f"Of {len(ready_nodes)} nodes, the smallest with an accuracy of at least {percent(min_accuracy)} "
        f"({min_accuracy_text}) is node {smallest_node.number}: it has an accuracy of "
        f"{percent(smallest_node.accuracy)}, {count(smallest_node.parameters)} parameters "
        f"({percent(smallest_node.compression, 1)} fewer than the root) and {count(smallest_node.macs)} MACs."
    )


def _tree_legend(report: TreeReport) -> Markup:
    hidden_node_count = len(report.nodes) - MAX_SHOWN_NODES
    omitted_text = f" {hidden_node_count} later nodes are not shown." if hidden_node_count > 0 else ""
    return element(
        "p",
        "Next to each node: its accuracy, and the change in its number of parameters compared with the root. Solid "
        "edge: recovered, that is, at most the tolerance less accurate than its parent; dashed: not recovered; long "
        "dashes: not judged, because the parent learned nothing; dotted: not finished. In the charts, squares are "
        "control nodes." + omitted_text,
        class_="soft",
    )
