"""Tables of the report: nodes, plans, control nodes, Autopilots, estimates, measurements on the test split."""

from collections.abc import Mapping, Sequence
from statistics import mean

from cnnpruner.domain.markup import Markup, MarkupContent, concatenate, count, element, percent, plural, table
from cnnpruner.domain.plans.criteria import ScoresToKeep
from cnnpruner.domain.plans.orders import parse_criterion_and_price
from cnnpruner.domain.plans.plans import COST_NAMES, Plan
from cnnpruner.domain.plans.rules import RankingRule
from cnnpruner.domain.plans.specs import parse_criterion_spec
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.latencies import describe_latency_ratio, find_single_image_latency
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.drawing.provenance import NOT_RECORDED, describe_training, get_teacher_name
from cnnpruner.drawing.scatter import format_with_si_prefix

MAX_NOTE_LENGTH = 600
CONTROL_KIND_NAMES = {"random": "random filters", "l1": "lowest L1 norm", "scratch": "trained from scratch"}
ORIGIN_NAMES = {
    "trained": "trained",
    "imported": "imported",
    "plan": "plan",
    "automatic": "Autopilot",
    "control": "control",
}


def shorten_note(text: str) -> str:
    """Truncate a long user-supplied note."""
    return text if len(text) <= MAX_NOTE_LENGTH else f"{text[:MAX_NOTE_LENGTH]} …"


def nodes_table(nodes: Sequence[Node]) -> Markup:
    """Return a table with one row per node."""
    numbers = {node.id: node.number for node in nodes}
    head = (
        "node",
        "parent",
        "origin",
        "accuracy (95% interval)",
        "recovered",
        "filters",
        "parameters",
        "MACs",
        "size",
        "latency for one image",
        "note",
    )
    return table(head, [_node_row(node, numbers) for node in nodes])


def _node_row(node: Node, numbers: Mapping[int, int]) -> list[MarkupContent]:
    star_mark = " ★" if node.starred else ""
    parent = "" if node.parent_id is None else numbers[node.parent_id]
    origin = ORIGIN_NAMES[node.origin] + (f", {node.epochs} epochs" if node.epochs else "")
    if node.state != "ready":
        reason = shorten_note(f": {node.error.message}" if node.error else "")
        return [
            f"{node.number}{star_mark}",
            parent,
            origin,
            f"{node.state}{reason}",
            *[""] * 6,
            shorten_note(node.note),
        ]
    not_judged_text = (
        "–" if node.recovered_reason is None else element("span", "not judged", title=node.recovered_reason)
    )
    recovered = {True: "yes", False: element("span", "no", class_="bad"), None: not_judged_text}[node.recovered]
    size = "–" if node.size_bytes is None else f"{format_with_si_prefix(node.size_bytes)}B"
    cost = [count(node.filters), count(node.parameters), count(node.macs), size, format_latency(node)]
    accuracy = format_accuracy(node) + (" ⚠" if node.notices else "")
    return [f"{node.number}{star_mark}", parent, origin, accuracy, recovered, *cost, shorten_note(node.note)]


def format_accuracy(node: Node) -> str:
    """Format the accuracy of a node with its confidence interval."""
    interval = node.accuracy_interval
    return percent(node.accuracy) + (f" ({interval.low:.1%}–{interval.high:.1%})".replace("%", "") if interval else "")


def format_latency(node: Node) -> str:
    """Format a node's latency at batch size 1, and its ratio to the root's latency."""
    latency = find_single_image_latency(node.latency)
    return "–" if latency is None else f"{latency.median_ms:.3g} ms; {describe_latency_ratio(latency)}"


def plans_section(
    nodes: Sequence[Node], plans: Mapping[int, Sequence[Plan]], scores_to_keep: Mapping[str, ScoresToKeep]
) -> Markup:
    """Return a table of all plans, ordered by node, with the filters that each plan removes, and why."""
    numbers = {node.id: node.number for node in nodes}
    rows: list[Sequence[MarkupContent]] = []
    for node in nodes:
        for plan in plans.get(node.id, ()):
            result = "draft" if plan.state == "draft" else f"node {numbers.get(plan.child_id or 0, '–')}"
            name = f"{node.number}, {plan.name}"
            texts = [
                describe_rule(plan, scores_to_keep),
                _describe_removed_filters(plan, node),
                _describe_preview(plan),
                _describe_settings(plan, numbers),
            ]
            rows.append([name, result, *texts, _list_notes(plan)])
    if not rows:
        return element("p", "There are no plans yet.", class_="soft")
    head = (
        "node and plan",
        "result",
        "rule",
        "removes",
        "accuracy before training",
        "training settings",
        "reason and notes",
    )
    return table(head, rows)


