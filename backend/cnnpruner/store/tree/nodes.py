"""Stores nodes and their arrays."""

from builtins import list as List
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cnnpruner.domain.events import NodeEvent
from cnnpruner.domain.jobs import JobInputs, NewJob
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import MeasuredLatencies, NodeResult, Predictions, ScoreArrays
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import NotFound, StaleNote
from cnnpruner.planning.latency import structure_hash
from cnnpruner.planning.structure import count_free_filters
from cnnpruner.store import blobs
from cnnpruner.store.events import drop_partial_scores, emit
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import require_owner
from cnnpruner.store.jobs import end_job, find_leased_row, new_job_row
from cnnpruner.store.rows import NodeRow
from cnnpruner.store.sessions import Sessions, now
from cnnpruner.store.tree.experiments import (
    add_test_measurement,
    find_experiment,
    publish_experiment,
    require_weights,
)
from cnnpruner.store.tree.latencies import find_latencies, read_latencies, share_latencies
from cnnpruner.store.values import node_from_row


@dataclass(frozen=True)
class NewNode:
    """Values of a node before its job has run."""

    experiment_id: int
    parent_id: int | None
    origin: str
    images: int
    training: dict[str, Any] | None
    plan_id: int | None = None
    removed_filters: int | None = None
    needed_correct: int | None = None
    forecast: dict[str, Any] | None = None
    forecast_reason: str | None = None
    control: dict[str, Any] | None = None
    note: str = ""


def find_node(session: Session, node_id: int) -> NodeRow:
    """Returns the row of the node. Raises NotFound."""
    row = session.get(NodeRow, node_id)
    if row is None:
        raise NotFound(f"There is no node {node_id}; GET /api/experiments/<id>/tree lists the existing nodes.")
    return row


def publish_node(session: Session, row: NodeRow) -> Node:
    """Publishes the changed node in `row` to the event streams, and returns the node."""
    session.flush()
    value = node_from_row(row)
    emit(session, row.experiment_id, NodeEvent(node=value))
    return value


