"""The tables of docs/case-cifar10.md, made from the kept data alone: `python -m studies.case_table`."""

import statistics
import sys

from cnnpruner.planning.intervals import wilson
from studies import pages, records
from studies.records import AutopilotRecord, NodeRecord, StudyRecord

DATA = records.DOCS / "data" / "case-cifar10.json"
PAGE = records.DOCS / "case-cifar10.md"
LATENCY_BATCH = 32

KINDS = {"random": "random filters", "l1": "lowest L1 norm", "scratch": "from scratch"}


def blocks(study: StudyRecord) -> dict[str, str]:
    """Name → Markdown."""
    return {
        "nodes": nodes(study),
        "plans": plans(study),
        "estimates": estimates(study),
        "baselines": baselines(study),
        "controls": controls(study),
    }


def write() -> None:
    """Fill the page."""
    pages.fill(PAGE, blocks(records.read(DATA)))


def nodes(study: StudyRecord) -> str:
    """What every node of the branches is; controls have a table of their own."""
    header = ["node", "accuracy, % (95 %)", "filters", "parameters", "MACs, M", "ms a batch of 32 (IQR)", "epochs"]
    return pages.table(header, [[_title(node, study), *_measures(node)] for node in _branches(study)])


def plans(study: StudyRecord) -> str:
    """What was known before training, and what came of it."""
    header = ["node", "rule", "removed", "sensitivity, %", "instability, %", "raw, %", "re-estimated, %", "tuned, %"]
    rows = []
    for node in _branches(study):
        if (plan := node.plan) is not None:
            shares = [_percent(plan.sensitivity, 1), _percent(plan.instability, 1)]
            seen = [_percent(plan.raw), _percent(plan.recalibrated), _percent(node.accuracy)]
            rows.append([str(node.number), plan.rule, str(plan.removed), *shares, *seen])
    return pages.table(header, rows, words=2)


def estimates(study: StudyRecord) -> str:
    """Advice and outcome."""
    header = ["asked at node", "keep", "change, %", "forecast, % (80 %)", "node", "came out, %"]
    rows = []
    for one in study.estimates:
        made = None if one.outcome is None else study.node(one.outcome)
        span = "–" if one.low is None else f"{_percent(one.low, 1)}–{_percent(one.high, 1)}"
        came = ["–", "–"] if made is None else [str(made.number), _percent(made.accuracy)]
        rows.append([str(one.asked_at), str(one.keep), _percent(one.change, 1), span, *came])
    return pages.table(header, rows)


def baselines(study: StudyRecord) -> str:
    """The last good node of each way, and what it took to find it."""
    header = ["way", "last good node", "accuracy, %", "filters", "parameters left, %", "MACs left, %", "nodes tried"]
    ends = {"human": (human_end(study), [one.number for one in study.nodes if way(one) == "human"])}
    for autopilot in study.autopilots:
        name = f"{autopilot.kind.replace('_', ' with ')}, {autopilot.percent:g} % a step"
        ends[name] = (study.node(autopilot.good), autopilot.nodes)
        if autopilot.kind == "automatic_estimator":
            ends.setdefault(f"automatic, {autopilot.percent:g} % a step", _without_estimator(autopilot, study))
    rows = [[name, *_against_root(end, study.node(0)), str(len(tried))] for name, (end, tried) in ends.items()]
    return pages.table(header, rows)


def controls(study: StudyRecord) -> str:
    """Nodes of equal size beside those that a criterion chose."""
    header = ["of node", "made by", "seeds", "accuracy, %", "mean, %", "against the node, points"]
    rows = []
    for like in sorted({one.reference for one in study.nodes if one.reference is not None}):
        node = study.node(like)
        rows.append([str(like), "sensitivity (the node itself)", "1", _percent(node.accuracy), "", ""])
        for kind, name in KINDS.items():
            found = [one.accuracy for one in study.nodes if (one.reference, one.control) == (like, kind)]
            if found:
                mean = statistics.mean(found)
                each = ", ".join(_percent(one) for one in sorted(found))
                apart = f"{100 * (mean - node.accuracy):+.2f}"
                rows.append([str(like), name, str(len(found)), each, _percent(mean), apart])
    return pages.table(header, rows, words=2)


def _without_estimator(autopilot: AutopilotRecord, study: StudyRecord) -> tuple[NodeRecord, list[int]]:
    """Last good node and all nodes of the Autopilot up to its first bad one, where the plain Autopilot ends."""
    assert study.target is not None
    good = study.node(0)
    for place, number in enumerate(autopilot.nodes):
        if (node := study.node(number)).accuracy < study.target:
            return good, autopilot.nodes[: place + 1]
        good = node
    return good, autopilot.nodes


def human_end(study: StudyRecord) -> NodeRecord:
    """The smallest node of the human branch that reaches the target."""
    assert study.target is not None
    good = [one for one in study.nodes if way(one) in ("root", "human") and one.accuracy >= study.target]
    return min(good, key=lambda one: one.filters)


def way(node: NodeRecord) -> str:
    """Root, human, automatic, control, or probe: a node made only for the study of ranks."""
    if node.kind == "plan":
        return "human" if node.note.startswith("Human") else "probe"
    return node.kind


def _branches(study: StudyRecord) -> list[NodeRecord]:
    return [one for one in study.nodes if way(one) in ("root", "human", "automatic")]


def _title(node: NodeRecord, study: StudyRecord) -> str:
    if node.parent is None:
        return f"{node.number}, root"
    assert study.target is not None
    mark = "good" if node.accuracy >= study.target else "bad"
    return f"{node.number}, {way(node)}, from {node.parent}: {mark}"


def _measures(node: NodeRecord) -> list[str]:
    interval = wilson(node.correct, node.images)
    time = next((one for one in node.latency if one.batch == LATENCY_BATCH), None)
    return [
        f"{_percent(node.accuracy)} ({_percent(interval.low, 1)}–{_percent(interval.high, 1)})",
        str(node.filters),
        f"{node.parameters:,}",
        f"{node.macs / 1e6:.2f}",
        "–" if time is None else f"{time.median_ms:.1f} ({time.iqr_ms:.1f})",
        str(node.epochs),
    ]


def _against_root(end: NodeRecord, root: NodeRecord) -> list[str]:
    left = [_percent(end.parameters / root.parameters, 1), _percent(end.macs / root.macs, 1)]
    return [str(end.number), _percent(end.accuracy), str(end.filters), *left]


def _percent(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{100 * value:.{digits}f}"


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{PAGE.name} is up to date\n")
