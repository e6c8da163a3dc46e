"""Converts rows to domain values."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.image_reading import LEGACY_FACTORY_NOTICE, LEGACY_FOLDER_NOTICE
from cnnpruner.domain.tree.nodes import Epoch, Node
from cnnpruner.planning.intervals import wilson_interval
from cnnpruner.planning.learning import LearningResult, explain_unknown_recovery, has_learned, list_learning_notices
from cnnpruner.store.rows import EpochRow, ExperimentRow, JobRow, NodeRow, PlanRow

_DERIVED_NODE_FIELDS = {
    "accuracy", "accuracy_interval", "recovered", "recovered_reason", "learned", "notices", "latency",
}  # fmt: skip
NODE_COLUMNS = [name for name in Node.model_fields if name not in _DERIVED_NODE_FIELDS]
_LEARNING_COLUMNS = ("number", "images", "epochs", "best_epoch", "loss", "loss_first", "loss_last")
_BLOCK_TIME_FIELDS = {"block_ms", "root_block_ms"}
JOB_COLUMNS = list(Job.model_fields)
PLAN_COLUMNS = {
    "id", "node_id", "name", "state", "child_id", "revision", "created_at", "updated_at", "note", "preview", "training",
    "version",
}  # fmt: skip
EPOCH_COLUMNS = list(Epoch.model_fields)


def node_from_row(row: NodeRow) -> Node:
    """Returns the node that a row contains."""
    return Node.model_validate({name: getattr(row, name) for name in NODE_COLUMNS} | _derive_node_fields(row))


def _derive_node_fields(row: NodeRow) -> dict[str, Any]:
    """Returns the fields of a node that are not stored in its row, but derived from the row, its parent and its
    experiment.
    """
    correct, needed_correct = row.correct, row.needed_correct
    result, parent = learning_result(row), learning_result(row.parent)
    reason = None
    if correct is not None and needed_correct is not None and parent is not None and not has_learned(parent):
        reason = explain_unknown_recovery(parent)
    recovered = None if correct is None or needed_correct is None or reason else correct >= needed_correct
    return {
        "accuracy": None if correct is None else correct / row.images,
        "latency": [_omit_block_times(latency) for latency in row.latency],
        "accuracy_interval": None if correct is None else wilson_interval(correct, row.images),
        "recovered": recovered,
        "recovered_reason": reason,
        "learned": None if result is None else has_learned(result),
        "notices": [] if result is None else list_learning_notices(result),
    }


def learning_result(row: NodeRow | None) -> LearningResult | None:
    """Returns the result of a node's training; None if `row` is None or the node is not ready."""
    if row is None or row.state != "ready" or row.correct is None:
        return None
    is_root = row.parent_id is None
    weights = row.experiment.fixed.get("weights", {})
    return LearningResult(
        **{name: getattr(row, name) for name in _LEARNING_COLUMNS},
        correct=row.correct,
        largest_class=row.experiment.largest_class,
        is_root=is_root,
        started_from_fresh_weights=is_root and not (weights.get("path") or weights.get("pretrained")),
        fine_tuning_rate=_find_fine_tuning_learning_rate(row),
    )


def _find_fine_tuning_learning_rate(row: NodeRow) -> float | None:
    """Returns the learning rate with which a pruned network was fine-tuned; None for all other nodes."""
    is_from_scratch = row.control is not None and row.control["kind"] == "scratch"
    is_fine_tuned = row.parent_id is not None and row.training is not None and not is_from_scratch
    return float(row.training["learning_rate"]) if is_fine_tuned and row.training else None


def _omit_block_times(latency: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in latency.items() if name not in _BLOCK_TIME_FIELDS}


def job_from_row(row: JobRow) -> Job:
    """Returns the job that a row contains."""
    return Job.model_validate({name: getattr(row, name) for name in JOB_COLUMNS})


def epoch_from_row(row: EpochRow) -> Epoch:
    """Returns the epoch that a row contains."""
    return Epoch.model_validate({name: getattr(row, name) for name in EPOCH_COLUMNS})


def plan_from_row(row: PlanRow) -> Plan:
    """Returns the plan that a row contains."""
    return Plan.model_validate({name: getattr(row, name) for name in PLAN_COLUMNS} | row.content)


def experiment_from_row(session: Session, row: ExperimentRow) -> Experiment:
    """Returns the experiment that a row contains. The experiment's notices begin with its root's notices."""
    node_ids = select(NodeRow.id).where(NodeRow.experiment_id == row.id)
    root = session.scalar(select(NodeRow).where(NodeRow.experiment_id == row.id, NodeRow.number == 0))
    result = learning_result(root)
    return Experiment.model_validate(
        {
            "has_weights": True,  # missing in experiments made before bundles existed
            **row.fixed,
            "id": row.id,
            "name": row.name,
            "created_at": row.created_at,
            "tolerance": row.tolerance,
            "target_accuracy": row.target_accuracy,
            "training": row.training,
            "import_accuracy": row.import_accuracy,
            "import_images": row.import_images,
            "tests": row.tests,
            "tested_at": row.tested_at,
            "macs_counted": row.macs_counted,
            "root_id": None if root is None else root.id,
            "nodes": session.scalar(select(func.count()).select_from(node_ids.subquery())),
            "notices": [*([] if result is None else list_learning_notices(result)), *_experiment_notices(row)],
        }
    )


def _experiment_notices(row: ExperimentRow) -> list[str]:
    """Returns the experiment's notices. If its image files are still read by the rules of version 0.1.0, a notice about
    that is added.
    """
    notices: list[str] = row.fixed["notices"]
    legacy_notice_by_kind = {"folder": LEGACY_FOLDER_NOTICE, "factory": LEGACY_FACTORY_NOTICE}
    notice = legacy_notice_by_kind.get(row.fixed["data"]["kind"]) if row.fixed.get("reading") is None else None
    return notices if notice is None or notice in notices else [*notices, notice]