class Nodes:
    """Stores nodes."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def get(self, node_id: int) -> Node:
        """Returns the node. Raises NotFound."""
        with self._sessions.read() as session:
            return node_from_row(find_node(session, node_id))

    def list(self, experiment_id: int) -> List[Node]:
        """Returns all nodes of an experiment, ordered by number."""
        query = select(NodeRow).where(NodeRow.experiment_id == experiment_id).order_by(NodeRow.number)
        with self._sessions.read() as session:
            return [node_from_row(row) for row in session.scalars(query)]

    def add(self, new: NewNode, inputs: JobInputs) -> tuple[Node, int]:
        """Add a waiting node with the next number, and the job that makes it. Returns the node and the job's id."""
        with self._sessions.write() as session:
            require_owner(session, self._files)
            experiment = find_experiment(session, new.experiment_id)
            require_weights(experiment)
            row = NodeRow(
                **vars(new),
                number=experiment.next_number,
                state="waiting",
                created_at=now(),
                epochs_planned=(new.training or {}).get("epochs"),
                latency=[],
            )
            experiment.next_number += 1
            session.add(row)
            session.flush()
            job_row = new_job_row(NewJob(inputs, experiment.id, row.id, new.plan_id))
            session.add(job_row)
            session.flush()
            row.job_id = job_row.id
            publish_experiment(session, experiment)
            return publish_node(session, row), job_row.id

    def change(self, node_id: int, changes: dict[str, Any], note_before: str | None = None) -> Node:
        """Set the note or star of a node. Raises StaleNote if the current note differs from `note_before`."""
        with self._sessions.write() as session:
            row = find_node(session, node_id)
            if note_before not in (None, row.note):
                sentence = (
                    f"Somebody else has changed the note of node {row.number} to “{row.note}”. "
                    "Save again to replace it with yours."
                )
                raise StaleNote(sentence, node=node_from_row(row).model_dump(mode="json"))
            for name, value in changes.items():
                setattr(row, name, value)
            return publish_node(session, row)

    def finish(self, job_id: int, attempt: int, result: NodeResult) -> bool:
        """Store the result of the job that made the node, mark the node as ready and complete the job. Returns False if
        the job is no longer leased to this attempt.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None or job.node_id is None:
                return False
            row = find_node(session, job.node_id)
            _set_measurements(row, result)
            _set_compression_and_changes(session, row, result.predictions)
            _store_blobs(session, row.id, result)
            row.state = "ready"
            rows_sharing_latencies = share_latencies(session, row, result.layers, result.latencies)
            if row.parent_id is None:
                _update_experiment(session, row.experiment_id, result)
            drop_partial_scores(session, row.experiment_id, row.id)
            end_job(session, job, "done", None)
            for changed_row in (row, *rows_sharing_latencies):
                publish_node(session, changed_row)
            return True

    def add_latency(self, job_id: int, attempt: int, measurement: MeasuredLatencies) -> bool:
        """Store the latencies that a job measured for its node and for all nodes with the same structure, and complete
        the job.

        The new latencies replace older ones with the same settings. The node's first latency stays first: it was
        measured when the node became ready.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None or job.node_id is None:
                return False
            row = find_node(session, job.node_id)
            data = blobs.get(session, {"node_id": row.id}, "layers")
            assert data is not None
            layers = Layers.model_validate_json(blobs.unpack_value(data))
            rows_sharing_latencies = share_latencies(session, row, layers, measurement.latencies)
            job.result = {"notes": list(measurement.notes)}
            end_job(session, job, "done", None)
            for changed_row in (row, *rows_sharing_latencies):
                publish_node(session, changed_row)
            return True

    def latencies(self, node_id: int) -> List[LatencyDistribution]:
        """Returns the node's latencies with their blocks."""
        with self._sessions.read() as session:
            return read_latencies(find_node(session, node_id))

    def find_latencies(self, experiment_id: int, layers: Layers) -> List[LatencyDistribution]:
        """Returns the paired latencies (measured together with the root) that the nodes with this structure share."""
        with self._sessions.read() as session:
            return find_latencies(session, experiment_id, layers)

    def add_scores(self, job_id: int, attempt: int, node_id: int, scores: Iterable[ScoreArrays]) -> bool:
        """Store the scores by further criteria and complete the job.

        Returns False if the job is no longer leased to this attempt.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None:
                return False
            put_scores(session, node_id, scores)
            end_job(session, job, "done", None)
            return True

    def set_test_accuracy(self, job_id: int, attempt: int, accuracy: float, notice: str | None) -> bool:
        """Store the test accuracy, count the measurement on the test split, add `notice` to the experiment's notices,
        and complete the job. Returns False if the job is no longer leased to this attempt.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None or job.node_id is None:
                return False
            row = find_node(session, job.node_id)
            row.test_accuracy, row.test_measured_at = accuracy, now()
            add_test_measurement(session, row.experiment_id, notice)
            end_job(session, job, "done", None)
            publish_node(session, row)
            return True

    def weights_sha256(self, node_id: int) -> str | None:
        """Returns the SHA-256 of the node's weights file; None for a node of version 0.1.0 whose weights were never
        read.
        """
        with self._sessions.read() as session:
            return find_node(session, node_id).weights_sha256

    def set_weights_sha256(self, node_id: int, sha256: str) -> None:
        """Store the checksum of a node that has no checksum yet, without publishing the change."""
        conditions = NodeRow.id == node_id, NodeRow.weights_sha256.is_(None)
        with self._sessions.write() as session:
            session.execute(update(NodeRow).where(*conditions).values(weights_sha256=sha256, version=NodeRow.version))

    def layers(self, node_id: int) -> Layers:
        """Returns the structure of a ready node."""
        data = self._load_blob(node_id, "layers")
        if data is None:
            raise NotFound(f"Node {node_id} has no structure yet; try again when the node is ready.")
        return Layers.model_validate_json(blobs.unpack_value(data))

    def scores(self, node_id: int, criterion: str) -> ScoreArrays | None:
        """Returns the scores by a criterion, or None if they have not been computed."""
        data = self._load_blob(node_id, f"scores:{criterion}")
        return read_scores(criterion, data) if data is not None else None

    def predictions(self, node_id: int) -> Predictions | None:
        """Returns the node's predictions for the selection images, or None if the node is not ready."""
        data = self._load_blob(node_id, "predictions")
        return read_predictions(data) if data is not None else None

    def _load_blob(self, node_id: int, name: str) -> bytes | None:
        with self._sessions.read() as session:
            return blobs.get(session, {"node_id": node_id}, name)


