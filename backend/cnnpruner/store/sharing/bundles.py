"""Adds whole experiments from bundles, and reads data that only bundles need."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, overload

import numpy as np
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.suggestions import NewSuggestion, SearchState, Suggestion
from cnnpruner.domain.sharing.bundles import Bundle, BundledNode, NodeArrays, ScoredCriterion
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.training import Training, TrainingChoice
from cnnpruner.errors import UnreadableBundle
from cnnpruner.store import blobs
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import require_owner
from cnnpruner.store.rows import (
    AutopilotRow,
    BlobRow,
    EpochRow,
    EstimateRow,
    ExperimentRow,
    NodeRow,
    PlanRow,
    SuggestionRow,
)
from cnnpruner.store.samples import embeddings
from cnnpruner.store.sessions import Sessions
from cnnpruner.store.tree import autopilots, estimates
from cnnpruner.store.tree.experiments import MUTABLE_EXPERIMENT_FIELDS, publish_experiment
from cnnpruner.store.tree.nodes import count_largest_class, pack_predictions, pack_scores, read_scores
from cnnpruner.store.values import NODE_COLUMNS, PLAN_COLUMNS

SCORES_PREFIX = "scores:"
INTERRUPTED_NODE_MESSAGE = (
    "This node was not finished when its experiment was saved as a bundle, so its job was cancelled."
)
INTERRUPTED_AUTOPILOT_MESSAGE = (
    "The Autopilot was running when its experiment was saved as a bundle; start another Autopilot from its last node."
)

Ids = Mapping[int, int]
"""Mapping from each id in the bundle to the new id in this database."""
PackedBlobs = Mapping[str, bytes]
"""Blobs of a node by name, compressed as they are in the database."""


class Bundles:
    """Reads and adds whole experiments."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def next_number(self, experiment_id: int) -> int:
        """Returns the number of the experiment's next node."""
        with self._sessions.read() as session:
            return session.scalars(select(ExperimentRow.next_number).where(ExperimentRow.id == experiment_id)).one()

    def scored_criteria(self, node_id: int) -> list[ScoredCriterion]:
        """Returns the criteria whose scores are stored for a node."""
        query = select(BlobRow.name, BlobRow.data).where(
            BlobRow.node_id == node_id, BlobRow.name.startswith(SCORES_PREFIX)
        )
        with self._sessions.read() as session:
            arrays = [read_scores(name.removeprefix(SCORES_PREFIX), data) for name, data in session.execute(query)]
        return [
            ScoredCriterion(criterion=scores.criterion, batches=scores.batches, batch_size=scores.batch_size)
            for scores in arrays
        ]

    def add(self, bundle: Bundle, experiment: Experiment, packed_blobs: Sequence[PackedBlobs]) -> Experiment:
        """Add the bundle's tree.

        `experiment`: the experiment from the bundle, with the notices that this server added. `packed_blobs`: the blobs
        of each node, from `pack_node_arrays`. Nodes keep their numbers, but all objects get new ids. Unfinished nodes
        are cancelled, and running Autopilots are stopped. Raises UnreadableBundle, and the same errors as
        `require_owner`.
        """
        with _convert_value_errors(), self._sessions.write() as session:
            require_owner(session, self._files)
            row = _add_experiment(session, bundle, experiment)
            node_ids = _add_nodes(session, row.id, bundle, packed_blobs)
            row.training = _renumber_teacher(experiment.training, node_ids)
            plan_ids = _add_plans(session, bundle, node_ids)
            for bundled_node in bundle.tree.nodes:
                node_row = session.get_one(NodeRow, node_ids[bundled_node.node.id])
                node_row.plan_id = plan_ids.get(bundled_node.node.plan_id or 0)
                node_row.control = _renumber_control(bundled_node.node, node_ids)
                node_row.training = _renumber_teacher(bundled_node.node.training, node_ids)
            for estimate in bundle.tree.estimates:
                _add_estimate(session, row.id, estimate, (node_ids, plan_ids))
            for autopilot in bundle.tree.autopilots:
                _add_autopilot(session, row.id, autopilot, node_ids)
            for suggestion in bundle.tree.suggestions:
                _add_suggestion(session, row.id, suggestion, (node_ids, plan_ids))
            return publish_experiment(session, row)


@contextmanager
def _convert_value_errors() -> Iterator[None]:
    """Raise UnreadableBundle for numbers that the bundle format allows but that are too large for their database
    column.
    """
    try:
        yield
    except OperationalError:  # a problem of the database itself
        raise
    except (OverflowError, StatementError) as error:
        reason = error.orig if isinstance(error, StatementError) else error
        raise UnreadableBundle(
            f"The bundle contains a value that the database cannot store ({reason}); save the bundle again."
        ) from error


