"""The tables in docs/case-cifar10.md, made from the stored data: `python -m studies.case_table`."""

import statistics
import sys

from cnnpruner.planning.intervals import wilson_interval
from studies import pages, records
from studies.records import AutopilotRecord, NodeRecord, StudyRecord, Timing

DATA = records.DOCS / "data" / "case-cifar10.json"
PAGE = records.DOCS / "case-cifar10.md"
LATENCY_BATCH = 32

CONTROL_KINDS = {"random": "random filters", "l1": "lowest L1 norm", "scratch": "from scratch"}


def make_tables(study: StudyRecord) -> dict[str, str]:
    """Return Markdown by the name of its block in the page."""
    return {
        "nodes": nodes_table(study),
        "plans": plans_table(study),
        "estimates": estimates_table(study),
        "baselines": baselines_table(study),
        "controls": controls_table(study),
    }


def write() -> None:
    """Update the tables in the page."""
    pages.update(PAGE, make_tables(records.read(DATA)))


def nodes_table(study: StudyRecord) -> str:
    """Return a table of all nodes but controls, which have their own."""
    header = [
        "node",
        "accuracy, % (95%)",
        "filters",
        "parameters",
        "MACs, M",
        "latency at batch 32, × root (95%)",
        "epochs",
    ]
    return pages.table(header, [[_title(node, study), *_metrics(node)] for node in _branches(study)])


def plans_table(study: StudyRecord) -> str:
    """Return a table of plans: what was known before training, and the result."""
    header = ["node", "rule", "removed", "sensitivity, %", "instability, %", "raw, %", "re-estimated, %", "tuned, %"]
    rows = []
    for node in _branches(study):
        if (plan := node.plan) is not None:
            shares = [_percent(plan.sensitivity, 1), _percent(plan.instability, 1)]
            accuracies = [_percent(plan.raw), _percent(plan.recalibrated), _percent(node.accuracy)]
            rows.append([str(node.number), plan.rule, str(plan.removed), *shares, *accuracies])
    return pages.table(header, rows, text_columns=2)


def estimates_table(study: StudyRecord) -> str:
    """Return a table of estimates and their outcomes."""
    header = ["estimated at node", "keep", "change, %", "forecast, % (80%)", "resulting node", "its accuracy, %"]
    rows = []
    for estimate in study.estimates:
        outcome = None if estimate.outcome is None else study.node(estimate.outcome)
        interval = "–" if estimate.low is None else f"{_percent(estimate.low, 1)}–{_percent(estimate.high, 1)}"
        result = ["–", "–"] if outcome is None else [str(outcome.number), _percent(outcome.accuracy)]
        rows.append([str(estimate.node), str(estimate.keep), _percent(estimate.change, 1), interval, *result])
    return pages.table(header, rows)


def baselines_table(study: StudyRecord) -> str:
    """Return a table of the last good node of each method, and the number of nodes it took to find it."""
    header = ["method", "last good node", "accuracy, %", "filters", "parameters left, %", "MACs left, %", "nodes tried"]
    ends = {"human": (human_end(study), [node.number for node in study.nodes if method_of(node) == "human"])}
    for autopilot in study.autopilots:
        name = f"{autopilot.kind.replace('_', ' with ')}, {autopilot.percent:g}% per step"
        ends[name] = (study.node(autopilot.good), autopilot.nodes)
        if autopilot.kind == "automatic_estimator":
            ends.setdefault(f"automatic, {autopilot.percent:g}% per step", _without_estimator(autopilot, study))
    rows = [[name, *_compare_with_root(end, study.node(0)), str(len(tried))] for name, (end, tried) in ends.items()]
    return pages.table(header, rows)


def controls_table(study: StudyRecord) -> str:
    """Return a table that compares nodes with their controls of equal size."""
    header = ["of node", "selected by", "seeds", "accuracy, %", "mean, %", "difference to the node, points"]
    rows = []
    for number in sorted({node.reference for node in study.nodes if node.reference is not None}):
        reference = study.node(number)
        rows.append([str(number), "sensitivity (the node itself)", "1", _percent(reference.accuracy), "", ""])
        for kind, name in CONTROL_KINDS.items():
            accuracies = [node.accuracy for node in study.nodes if (node.reference, node.control) == (number, kind)]
            if accuracies:
                mean = statistics.mean(accuracies)
                listed = ", ".join(_percent(accuracy) for accuracy in sorted(accuracies))
                difference = f"{100 * (mean - reference.accuracy):+.2f}"
                rows.append([str(number), name, str(len(accuracies)), listed, _percent(mean), difference])
    return pages.table(header, rows, text_columns=2)


def _without_estimator(autopilot: AutopilotRecord, study: StudyRecord) -> tuple[NodeRecord, list[int]]:
    """Return last good node and all nodes of the Autopilot up to its first bad one, where the plain Autopilot ends."""
    assert study.target is not None
    good = study.node(0)
    for index, number in enumerate(autopilot.nodes):
        if (node := study.node(number)).accuracy < study.target:
            return good, autopilot.nodes[: index + 1]
        good = node
    return good, autopilot.nodes


def human_end(study: StudyRecord) -> NodeRecord:
    """Return the smallest node of the human branch that reaches the target."""
    assert study.target is not None
    branch = [node for node in study.nodes if method_of(node) in ("root", "human")]
    return min((node for node in branch if node.accuracy >= study.target), key=lambda node: node.filters)


def method_of(node: NodeRecord) -> str:
    """Return root, human, automatic, control, or probe: a node made only for the study of ranks."""
    if node.kind == "plan":
        return "human" if node.note.startswith("Human") else "probe"
    return node.kind


def _branches(study: StudyRecord) -> list[NodeRecord]:
    return [node for node in study.nodes if method_of(node) in ("root", "human", "automatic")]


def _title(node: NodeRecord, study: StudyRecord) -> str:
    if node.parent is None:
        return f"{node.number}, root"
    assert study.target is not None
    verdict = "good" if node.accuracy >= study.target else "bad"
    return f"{node.number}, {method_of(node)}, from {node.parent}: {verdict}"


def _metrics(node: NodeRecord) -> list[str]:
    interval = wilson_interval(node.correct, node.images)
    timing = next((timing for timing in node.latency if timing.batch == LATENCY_BATCH), None)
    return [
        f"{_percent(node.accuracy)} ({_percent(interval.low, 1)}–{_percent(interval.high, 1)})",
        str(node.filters),
        f"{node.parameters:,}",
        f"{node.macs / 1e6:.2f}",
        "–" if timing is None else _ratio_to_root(timing),
        str(node.epochs),
    ]


def _ratio_to_root(timing: Timing) -> str:
    """Return the ratio, or why there is none: milliseconds of two runs cannot be compared."""
    if timing.ratio is None or timing.interval is None:
        return "not compared" if timing.reliability == "unpaired" else "unreliable"
    low, high = timing.interval
    return f"{timing.ratio:.2f} ({low:.2f}–{high:.2f})"


def _compare_with_root(end: NodeRecord, root: NodeRecord) -> list[str]:
    remaining = [_percent(end.parameters / root.parameters, 1), _percent(end.macs / root.macs, 1)]
    return [str(end.number), _percent(end.accuracy), str(end.filters), *remaining]


def _percent(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{100 * value:.{digits}f}"


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{PAGE.name} is up to date\n")