def _set_measurements(row: NodeRow, result: NodeResult) -> None:
    predictions, cost = result.predictions, result.cost
    row.correct = predictions.correct
    row.images = len(predictions.labels)
    row.loss = predictions.loss
    row.best_epoch = result.best_epoch
    row.weights_sha256 = result.weights_sha256
    row.filters, row.parameters, row.macs, row.size_bytes = cost.filters, cost.parameters, cost.macs, cost.size_bytes
    row.free_filters = count_free_filters(result.layers)
    row.structure = structure_hash(result.layers)
    row.training_record = result.training_record.model_dump(mode="json")


def _update_experiment(session: Session, experiment_id: int, root: NodeResult) -> None:
    """Store in the experiment the root's import accuracy and the number of selection images in the largest class.

    The experiment is published again, since its notices now include the root's notices.
    """
    experiment = find_experiment(session, experiment_id)
    experiment.import_accuracy, experiment.import_images = root.import_accuracy, root.import_images
    experiment.largest_class = count_largest_class(root.predictions)
    publish_experiment(session, experiment)


def count_largest_class(predictions: Predictions) -> int | None:
    """Returns the number of images in the largest class; None if there are no images."""
    return int(np.bincount(predictions.labels).max()) if len(predictions.labels) else None


def _set_compression_and_changes(session: Session, row: NodeRow, predictions: Predictions) -> None:
    root = session.scalars(select(NodeRow).where(NodeRow.experiment_id == row.experiment_id, NodeRow.number == 0)).one()
    row.compression = 1 - (row.parameters or 0) / (root.parameters or row.parameters or 1)
    data = blobs.get(session, {"node_id": row.parent_id}, "predictions") if row.parent_id is not None else None
    if data is None:
        return
    before, after = read_predictions(data).is_correct, predictions.is_correct
    row.degraded, row.improved = int(np.sum(before & ~after)), int(np.sum(~before & after))


def _store_blobs(session: Session, node_id: int, result: NodeResult) -> None:
    owner = {"node_id": node_id}
    blobs.put(session, owner, "layers", blobs.pack_value(result.layers))
    blobs.put(session, owner, "predictions", pack_predictions(result.predictions))
    put_scores(session, node_id, result.scores)


def put_scores(session: Session, node_id: int, scores: Iterable[ScoreArrays]) -> None:
    """Store the node's scores by one or more criteria. Earlier scores by the same criteria are replaced."""
    for arrays in scores:
        blobs.put(session, {"node_id": node_id}, f"scores:{arrays.criterion}", pack_scores(arrays))


def pack_predictions(predictions: Predictions) -> bytes:
    return blobs.pack_arrays({name: np.asarray(value) for name, value in vars(predictions).items()})


def read_predictions(data: bytes) -> Predictions:
    arrays: dict[str, Any] = blobs.unpack_arrays(data)
    return Predictions(**arrays | {"loss": float(arrays["loss"])})


def pack_scores(scores: ScoreArrays) -> bytes:
    arrays = {"score": scores.score, "meta": np.array([scores.batches or 0, scores.batch_size or 0])}
    return blobs.pack_arrays(arrays | ({"instability": scores.instability} if scores.instability is not None else {}))


def read_scores(criterion: str, data: bytes) -> ScoreArrays:
    arrays: dict[str, Any] = blobs.unpack_arrays(data)
    batches, batch_size = (int(value) or None for value in arrays["meta"])
    return ScoreArrays(criterion, arrays["score"], arrays.get("instability"), batches, batch_size)