def _add_experiment(session: Session, bundle: Bundle, experiment: Experiment) -> ExperimentRow:
    row = ExperimentRow(
        fixed=experiment.model_dump(mode="json", exclude=MUTABLE_EXPERIMENT_FIELDS),
        training=experiment.training.model_dump(mode="json"),
        next_number=bundle.tree.next_number,
        **{
            name: getattr(experiment, name)
            for name in MUTABLE_EXPERIMENT_FIELDS - {"id", "training", "root_id", "nodes"}
        },
    )
    root_predictions = bundle.arrays[0].predictions
    row.largest_class = None if root_predictions is None else count_largest_class(root_predictions)
    session.add(row)
    session.flush()
    owner = {"experiment_id": row.id}
    splits = {name: np.asarray(value) for name, value in asdict(bundle.splits).items()}
    blobs.put(session, owner, "splits", blobs.pack_arrays(splits))
    blobs.put(session, owner, "layers", blobs.pack_value(bundle.root_layers))
    return row


def pack_node_arrays(arrays: NodeArrays) -> PackedBlobs:
    """Returns the blobs in which a bundled node's arrays are stored. Call this before a transaction, not in it:
    compressing the arrays of a large tree is slow, and an open transaction blocks other writes.
    """
    if arrays.layers is None or arrays.predictions is None:
        return {}
    scores = {f"{SCORES_PREFIX}{score_arrays.criterion}": pack_scores(score_arrays) for score_arrays in arrays.scores}
    return {"layers": arrays.layers, "predictions": pack_predictions(arrays.predictions), **scores}


def _add_nodes(
    session: Session, experiment_id: int, bundle: Bundle, packed_blobs: Sequence[PackedBlobs]
) -> dict[int, int]:
    """Add all nodes with their epochs and arrays, parents before children.

    Returns a dict from each node's id in the bundle to its new id.
    """
    ids: dict[int, int] = {}
    for bundled_node, arrays, node_blobs in zip(bundle.tree.nodes, bundle.arrays, packed_blobs, strict=True):
        node_id = ids[bundled_node.node.id] = _add_node(
            session, experiment_id, bundled_node, ids, arrays.weights_sha256
        )
        for name, data in node_blobs.items():
            blobs.put(session, {"node_id": node_id}, name, data)
        if arrays.embedding is not None:
            new_ids = {"node_id": node_id, "initial_id": ids.get(arrays.embedding.initial_id or 0)}
            embedding = arrays.embedding.model_copy(update=new_ids)
            blobs.put(session, {"node_id": node_id}, embeddings.BLOB_NAME, blobs.pack_value(embedding))
    return ids


def _add_node(
    session: Session, experiment_id: int, bundled_node: BundledNode, node_ids: Ids, sha256: str | None
) -> int:
    node = bundled_node.node
    columns = node.model_dump(include=set(NODE_COLUMNS), exclude={"id", "plan_id", "job_id", "control", "version"})
    if node.state in ("waiting", "running"):
        columns |= {
            "state": "cancelled",
            "error": {"code": "left_behind", "message": INTERRUPTED_NODE_MESSAGE, "details": {}},
        }
    columns |= {"experiment_id": experiment_id, "parent_id": node_ids.get(node.parent_id or 0)}
    columns |= {"weights_sha256": sha256}
    columns |= {"latency": [latency.model_dump(mode="json") for latency in node.latency]}  # with their blocks
    columns |= {"laid_out": bundled_node.has_embedding}  # older bundles do not have it in the node
    row = NodeRow(**columns)
    session.add(row)
    session.flush()
    session.add_all(EpochRow(node_id=row.id, **epoch.model_dump()) for epoch in bundled_node.epochs)
    return row.id


def _renumber_control(node: Node, node_ids: Ids) -> dict[str, Any] | None:
    """Returns the control with new ids. If the reference node was deleted, its new id is 0, which no node has."""
    if node.control is None:
        return None
    return node.control.model_dump(mode="json") | {"reference_id": node_ids.get(node.control.reference_id, 0)}


@overload
def _renumber_teacher(training: Training, node_ids: Ids) -> dict[str, Any]: ...


@overload
def _renumber_teacher(training: Training | TrainingChoice | None, node_ids: Ids) -> dict[str, Any] | None: ...


