"""Tables of the report: nodes, plans, controls, autopilots, estimates, looks at the test split."""

from collections.abc import Mapping, Sequence
from statistics import mean

from cnnpruner.domain.markup import Content, Markup, count, element, join, percent, table
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.drawing.scatter import short

LONGEST_NOTE = 600
KINDS = {"random": "random filters", "l1": "lowest L1 norm", "scratch": "trained from scratch"}
ORIGINS = {
    "trained": "trained",
    "imported": "imported",
    "plan": "by hand",
    "automatic": "autopilot",
    "control": "control",
}


def note(text: str) -> str:
    """Of a person; long ones are cut."""
    return text if len(text) <= LONGEST_NOTE else f"{text[:LONGEST_NOTE]} …"


def nodes_table(nodes: Sequence[Node]) -> Markup:
    """One row per node."""
    numbers = {node.id: node.number for node in nodes}
    head = (
        "node",
        "from",
        "made",
        "accuracy (95 %)",
        "recovered",
        "filters",
        "parameters",
        "MACs",
        "file",
        "latency",
        "note",
    )
    return table(head, [_node_row(node, numbers) for node in nodes])


def _node_row(node: Node, numbers: Mapping[int, int]) -> list[Content]:
    star = " ★" if node.starred else ""
    parent = "" if node.parent_id is None else numbers[node.parent_id]
    made = ORIGINS[node.origin] + (f", {node.epochs} epochs" if node.epochs else "")
    if node.state != "ready":
        why = f": {node.error.message}" if node.error else ""
        return [f"{node.number}{star}", parent, made, f"{node.state}{note(why)}", *[""] * 6, note(node.note)]
    recovered = {True: "yes", False: element("span", "no", class_="bad"), None: "–"}[node.recovered]
    size = "–" if node.size_bytes is None else f"{short(node.size_bytes)}B"
    cost = [count(node.filters), count(node.parameters), count(node.macs), size, latency(node)]
    return [f"{node.number}{star}", parent, made, accuracy(node), recovered, *cost, note(node.note)]


def accuracy(node: Node) -> str:
    """With its interval."""
    around = node.accuracy_interval
    return percent(node.accuracy) + (f" ({around.low:.1%}–{around.high:.1%})".replace("%", "") if around else "")


def latency(node: Node) -> str:
    """The first that was measured."""
    if not node.latency:
        return "–"
    first = node.latency[0]
    return f"{first.median_ms:.3g} ms (batch {first.batch})"


def plans_section(nodes: Sequence[Node], plans: Mapping[int, Sequence[Plan]]) -> Markup:
    """What was removed where, and why: plans that made nodes, then drafts."""
    numbers = {node.id: node.number for node in nodes}
    rows: list[Sequence[Content]] = []
    for node in nodes:
        for plan in plans.get(node.id, ()):
            made = "draft" if plan.state == "draft" else f"node {numbers.get(plan.child_id or 0, '–')}"
            rows.append([f"{node.number}, {plan.name}", made, rule(plan), _removed(plan), _foreseen(plan), _why(plan)])
    if not rows:
        return element("p", "Nothing was planned yet.", class_="soft")
    return table(("on node", "made", "rule", "removes", "preview without training", "reason and remarks"), rows)


def rule(plan: Plan) -> str:
    """In a few words."""
    chosen = plan.rule
    by = f", by {criterion}" if (criterion := getattr(chosen, "criterion", None)) else ""
    match chosen.rule:
        case "percent":
            words = f"{chosen.percent:.4g} % of the free filters"
        case "threshold":
            words = f"all below {chosen.value:.4g}"
        case "layers":
            words = f"shares of {len(chosen.shares)} layers"
        case "target":
            words = f"until {chosen.value:,.0f} {chosen.metric} are left"
        case "filters":
            words = "filters by number"
    hand = sum(map(len, chosen.kept.values())) + sum(map(len, chosen.removed.values()))
    return words + by + (f"; {hand} decided by hand" if hand else "")


def _removed(plan: Plan) -> str:
    saved = 1 - plan.cost.parameters / max(plan.now.parameters, 1)
    sensitivity = plan.shares.sensitivity
    carried = "" if sensitivity is None else f", {percent(sensitivity, 1)} of the sensitivity"
    return f"{plan.reached:,} of {plan.now.filters:,} filters, {percent(saved, 1)} of the parameters{carried}"


