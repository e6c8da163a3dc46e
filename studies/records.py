"""The stored results of a study: plain values from which the tables, figures and statistics in docs/ are made."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.latencies import Latency, Reliability
from cnnpruner.domain.tree.nodes import ControlKind, Node
from studies.trees import Tree

DOCS = Path(__file__).parent.parent / "docs"
DECIMALS = 6
"""Decimal places of stored fractions."""

Kind = Literal["root", "plan", "automatic", "control"]


class Timing(Value):
    """Measured time of a forward pass, and its ratio to the root. The committed study was measured by version 0.1.0,
    without the root.
    """

    batch: int
    median_ms: float
    iqr_ms: float
    ratio: float | None = Field(default=None, description="null if it is not reliable")
    interval: tuple[float, float] | None = Field(default=None, description="ends of its 95% interval")
    reliability: Reliability = "unpaired"

    @classmethod
    def of(cls, latency: Latency) -> Self:
        """Make the record of a latency."""
        interval = latency.ratio_interval if latency.reliability == "reliable" else None
        return cls(
            batch=latency.batch,
            median_ms=round(latency.median_ms, 3),
            iqr_ms=round(latency.iqr_ms, 3),
            ratio=_rounded(latency.ratio) if interval else None,
            interval=(round(interval.low, DECIMALS), round(interval.high, DECIMALS)) if interval else None,
            reliability=latency.reliability,
        )


class PlanRecord(Value):
    """The plan that made a node, and its preview before training."""

    rule: str = Field(description="rule and its value, such as `percent 25 taylor`")
    removed: int = Field(description="number of removed filters")
    sensitivity: float | None = Field(description="share of the sum over the parent's free units, 0-1")
    instability: float | None = Field(description="share of the sum over the parent's free units, 0-1")
    raw: float = Field(description="selection accuracy right after pruning, 0-1")
    recalibrated: float = Field(description="selection accuracy after re-estimation of batch norm, 0-1")

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Make the record of a plan, which must have been previewed."""
        assert plan.preview is not None and plan.preview.recalibrated is not None, "collect() previews all plans"
        return cls(
            rule=rule_text(plan),
            removed=plan.reached,
            sensitivity=_rounded(plan.shares.sensitivity),
            instability=_rounded(plan.shares.instability),
            raw=plan.preview.raw.accuracy,
            recalibrated=plan.preview.recalibrated.accuracy,
        )


class NodeRecord(Value):
    """A ready node of the tree."""

    number: int
    parent: int | None = Field(description="number of the parent")
    kind: Kind
    note: str
    correct: int = Field(description="correctly classified selection images at the best epoch")
    images: int = Field(description="number of selection images")
    recovered: bool | None
    filters: int
    free_filters: int
    parameters: int
    macs: int
    size_bytes: int
    epochs: int
    best_epoch: int
    latency: list[Timing]
    plan: PlanRecord | None = Field(description="null for root and controls")
    control: ControlKind | None
    seed: int | None = Field(description="of a control")
    reference: int | None = Field(description="number of the node that it is a control of")

    @property
    def accuracy(self) -> float:
        """Selection split, 0-1."""
        return self.correct / self.images


class AutopilotRecord(Value):
    """An automatic baseline."""

    kind: str
    percent: float
    state: str
    reason: str
    nodes: list[int] = Field(description="numbers of the nodes it created")
    good: int = Field(description="number of its last good node")


class EstimateRecord(Value):
    """An estimate and its outcome."""

    node: int = Field(description="number of the node at which the estimate was made")
    keep: int = Field(description="number of filters to keep")
    change: float = Field(description="share of the filters of that node, 0-1")
    low: float | None = Field(description="forecast for `keep`, lower end of the 80% interval, 0-1")
    high: float | None = Field(description="upper end of that interval")
    outcome: int | None = Field(description="number of the node made from the estimate's plan")


class StudyRecord(Value):
    """The stored results of one tree."""

    name: str
    date: str
    device: str
    network: str
    seed: int
    train: int
    selection: int
    tolerance: float
    target: float | None
    training: dict[str, Any]
    nodes: list[NodeRecord]
    autopilots: list[AutopilotRecord]
    estimates: list[EstimateRecord]

    def node(self, number: int) -> NodeRecord:
        """Return the node with this number."""
        return next(node for node in self.nodes if node.number == number)