def _renumber_teacher(training: Training | TrainingChoice | None, node_ids: Ids) -> dict[str, Any] | None:
    """Returns the settings with the teacher's new id. If the teacher was deleted, the id is 0, which no node has."""
    if training is None:
        return None
    settings = training.model_dump(mode="json", exclude_unset=isinstance(training, TrainingChoice))
    if isinstance(training.teacher, int):
        settings["teacher"] = node_ids.get(training.teacher, 0)
    return settings


def _add_plans(session: Session, bundle: Bundle, node_ids: Ids) -> dict[int, int]:
    """Adds all plans, oldest first. Returns a dict from the id of each plan in the bundle to its new id."""
    plans = sorted(
        (plan for bundled_node in bundle.tree.nodes for plan in bundled_node.plans), key=lambda plan: plan.id
    )
    training_by_node = {bundled_node.node.id: bundled_node.node.training for bundled_node in bundle.tree.nodes}
    ids: dict[int, int] = {}
    for plan in plans:
        training = plan.training or training_by_node.get(plan.child_id or 0)  # older bundles have it in the node alone
        row = PlanRow(
            **plan.model_dump(include=PLAN_COLUMNS - {"id", "node_id", "child_id", "preview", "training", "version"}),
            training=_renumber_teacher(training, node_ids),
            node_id=node_ids[plan.node_id],
            child_id=node_ids.get(plan.child_id or 0),
            content=plan.model_dump(mode="json", exclude=PLAN_COLUMNS),
        )
        session.add(row)
        session.flush()
        row.preview = _renumber_preview(plan, row.id)
        ids[plan.id] = row.id
    return ids


def _renumber_preview(plan: Plan, plan_id: int) -> dict[str, Any] | None:
    return None if plan.preview is None else plan.preview.model_dump(mode="json") | {"plan_id": plan_id}


def _add_estimate(session: Session, experiment_id: int, estimate: Estimate, ids: tuple[Ids, Ids]) -> None:
    """Add the estimate, unless it refers to deleted nodes. `ids`: the new ids of nodes and of plans."""
    node_ids, plan_ids = ids
    if estimate.node_id not in node_ids or estimate.from_id not in node_ids:
        return
    content = estimate.model_dump(mode="json", include=set(estimates.ESTIMATE_CONTENT_FIELDS))
    new_ids = {name: node_ids.get(content[name] or 0) for name in ("from_id", "good_id", "bad_id")}
    session.add(
        EstimateRow(
            experiment_id=experiment_id,
            node_id=node_ids[estimate.node_id],
            created_at=estimate.created_at,
            content=content | new_ids,
            plan_id=plan_ids.get(estimate.plan_id or 0),
        )
    )


def _add_suggestion(session: Session, experiment_id: int, suggestion: Suggestion, ids: tuple[Ids, Ids]) -> None:
    """Add the suggestion without a job, so that a search that was running does not continue. `ids`: the new ids of
    nodes and of plans.
    """
    node_ids, plan_ids = ids
    session.add(
        SuggestionRow(
            experiment_id=experiment_id,
            node_id=node_ids[suggestion.node_id],
            job_id=None,
            settings=suggestion.model_dump(mode="json", include=set(NewSuggestion.model_fields)),
            state=suggestion.model_dump(mode="json", include=set(SearchState.model_fields)),
            plan_id=plan_ids.get(suggestion.plan_id or 0),
            created_at=suggestion.created_at,
        )
    )


def _add_autopilot(session: Session, experiment_id: int, autopilot: Autopilot, node_ids: Ids) -> None:
    is_finished = autopilot.state != "running"
    start_node_id = node_ids[autopilot.node_id]
    session.add(
        AutopilotRow(
            experiment_id=experiment_id,
            node_id=start_node_id,
            kind=autopilot.kind,
            settings=autopilot.model_dump(mode="json", include=set(autopilots.AUTOPILOT_SETTING_FIELDS))
            | {"training": _renumber_teacher(autopilot.training, node_ids)},
            state=autopilot.state if is_finished else "stopped",
            reason=autopilot.reason if is_finished else INTERRUPTED_AUTOPILOT_MESSAGE,
            nodes=[node_ids[node_id] for node_id in autopilot.nodes if node_id in node_ids],
            current_id=None,
            good_id=node_ids.get(autopilot.good_id, start_node_id),
            bad_id=node_ids.get(autopilot.bad_id or 0),
            created_at=autopilot.created_at,
            finished_at=autopilot.finished_at or autopilot.created_at,
        )
    )