def describe_rule(plan: Plan, scores_to_keep: Mapping[str, ScoresToKeep]) -> str:
    """Describe the rule of a plan in a few words. `scores_to_keep`: for each criterion, whether high or low
    scores are kept.
    """
    rule = plan.rule
    ranking_text = "" if rule.rule == "filters" else f", {describe_order(rule)}"
    floor_text = f"; every layer keeps at least {percent(rule.floor, 1)} of its filters" if rule.floor > 0 else ""
    match rule.rule:
        case "percent":
            rule_text = f"{rule.percent:.4g}% of the free (removable) filters"
        case "threshold":
            criterion = parse_criterion_and_price(rule.criterion)[0]
            keep = scores_to_keep.get(parse_criterion_spec(criterion)[0]) if rule.scope == "network" else "high"
            comparison_text = {"high": "below", "low": "above", None: "worse than"}[keep]
            value_name = "score" if rule.scope == "network" else "rank"
            rule_text = f"all free (removable) units with a {value_name} {comparison_text} {rule.value:.4g}"
        case "layers":
            rule_text = f"a given share of the free (removable) filters in each of {len(rule.shares)} layers"
        case "target":
            rule_text = f"as many filters as needed to leave at most {rule.value:,.0f} {COST_NAMES[rule.metric]}"
        case "filters":
            rule_text = "a list of filters"
    override_count = sum(map(len, rule.kept.values())) + sum(map(len, rule.removed.values()))
    return rule_text + ranking_text + floor_text + (f"; {plural(override_count, 'override')}" if override_count else "")


def describe_order(rule: RankingRule) -> str:
    """Describe how a rule ranks units: “ranked by loss_change/macs^0.5, and by obs within each layer”."""
    places = {"network": "", "group": " within each group of coupled layers", "alike": " among similar layers"}
    within_layer_text = "" if rule.within is None else f", and by {rule.within} within each layer"
    return f"ranked by {rule.criterion}{places[rule.scope]}{within_layer_text}"


def _describe_removed_filters(plan: Plan, node: Node) -> str:
    removed_share = 1 - plan.cost.parameters / max(plan.now.parameters, 1)
    sensitivity = plan.shares.sensitivity
    sensitivity_texts = [] if sensitivity is None else [f"{percent(sensitivity, 1)} of the total sensitivity"]
    free_share_text = f" ({percent(plan.reached / node.free_filters, 1)})" if node.free_filters else ""
    return ", ".join(
        [
            f"{plan.reached:,} of {count(node.free_filters)} free filters{free_share_text}",
            f"{percent(removed_share, 1)} of the parameters",
            *sensitivity_texts,
        ]
    )


def _describe_preview(plan: Plan) -> str:
    preview = plan.preview
    if preview is None:
        return "–"
    parts = [percent(preview.raw.accuracy)]
    for name, accuracy in (
        ("with BN re-estimated", preview.recalibrated),
        ("after reconstruction", preview.reconstructed),
    ):
        parts += [] if accuracy is None else [f"{name}: {percent(accuracy.accuracy)}"]
    return "; ".join(parts)


def _describe_settings(plan: Plan, numbers: Mapping[int, int]) -> str:
    """Describe the training settings with which a plan was applied. `numbers`: node numbers by node id."""
    if plan.state == "draft":
        return "–"
    return (
        NOT_RECORDED
        if plan.training is None
        else describe_training(plan.training, get_teacher_name(plan.training, numbers))
    )


def _list_notes(plan: Plan) -> Markup:
    broken_limits = plan.preview.broken_limits if plan.preview else []
    lines = [shorten_note(text) for text in (plan.note, *plan.notes, *broken_limits) if text]
    return concatenate([element("div", line) for line in lines])


def control_nodes_section(nodes: Sequence[Node]) -> Markup:
    """Return a table that compares the accuracy of nodes with the accuracy of control nodes of equal size."""
    nodes_by_id = {node.id: node for node in nodes}
    groups: dict[tuple[int, str], list[float]] = {}
    for node in nodes:
        if node.control is not None and node.accuracy is not None and node.control.reference_id in nodes_by_id:
            groups.setdefault((node.control.reference_id, node.control.kind), []).append(node.accuracy)
    rows: list[Sequence[MarkupContent]] = []
    for (reference_id, kind), accuracies in sorted(groups.items()):
        node, mean_accuracy = nodes_by_id[reference_id], mean(accuracies)
        accuracy_gain = (
            "–" if node.accuracy is None else f"{(node.accuracy - mean_accuracy) * 100:+.2f} percentage points"
        )
        accuracy_text = (
            percent(accuracies[0])
            if len(accuracies) == 1
            else f"{percent(mean_accuracy)} ({percent(min(accuracies))}–{percent(max(accuracies))})"
        )
        rows.append(
            [
                node.number,
                percent(node.accuracy),
                CONTROL_KIND_NAMES[kind],
                len(accuracies),
                accuracy_text,
                accuracy_gain,
            ]
        )
    if not rows:
        sentence = "There are no control nodes, so this report cannot show whether the choice of filters mattered."
        return element("p", sentence, class_="soft")
    head = (
        "node",
        "accuracy of the node",
        "kind of control node",
        "seeds",
        "accuracy of the control nodes (range)",
        "gain in accuracy over the control nodes",
    )
    return table(head, rows)


