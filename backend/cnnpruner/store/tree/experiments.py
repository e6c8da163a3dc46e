"""Stores experiments, their splits and the structure of their roots."""

from builtins import list as List
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cnnpruner.domain.events import ExperimentEvent
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import ExperimentCheckResult, SplitIndices
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.errors import Conflict, NotFound
from cnnpruner.store import blobs
from cnnpruner.store.deletions import find_writing_workers, record_deletion
from cnnpruner.store.events import emit
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import require_owner
from cnnpruner.store.rows import BlobRow, ExperimentRow, NodeRow
from cnnpruner.store.sessions import Sessions, now
from cnnpruner.store.values import experiment_from_row

MUTABLE_EXPERIMENT_FIELDS = {
    "id", "name", "created_at", "tolerance", "target_accuracy", "training", "import_accuracy", "import_images",
    "root_id", "nodes", "tests", "tested_at", "macs_counted",
}  # fmt: skip


def find_experiment(session: Session, experiment_id: int) -> ExperimentRow:
    """Returns the row of the experiment. Raises NotFound."""
    row = session.get(ExperimentRow, experiment_id)
    if row is None:
        raise NotFound(f"There is no experiment {experiment_id}; GET /api/experiments lists the existing experiments.")
    return row


def require_weights(row: ExperimentRow) -> None:
    """Raise Conflict if the experiment was opened from a bundle without weights."""
    if not row.fixed.get("has_weights", True):
        raise Conflict(
            f"“{row.name}” was opened from a bundle without weights: its nodes can be read, but not pruned, measured "
            "or scored; open a bundle that was saved with weights.",
            experiment_id=row.id,
        )


def publish_experiment(session: Session, row: ExperimentRow) -> Experiment:
    """Publishes the changed experiment in `row` to the event streams, and returns the experiment."""
    session.flush()
    value = experiment_from_row(session, row)
    emit(session, row.id, ExperimentEvent(experiment=value))
    return value


def add_test_measurement(session: Session, experiment_id: int, notice: str | None) -> None:
    """Increase the number of measurements on the test split by one; `notice`, if given, is added to the experiment's
    notices.
    """
    row = find_experiment(session, experiment_id)
    row.tests, row.tested_at = row.tests + 1, now()
    if notice is not None:
        row.fixed = {**row.fixed, "notices": [*row.fixed["notices"], notice]}
    publish_experiment(session, row)


class Experiments:
    """Stores experiments."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def get(self, experiment_id: int) -> Experiment:
        """Returns the experiment. Raises NotFound."""
        with self._sessions.read() as session:
            return experiment_from_row(session, find_experiment(session, experiment_id))

    def require_weights(self, experiment_id: int) -> None:
        """Raise Conflict if the experiment was opened from a bundle without weights."""
        with self._sessions.read() as session:
            require_weights(find_experiment(session, experiment_id))

    def list(self) -> List[Experiment]:
        """Returns all experiments, newest first."""
        with self._sessions.read() as session:
            rows = session.scalars(select(ExperimentRow).order_by(ExperimentRow.id.desc()))
            return [experiment_from_row(session, row) for row in rows]

    def find_existing_ids(self, experiment_ids: Collection[int]) -> set[int]:
        """Returns the ids in `experiment_ids` whose experiments still exist."""
        query = select(ExperimentRow.id).where(ExperimentRow.id.in_(experiment_ids))
        with self._sessions.read() as session:
            return set(session.scalars(query))

    def add(self, experiment: Experiment, job_id: int) -> int:
        """Add `experiment` (ignoring its id, root and node count) with the splits and structure that the check job
        `job_id` stored.

        Returns the new id. Raises the same errors as `require_owner`.
        """
        with self._sessions.write() as session:
            require_owner(session, self._files)
            row = ExperimentRow(
                name=experiment.name,
                created_at=now(),
                fixed=experiment.model_dump(mode="json", exclude=MUTABLE_EXPERIMENT_FIELDS),
                tolerance=experiment.tolerance,
                target_accuracy=experiment.target_accuracy,
                training=experiment.training.model_dump(mode="json"),
                macs_counted=True,
            )
            session.add(row)
            session.flush()
            for blob in session.scalars(select(BlobRow).where(BlobRow.job_id == job_id)):
                blob.job_id, blob.experiment_id = None, row.id
            return row.id

    def change(self, experiment_id: int, changes: dict[str, Any]) -> Experiment:
        """Set the given columns of the experiment."""
        with self._sessions.write() as session:
            row = find_experiment(session, experiment_id)
            for name, value in changes.items():
                setattr(row, name, value)
            return publish_experiment(session, row)

    def remove(self, experiment_id: int) -> None:
        """Remove the experiment with all its rows, and record its files for removal."""
        with self._sessions.write() as session:
            require_owner(session, self._files)
            find_experiment(session, experiment_id)
            nodes = session.scalars(select(NodeRow.id).where(NodeRow.experiment_id == experiment_id))
            record_deletion(session, experiment_id, None, find_writing_workers(session, nodes))
            session.execute(delete(ExperimentRow).where(ExperimentRow.id == experiment_id))

    def store_check_result(self, job_id: int, check: ExperimentCheckResult) -> None:
        """Store the splits and the structure of the root as blobs of the check job. `add` hands these blobs over to the
        new experiment.
        """
        splits = {name: np.asarray(value) for name, value in asdict(check.splits).items()}
        with self._sessions.write() as session:
            blobs.put(session, {"job_id": job_id}, "splits", blobs.pack_arrays(splits))
            blobs.put(session, {"job_id": job_id}, "layers", blobs.pack_value(check.layers))

    def splits(self, experiment_id: int) -> SplitIndices:
        """Returns the image indices of each split."""
        arrays: dict[str, Any] = blobs.unpack_arrays(self._load_blob(experiment_id, "splits"))
        text_fields = ("train_pool", "selection_pool", "test_pool", "rule")
        return SplitIndices(**arrays | {name: str(arrays[name]) for name in text_fields})

    def root_layers(self, experiment_id: int) -> Layers:
        """Returns the structure of the unpruned network."""
        return Layers.model_validate_json(blobs.unpack_value(self._load_blob(experiment_id, "layers")))

    def _load_blob(self, experiment_id: int, name: str) -> bytes:
        with self._sessions.read() as session:
            data = blobs.get(session, {"experiment_id": experiment_id}, name)
        if data is None:
            raise NotFound(f"Experiment {experiment_id} has no {name}; it may have been deleted.")
        return data
