"""Converts rows to domain values."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.image_reading import LEGACY_FACTORY_NOTICE, LEGACY_NOTICE
from cnnpruner.domain.tree.nodes import Epoch, Node
from cnnpruner.planning.intervals import wilson_interval
from cnnpruner.store.rows import EpochRow, ExperimentRow, JobRow, NodeRow, PlanRow

_DERIVED_FIELDS = {"accuracy", "accuracy_interval", "recovered"}
NODE_COLUMNS = [name for name in Node.model_fields if name not in _DERIVED_FIELDS]
JOB_COLUMNS = list(Job.model_fields)
PLAN_COLUMNS = {
    "id", "node_id", "name", "state", "child_id", "revision", "created_at", "updated_at", "note", "preview", "version"
}  # fmt: skip
EPOCH_COLUMNS = list(Epoch.model_fields)


def node_value(row: NodeRow) -> Node:
    """Returns the node that a row contains."""
    correct, needed_correct = row.correct, row.needed_correct
    return Node.model_validate(
        {name: getattr(row, name) for name in NODE_COLUMNS}
        | {
            "accuracy": None if correct is None else correct / row.images,
            "accuracy_interval": None if correct is None else wilson_interval(correct, row.images),
            "recovered": None if correct is None or needed_correct is None else correct >= needed_correct,
        }
    )


def job_value(row: JobRow) -> Job:
    """Returns the job that a row contains."""
    return Job.model_validate({name: getattr(row, name) for name in JOB_COLUMNS})


def epoch_value(row: EpochRow) -> Epoch:
    """Returns the epoch that a row contains."""
    return Epoch.model_validate({name: getattr(row, name) for name in EPOCH_COLUMNS})


def plan_value(row: PlanRow) -> Plan:
    """Returns the plan that a row contains."""
    return Plan.model_validate({name: getattr(row, name) for name in PLAN_COLUMNS} | row.content)


def experiment_value(session: Session, row: ExperimentRow) -> Experiment:
    """Returns the experiment that a row contains."""
    node_ids = select(NodeRow.id).where(NodeRow.experiment_id == row.id)
    return Experiment.model_validate(
        {
            "has_weights": True,  # missing in experiments made before bundles existed
            **row.fixed,
            "notices": _experiment_notices(row),
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
            "root_id": session.scalar(node_ids.where(NodeRow.number == 0)),
            "nodes": session.scalar(select(func.count()).select_from(node_ids.subquery())),
        }
    )


def _experiment_notices(row: ExperimentRow) -> list[str]:
    """Returns the notices, with one that says so if image files are still read as by version 0.1.0."""
    notices: list[str] = row.fixed["notices"]
    legacy_notices = {"folder": LEGACY_NOTICE, "factory": LEGACY_FACTORY_NOTICE}
    notice = legacy_notices.get(row.fixed["data"]["kind"]) if row.fixed.get("reading") is None else None
    return notices if notice is None or notice in notices else [*notices, notice]