def collect(tree: Tree) -> StudyRecord:
    """Read the entire tree; plans without a preview are previewed now, which does not change their nodes."""
    client, nodes = tree.client, tree.nodes()
    experiment = next(candidate for candidate in client.experiments() if candidate.id == tree.experiment.id)
    numbers = {node.id: node.number for node in client.tree(experiment.id)}
    plans = {plan.id: _add_preview(tree, plan) for node in nodes for plan in client.plans(node.id) if plan.child_id}
    root = nodes[0]
    return StudyRecord(
        name=experiment.name,
        date=datetime.now(UTC).date().isoformat(),
        device=root.latency[0].device,
        network=experiment.network.name,
        seed=experiment.seed,
        train=experiment.splits.train,
        selection=experiment.splits.selection,
        tolerance=experiment.tolerance,
        target=experiment.target_accuracy,
        training=tree.training,
        nodes=[_record_node(node, numbers, plans) for node in nodes],
        autopilots=[_record_autopilot(autopilot, numbers) for autopilot in client.autopilots(experiment.id)],
        estimates=_record_estimates(client.estimates(experiment.id), numbers),
    )


def write(record: Value, file: Path) -> None:
    """Write JSON that people can read and git can compare; each list of numbers is on one line."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record.model_dump(mode="json"), indent=1, ensure_ascii=False)
    text = re.sub(r"\[[-\d.,\s]+\]", lambda numbers: " ".join(numbers[0].split()), text)
    file.write_text(text + "\n")


def read(file: Path) -> StudyRecord:
    """Read a file written by `write`."""
    return StudyRecord.model_validate_json(file.read_text())


def rule_text(plan: Plan) -> str:
    """Return a text such as `percent 25 taylor` or `threshold 0.1 l1`."""
    rule = plan.rule
    size = getattr(rule, "percent", getattr(rule, "value", ""))
    return " ".join(str(word) for word in (rule.rule, f"{size:.4g}", getattr(rule, "criterion", "")) if word)


def _add_preview(tree: Tree, plan: Plan) -> Plan:
    return plan.model_copy(update={"preview": tree.client.preview(plan.id)})


def _record_node(node: Node, numbers: dict[int, int], plans: dict[int, Plan]) -> NodeRecord:
    kind: Kind = "control" if node.control else "automatic" if node.origin == "automatic" else "plan"
    plan = plans.get(node.plan_id) if node.plan_id is not None else None
    content = node.model_dump(include=set(NodeRecord.model_fields) - {"latency", "control", "plan"})
    return NodeRecord.model_validate(
        content
        | {
            "parent": numbers[node.parent_id] if node.parent_id is not None else None,
            "kind": kind if node.parent_id is not None else "root",
            "latency": [Timing.of(latency) for latency in node.latency if latency.runtime == "eager"],
            "plan": PlanRecord.of(plan) if plan else None,
            "control": node.control.kind if node.control else None,
            "seed": node.control.seed if node.control else None,
            "reference": numbers[node.control.reference_id] if node.control else None,
        }
    )


def _record_autopilot(autopilot: Autopilot, numbers: dict[int, int]) -> AutopilotRecord:
    return AutopilotRecord(
        kind=autopilot.kind,
        percent=autopilot.percent,
        state=autopilot.state,
        reason=autopilot.reason,
        nodes=[numbers[node_id] for node_id in autopilot.nodes if node_id in numbers],
        good=numbers[autopilot.good_id],
    )


def _record_estimates(estimates: list[Estimate], numbers: dict[int, int]) -> list[EstimateRecord]:
    """Keep equal estimates once, since a continued study repeats them; those with an outcome take precedence."""
    ordered = sorted(estimates, key=lambda estimate: estimate.outcome is None)
    records = [_record_estimate(estimate, numbers) for estimate in ordered]
    unique = {(record.node, record.keep, record.change): record for record in reversed(records)}
    return sorted(unique.values(), key=lambda record: (record.node, -record.keep))


def _record_estimate(estimate: Estimate, numbers: dict[int, int]) -> EstimateRecord:
    return EstimateRecord(
        node=numbers[estimate.node_id],
        keep=estimate.keep,
        change=round(estimate.change, DECIMALS),
        low=_rounded(estimate.forecast.low) if estimate.forecast else None,
        high=_rounded(estimate.forecast.high) if estimate.forecast else None,
        outcome=estimate.outcome.number if estimate.outcome else None,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
