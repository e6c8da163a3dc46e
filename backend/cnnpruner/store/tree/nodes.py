"""Nodes, and the arrays that belong to them."""

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
from cnnpruner.domain.results import MeasuredLatency, NodeResult, Predictions, ScoreArrays
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import NotFound, StaleNote
from cnnpruner.planning.structure import count_free_filters
from cnnpruner.store import blobs
from cnnpruner.store.events import emit, forget_scores
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import require_owner
from cnnpruner.store.jobs import end, leased_row, new_row
from cnnpruner.store.rows import NodeRow
from cnnpruner.store.sessions import Sessions, now
from cnnpruner.store.tree.experiments import count_test, find_experiment, require_weights, tell_experiment
from cnnpruner.store.values import node_value

_LATENCY_KEY = ("runtime", "batch", "device")


@dataclass(frozen=True)
class NewNode:
    """What is known of a node before its job has run."""

    experiment_id: int
    parent_id: int | None
    origin: str
    images: int
    training: dict[str, Any] | None
    plan_id: int | None = None
    removed_filters: int | None = None
    needed_correct: int | None = None
    control: dict[str, Any] | None = None
    note: str = ""


def find_node(session: Session, node_id: int) -> NodeRow:
    """The row, or NotFound."""
    row = session.get(NodeRow, node_id)
    if row is None:
        raise NotFound(f"There is no node {node_id}; GET /api/experiments/<id>/tree lists those there are.")
    return row


def tell_node(session: Session, row: NodeRow) -> Node:
    """The value of a changed row, told to the event streams."""
    session.flush()
    value = node_value(row)
    emit(session, row.experiment_id, NodeEvent(node=value))
    return value


