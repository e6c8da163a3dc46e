"""Experiments, their splits and the structure of their roots."""

from builtins import list as List
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import ExperimentEvent
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import CheckedExperiment, SplitIndices
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.errors import Conflict, NotFound
from cnnpruner.store import blobs
from cnnpruner.store.deletions import record, workers_of
from cnnpruner.store.events import emit
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import require_owner
from cnnpruner.store.rows import BlobRow, ExperimentRow, NodeRow
from cnnpruner.store.sessions import Sessions, now
from cnnpruner.store.values import experiment_value

CHANGING = {
    "id", "name", "created_at", "tolerance", "target_accuracy", "training", "import_accuracy", "import_images",
    "root_id", "nodes", "tests", "tested_at",
}  # fmt: skip


def find_experiment(session: Session, experiment_id: int) -> ExperimentRow:
    """The row, or NotFound."""
    row = session.get(ExperimentRow, experiment_id)
    if row is None:
        raise NotFound(f"There is no experiment {experiment_id}; GET /api/experiments lists those there are.")
    return row


def require_weights(row: ExperimentRow) -> None:
    """Refuse work on networks whose weights stayed on another server."""
    if not row.fixed.get("has_weights", True):
        raise Conflict(
            f"“{row.name}” came as a bundle without weights: nodes can be read, but not pruned, measured or scored; "
            "open a bundle of it that was made with weights.",
            experiment_id=row.id,
        )


def tell_experiment(session: Session, row: ExperimentRow) -> Experiment:
    """The value of a changed row, told to the event streams."""
    session.flush()
    value = experiment_value(session, row)
    emit(session, row.id, ExperimentEvent(experiment=value))
    return value


def count_test(session: Session, experiment_id: int, notice: str | None) -> None:
    """One more node was measured on the test split; `notice` is what people must know of that."""
    row = find_experiment(session, experiment_id)
    row.tests, row.tested_at = row.tests + 1, now()
    if notice is not None:
        row.fixed = {**row.fixed, "notices": [*row.fixed["notices"], notice]}
    tell_experiment(session, row)


class Experiments:
    """Rows of experiments, as values."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def get(self, experiment_id: int) -> Experiment:
        """One experiment, or NotFound."""
        with self._sessions.read() as session:
            return experiment_value(session, find_experiment(session, experiment_id))

    def list(self) -> List[Experiment]:
        """All, the newest first."""
        with self._sessions.read() as session:
            rows = session.scalars(select(ExperimentRow).order_by(ExperimentRow.id.desc()))
            return [experiment_value(session, row) for row in rows]

    def known(self, experiment_ids: Collection[int]) -> set[int]:
        """Those of `experiment_ids` that are still there."""
        query = select(ExperimentRow.id).where(ExperimentRow.id.in_(experiment_ids))
        with self._sessions.read() as session:
            return set(session.scalars(query))

    def add(self, experiment: Experiment, job_id: int) -> int:
        """A new row of `experiment` (its id, root and node count are ignored), with what inspection job `job_id` left.

        Gives the new id.
        """
        with self._sessions.write() as session:
            require_owner(session, self._files)
            row = ExperimentRow(
                name=experiment.name,
                created_at=now(),
                fixed=experiment.model_dump(mode="json", exclude=CHANGING),
                tolerance=experiment.tolerance,
                target_accuracy=experiment.target_accuracy,
                training=experiment.training.model_dump(mode="json"),
            )
            session.add(row)
            session.flush()
            for part in session.scalars(select(BlobRow).where(BlobRow.job_id == job_id)):
                part.job_id, part.experiment_id = None, row.id
            return row.id

    def change(self, experiment_id: int, changes: dict[str, Any]) -> Experiment:
        """Set columns."""
        with self._sessions.write() as session:
            row = find_experiment(session, experiment_id)
            for name, value in changes.items():
                setattr(row, name, value)
            return tell_experiment(session, row)

    def remove(self, experiment_id: int) -> None:
        """Remove it and all rows that belong to it; its files are recorded as deleted."""
        with self._sessions.write() as session:
            require_owner(session, self._files)
            find_experiment(session, experiment_id)
            nodes = session.scalars(select(NodeRow.id).where(NodeRow.experiment_id == experiment_id))
            record(session, experiment_id, None, workers_of(session, nodes))
            session.execute(delete(ExperimentRow).where(ExperimentRow.id == experiment_id))

    def put_check(self, job_id: int, check: CheckedExperiment) -> None:
        """Keep splits and structure with the inspecting job until an experiment takes them over."""
        splits = {name: np.asarray(value) for name, value in asdict(check.splits).items()}
        with self._sessions.write() as session:
            blobs.put(session, {"job_id": job_id}, "splits", blobs.pack_arrays(splits))
            blobs.put(session, {"job_id": job_id}, "layers", blobs.pack(check.layers))

    def splits(self, experiment_id: int) -> SplitIndices:
        """Which images belong to which split."""
        arrays: dict[str, Any] = blobs.unpack_arrays(self._part(experiment_id, "splits"))
        words = ("train_pool", "selection_pool", "test_pool", "rule")
        return SplitIndices(**arrays | {name: str(arrays[name]) for name in words})

    def root_layers(self, experiment_id: int) -> Layers:
        """The structure of the uncut network."""
        return Layers.model_validate_json(blobs.unpack(self._part(experiment_id, "layers")))

    def _part(self, experiment_id: int, name: str) -> bytes:
        with self._sessions.read() as session:
            data = blobs.get(session, {"experiment_id": experiment_id}, name)
        if data is None:
            raise NotFound(f"Experiment {experiment_id} has no {name}; it may have been deleted.")
        return data