AUTOPILOT_DESCRIPTIONS = {
    "automatic": "removes the same share of filters in each step",
    "automatic_estimator": "removes the same share of filters in each step, then the number that the estimator advises",
    "halving": "removes half as many filters per step after each missed target",
    "schedule": "removes filters in steps that follow a cubic schedule",
}


def _describe_autopilot_goal(autopilot: Autopilot) -> str:
    goal, target = autopilot.goal, autopilot.target_accuracy
    goal_text = "" if goal is None else f"{goal.value:,.0f} {COST_NAMES[goal.metric]}"
    return ", ".join(text for text in (goal_text, "" if target is None else percent(target)) if text) or "–"


def autopilots_section(autopilots: Sequence[Autopilot], numbers: Mapping[int, int]) -> Markup:
    """Return a table with one row per Autopilot: its settings, the nodes that it created, and why it ended."""
    rows: list[list[MarkupContent]] = [
        [
            numbers.get(autopilot.node_id, "–"),
            AUTOPILOT_DESCRIPTIONS[autopilot.kind],
            f"{autopilot.steps} steps"
            if autopilot.kind == "schedule"
            else f"{autopilot.percent:g}% of the free (removable) filters",
            _describe_autopilot_goal(autopilot),
            ", ".join(str(numbers[node_id]) for node_id in autopilot.nodes if node_id in numbers) or "–",
            numbers.get(autopilot.good_id, "–"),
            f"{autopilot.state}. {autopilot.reason}",
        ]
        for autopilot in autopilots
    ]
    head = ("started at node", "Autopilot", "step", "target", "nodes created", "last good node", "state and reason")
    return table(head, rows) if rows else element("p", "No Autopilot was started.", class_="soft")


def estimates_section(estimates: Sequence[Estimate], numbers: Mapping[int, int]) -> Markup:
    """Return a table of estimates and their outcomes."""
    rows: list[list[MarkupContent]] = []
    for estimate in estimates:
        forecast, outcome = estimate.forecast, estimate.outcome
        interval = "–" if forecast is None else f"{percent(forecast.low)}–{percent(forecast.high)}"
        result = "–"
        if outcome is not None:
            result = f"node {outcome.number}: accuracy {percent(outcome.accuracy)} with {outcome.filters:,} filters"
        node, target = numbers.get(estimate.node_id, "–"), percent(estimate.target_accuracy)
        rows.append([node, target, f"{estimate.keep:,}", interval, result])
    head = ("estimate made at node", "target", "filters to keep", "forecast, 80% interval", "outcome")
    return table(head, rows) if rows else element("p", "The estimator was not used.", class_="soft")


def test_split_section(experiment: Experiment, nodes: Sequence[Node]) -> Markup:
    """Return a table of the measurements on the locked test split."""
    tested_nodes = [node for node in nodes if node.test_accuracy is not None]
    if experiment.tests == 0:
        return element("p", f"The {experiment.splits.test:,} test images have never been used.")
    last_test_text = f", most recently on {experiment.tested_at:%Y-%m-%d %H:%M} UTC" if experiment.tested_at else ""
    deleted_node_count = experiment.tests - len(tested_nodes)
    tested_count_text = "1 node" if experiment.tests == 1 else f"{experiment.tests} nodes"
    deletion_text = (
        f" {deleted_node_count} of these nodes {'has' if deleted_node_count == 1 else 'have'} been deleted since."
        if deleted_node_count > 0
        else ""
    )
    usage_text = f"The {experiment.splits.test:,} test images were used to measure {tested_count_text}"
    sentence = f"{usage_text}{last_test_text}.{deletion_text}"
    rows: list[list[MarkupContent]] = [
        [
            node.number,
            percent(node.test_accuracy),
            percent(node.accuracy),
            f"{node.test_measured_at:%Y-%m-%d %H:%M} UTC",
        ]
        for node in tested_nodes
    ]
    return concatenate(
        [element("p", sentence), table(("node", "test accuracy", "selection accuracy", "measured"), rows)]
    )