class Nodes:
    """Rows of nodes, as values."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def get(self, node_id: int) -> Node:
        """One node, or NotFound."""
        with self._sessions.read() as session:
            return node_value(find_node(session, node_id))

    def list(self, experiment_id: int) -> List[Node]:
        """All nodes of an experiment by number."""
        query = select(NodeRow).where(NodeRow.experiment_id == experiment_id).order_by(NodeRow.number)
        with self._sessions.read() as session:
            return [node_value(row) for row in session.scalars(query)]

    def add(self, new: NewNode, inputs: JobInputs) -> tuple[Node, int]:
        """A new waiting node with the next number, and the job that makes it; gives both (the job by id)."""
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
            queued = new_row(NewJob(inputs, experiment.id, row.id, new.plan_id))
            session.add(queued)
            session.flush()
            row.job_id = queued.id
            tell_experiment(session, experiment)
            return tell_node(session, row), queued.id

    def change(self, node_id: int, changes: dict[str, Any], note_before: str | None = None) -> Node:
        """Set note or star. Raises StaleNote where the note no longer reads `note_before`."""
        with self._sessions.write() as session:
            row = find_node(session, node_id)
            if note_before not in (None, row.note):
                sentence = (
                    f"Somebody else wrote on node {row.number} meanwhile: “{row.note}”. Save again to replace it."
                )
                raise StaleNote(sentence, node=node_value(row).model_dump(mode="json"))
            for name, value in changes.items():
                setattr(row, name, value)
            return tell_node(session, row)

    def finish(self, job_id: int, attempt: int, result: NodeResult) -> bool:
        """Make the node ready and its job done, in one transaction. False: the job is no longer this attempt's."""
        with self._sessions.write() as session:
            job = leased_row(session, job_id, attempt)
            if job is None or job.node_id is None:
                return False
            row = find_node(session, job.node_id)
            _measure(row, result)
            _compare(session, row, result.predictions)
            _keep_parts(session, row.id, result)
            row.state = "ready"
            if result.import_accuracy is not None:
                experiment = find_experiment(session, row.experiment_id)
                experiment.import_accuracy, experiment.import_images = result.import_accuracy, result.import_images
                tell_experiment(session, experiment)
            forget_scores(session, row.experiment_id, row.id)
            end(session, job, "done", None)
            tell_node(session, row)
            return True

    def add_latency(self, job_id: int, attempt: int, measured: MeasuredLatency) -> bool:
        """Keep measured latencies (newer ones replace those of the same kind); the job is done.

        The node's first one stays first: it was measured when the node became ready.
        """
        with self._sessions.write() as session:
            job = leased_row(session, job_id, attempt)
            if job is None or job.node_id is None:
                return False
            row = find_node(session, job.node_id)
            new = [one.model_dump(mode="json") for one in measured.latency]
            row.latency = list({tuple(one[key] for key in _LATENCY_KEY): one for one in [*row.latency, *new]}.values())
            job.result = {"notes": list(measured.notes)}
            end(session, job, "done", None)
            tell_node(session, row)
            return True

    def add_scores(self, job_id: int, attempt: int, node_id: int, scores: Iterable[ScoreArrays]) -> bool:
        """Keep values of further criteria; the job is done. False: the job is no longer this attempt's."""
        with self._sessions.write() as session:
            job = leased_row(session, job_id, attempt)
            if job is None:
                return False
            for one in scores:
                blobs.put(session, {"node_id": node_id}, f"scores:{one.criterion}", pack_scores(one))
            end(session, job, "done", None)
            return True

    def set_test(self, job_id: int, attempt: int, accuracy: float, notice: str | None) -> bool:
        """Keep the test accuracy, count the look at the test split and what must be known of it; the job is done."""
        with self._sessions.write() as session:
            job = leased_row(session, job_id, attempt)
            if job is None or job.node_id is None:
                return False
            row = find_node(session, job.node_id)
            row.test_accuracy, row.test_measured_at = accuracy, now()
            count_test(session, row.experiment_id, notice)
            end(session, job, "done", None)
            tell_node(session, row)
            return True

    def weights_sha256(self, node_id: int) -> str | None:
        """Of the node's file in the model store; None: it was made by 0.1.0 and not read since."""
        with self._sessions.read() as session:
            return find_node(session, node_id).weights_sha256

    def set_weights_sha256(self, node_id: int, sha256: str) -> None:
        """Keep the sum of a node that has none; told to nobody."""
        unknown = NodeRow.id == node_id, NodeRow.weights_sha256.is_(None)
        with self._sessions.write() as session:
            session.execute(update(NodeRow).where(*unknown).values(weights_sha256=sha256, version=NodeRow.version))

    def layers(self, node_id: int) -> Layers:
        """The structure of a ready node."""
        data = self._part(node_id, "layers")
        if data is None:
            raise NotFound(f"Node {node_id} has no structure yet; it is there once the node is ready.")
        return Layers.model_validate_json(blobs.unpack(data))

    def scores(self, node_id: int, criterion: str) -> ScoreArrays | None:
        """A criterion's values, or None where they were not computed."""
        data = self._part(node_id, f"scores:{criterion}")
        return read_scores(criterion, data) if data is not None else None

    def predictions(self, node_id: int) -> Predictions | None:
        """What the node says about the selection images, or None while it is not ready."""
        data = self._part(node_id, "predictions")
        return read_predictions(data) if data is not None else None

    def _part(self, node_id: int, name: str) -> bytes | None:
        with self._sessions.read() as session:
            return blobs.get(session, {"node_id": node_id}, name)


def _measure(row: NodeRow, result: NodeResult) -> None:
    predictions, cost = result.predictions, result.cost
    row.correct = predictions.correct
    row.images = len(predictions.labels)
    row.loss = predictions.loss
    row.best_epoch = result.best_epoch
    row.weights_sha256 = result.weights_sha256
    row.filters, row.parameters, row.macs, row.size_bytes = cost.filters, cost.parameters, cost.macs, cost.size_bytes
    row.free_filters = count_free_filters(result.layers)
    row.latency = [one.model_dump(mode="json") for one in result.latency]


def _compare(session: Session, row: NodeRow, predictions: Predictions) -> None:
    root = session.scalars(select(NodeRow).where(NodeRow.experiment_id == row.experiment_id, NodeRow.number == 0)).one()
    row.compression = 1 - (row.parameters or 0) / (root.parameters or row.parameters or 1)
    data = blobs.get(session, {"node_id": row.parent_id}, "predictions") if row.parent_id is not None else None
    if data is None:
        return
    before, after = read_predictions(data).is_correct, predictions.is_correct
    row.degraded, row.improved = int(np.sum(before & ~after)), int(np.sum(~before & after))


def _keep_parts(session: Session, node_id: int, result: NodeResult) -> None:
    owner = {"node_id": node_id}
    blobs.put(session, owner, "layers", blobs.pack(result.layers))
    blobs.put(session, owner, "predictions", pack_predictions(result.predictions))
    for scores in result.scores:
        blobs.put(session, owner, f"scores:{scores.criterion}", pack_scores(scores))


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