def _foreseen(plan: Plan) -> str:
    seen = plan.preview
    return (
        "–" if seen is None else f"{percent(seen.raw.accuracy)}; BN re-estimated {percent(seen.recalibrated.accuracy)}"
    )


def _why(plan: Plan) -> Markup:
    limits = plan.preview.broken_limits if plan.preview else []
    lines = [note(one) for one in (plan.note, *plan.notes, *limits) if one]
    return join([element("div", line) for line in lines])


def controls_section(nodes: Sequence[Node]) -> Markup:
    """Each node that has controls beside what they reached at equal size."""
    by_id = {node.id: node for node in nodes}
    groups: dict[tuple[int, str], list[float]] = {}
    for node in nodes:
        if node.control is not None and node.accuracy is not None and node.control.reference_id in by_id:
            groups.setdefault((node.control.reference_id, node.control.kind), []).append(node.accuracy)
    rows: list[Sequence[Content]] = []
    for (like, kind), found in sorted(groups.items()):
        node = by_id[like]
        ahead = "–" if node.accuracy is None else f"{(node.accuracy - mean(found)) * 100:+.2f} points"
        spread = (
            percent(found[0])
            if len(found) == 1
            else f"{percent(mean(found))} ({percent(min(found))}–{percent(max(found))})"
        )
        rows.append([node.number, percent(node.accuracy), KINDS[kind], len(found), spread, ahead])
    if not rows:
        sentence = "No controls were made: nothing here says whether the choice of filters mattered."
        return element("p", sentence, class_="soft")
    return table(
        ("node", "its accuracy", "control at equal size", "seeds", "accuracy (range)", "the node is ahead by"), rows
    )


def autopilots_section(autopilots: Sequence[Autopilot], numbers: Mapping[int, int]) -> Markup:
    """Automatic baselines."""
    rows: list[list[Content]] = [
        [
            numbers.get(autopilot.node_id, "–"),
            "equal steps" if autopilot.kind == "automatic" else "equal steps, then the estimator",
            f"{autopilot.percent:g} %",
            percent(autopilot.target_accuracy),
            ", ".join(str(numbers[one]) for one in autopilot.nodes if one in numbers) or "–",
            numbers.get(autopilot.good_id, "–"),
            f"{autopilot.state}. {autopilot.reason}",
        ]
        for autopilot in autopilots
    ]
    head = ("from node", "Autopilot", "a step", "target", "nodes made", "last good one", "how it ended")
    return table(head, rows) if rows else element("p", "No Autopilot was made.", class_="soft")


def estimates_section(estimates: Sequence[Estimate], numbers: Mapping[int, int]) -> Markup:
    """What was foretold beside what came."""
    rows: list[list[Content]] = []
    for one in estimates:
        foretold = "–" if one.forecast is None else f"{percent(one.forecast.low)}–{percent(one.forecast.high)}"
        came = "–"
        if one.outcome is not None:
            came = f"node {one.outcome.number}: {percent(one.outcome.accuracy)} with {one.outcome.filters:,} filters"
        rows.append([numbers.get(one.node_id, "–"), percent(one.target_accuracy), f"{one.keep:,}", foretold, came])
    head = ("asked at node", "target", "filters to keep", "forecast, 80 % interval", "what came")
    return table(head, rows) if rows else element("p", "The estimator was not asked.", class_="soft")


def ledger(experiment: Experiment, nodes: Sequence[Node]) -> Markup:
    """Looks at the locked test split."""
    measured = [node for node in nodes if node.test_accuracy is not None]
    if experiment.tests == 0:
        return element("p", f"The {experiment.splits.test:,} test images were never looked at.")
    last = f", the last time {experiment.tested_at:%Y-%m-%d %H:%M} UTC" if experiment.tested_at else ""
    gone = experiment.tests - len(measured)
    more = f" {gone} of these nodes were deleted since." if gone > 0 else ""
    sentence = f"The {experiment.splits.test:,} test images were looked at for {experiment.tests} nodes{last}.{more}"
    rows: list[list[Content]] = [
        [
            node.number,
            percent(node.test_accuracy),
            percent(node.accuracy),
            f"{node.test_measured_at:%Y-%m-%d %H:%M} UTC",
        ]
        for node in measured
    ]
    return join([element("p", sentence), table(("node", "test accuracy", "selection accuracy", "measured"), rows)])
