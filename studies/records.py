"""What a study keeps of a tree: plain values that the tables, figures and statistics in docs/ are made from."""

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
from cnnpruner.domain.tree.nodes import ControlKind, Node
from studies.trees import Tree

DOCS = Path(__file__).parent.parent / "docs"
DIGITS = 6
"""Digits after the point that are kept of what is no count."""

Kind = Literal["root", "plan", "automatic", "control"]


class Timing(Value):
    """Measured time of a forward pass."""

    batch: int
    median_ms: float
    iqr_ms: float


class PlanRecord(Value):
    """The plan that made a node, and what was seen of it before training."""

    rule: str = Field(description="rule and its value, for instance `percent 25 taylor`")
    removed: int = Field(description="filters")
    sensitivity: float | None = Field(description="share of the sum over the parent's free units, 0-1")
    instability: float | None = Field(description="share of the sum over the parent's free units, 0-1")
    raw: float = Field(description="selection accuracy as cut, 0-1")
    recalibrated: float = Field(description="selection accuracy after re-estimation of batch norm, 0-1")

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Raises AssertionError where it was not previewed."""
        assert plan.preview is not None, "collect() previews all plans"
        return cls(
            rule=rule_text(plan),
            removed=plan.reached,
            sensitivity=_short(plan.shares.sensitivity),
            instability=_short(plan.shares.instability),
            raw=plan.preview.raw.accuracy,
            recalibrated=plan.preview.recalibrated.accuracy,
        )


class NodeRecord(Value):
    """A node of the tree, ready."""

    number: int
    parent: int | None = Field(description="number of the parent")
    kind: Kind
    note: str
    correct: int = Field(description="selection images classified rightly at the best epoch")
    images: int = Field(description="selection images")
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
    nodes: list[int] = Field(description="numbers")
    good: int = Field(description="number of its last good node")


class EstimateRecord(Value):
    """An answer of the estimator and what came of it."""

    asked_at: int = Field(description="number of the node")
    keep: int = Field(description="filters")
    change: float = Field(description="share of the filters of that node, 0-1")
    low: float | None = Field(description="forecast for `keep`, lower end of the 80 % interval, 0-1")
    high: float | None
    outcome: int | None = Field(description="number of the node that was made of it")


class StudyRecord(Value):
    """All that a study keeps of one tree."""

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
        """The node of that number."""
        return next(one for one in self.nodes if one.number == number)


def collect(tree: Tree) -> StudyRecord:
    """Read the whole tree; plans that nobody previewed are previewed now, which does not change their nodes."""
    nodes = tree.nodes()
    here = next(one for one in tree.client.experiments() if one.id == tree.experiment.id)
    number = {node.id: node.number for node in tree.client.tree(here.id)}
    plans = {plan.id: _previewed(tree, plan) for node in nodes for plan in tree.client.plans(node.id) if plan.child_id}
    root = nodes[0]
    return StudyRecord(
        name=here.name,
        date=datetime.now(UTC).date().isoformat(),
        device=root.latency[0].device,
        network=here.network.name,
        seed=here.seed,
        train=here.splits.train,
        selection=here.splits.selection,
        tolerance=here.tolerance,
        target=here.target_accuracy,
        training=tree.training,
        nodes=[_node(node, number, plans) for node in nodes],
        autopilots=[_autopilot(autopilot, number) for autopilot in tree.client.autopilots(here.id)],
        estimates=_estimates(tree.client.estimates(here.id), number),
    )


def write(record: Value, file: Path) -> None:
    """As JSON that a person can read and git can compare; lists of numbers stand on one line."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record.model_dump(mode="json"), indent=1, ensure_ascii=False)
    text = re.sub(r"\[[-\d.,\s]+\]", lambda numbers: " ".join(numbers[0].split()), text)
    file.write_text(text + "\n")


def read(file: Path) -> StudyRecord:
    """What `write` wrote."""
    return StudyRecord.model_validate_json(file.read_text())


def rule_text(plan: Plan) -> str:
    """`percent 25 taylor`, `threshold 0.1 l1`."""
    rule = plan.rule
    size = getattr(rule, "percent", getattr(rule, "value", ""))
    return " ".join(str(part) for part in (rule.rule, f"{size:.4g}", getattr(rule, "criterion", "")) if part)


def _previewed(tree: Tree, plan: Plan) -> Plan:
    return plan.model_copy(update={"preview": tree.client.preview(plan.id)})


def _node(node: Node, number: dict[int, int], plans: dict[int, Plan]) -> NodeRecord:
    kind: Kind = "control" if node.control else "automatic" if node.origin == "automatic" else "plan"
    plan = plans.get(node.plan_id) if node.plan_id is not None else None
    content = node.model_dump(include=set(NodeRecord.model_fields) - {"latency", "control", "plan"})
    return NodeRecord.model_validate(
        content
        | {
            "parent": number[node.parent_id] if node.parent_id is not None else None,
            "kind": kind if node.parent_id is not None else "root",
            "latency": [
                Timing(batch=one.batch, median_ms=round(one.median_ms, 3), iqr_ms=round(one.iqr_ms, 3))
                for one in node.latency
                if one.runtime == "eager"
            ],
            "plan": PlanRecord.of(plan) if plan else None,
            "control": node.control.kind if node.control else None,
            "seed": node.control.seed if node.control else None,
            "reference": number[node.control.reference_id] if node.control else None,
        }
    )


def _autopilot(autopilot: Autopilot, number: dict[int, int]) -> AutopilotRecord:
    return AutopilotRecord(
        kind=autopilot.kind,
        percent=autopilot.percent,
        state=autopilot.state,
        reason=autopilot.reason,
        nodes=[number[one] for one in autopilot.nodes if one in number],
        good=number[autopilot.good_id],
    )


def _estimates(found: list[Estimate], number: dict[int, int]) -> list[EstimateRecord]:
    """Each answer once: a study that is taken up again asks again. What has an outcome comes before what has none."""
    known = [_estimate(one, number) for one in sorted(found, key=lambda one: one.outcome is None)]
    first = {(one.asked_at, one.keep, one.change): one for one in reversed(known)}
    return sorted(first.values(), key=lambda one: (one.asked_at, -one.keep))


def _estimate(one: Estimate, number: dict[int, int]) -> EstimateRecord:
    return EstimateRecord(
        asked_at=number[one.node_id],
        keep=one.keep,
        change=round(one.change, DIGITS),
        low=_short(one.forecast.low) if one.forecast else None,
        high=_short(one.forecast.high) if one.forecast else None,
        outcome=one.outcome.number if one.outcome else None,
    )


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
