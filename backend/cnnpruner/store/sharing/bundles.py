"""Whole experiments: read in one piece, and made anew from what another server wrote."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.sharing.bundles import Bundle, BundledNode, NodeArrays, ScoredBy
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import UnreadableBundle
from cnnpruner.store import blobs
from cnnpruner.store.files import Files
from cnnpruner.store.identity.claims import require_owner
from cnnpruner.store.rows import AutopilotRow, BlobRow, EpochRow, EstimateRow, ExperimentRow, NodeRow, PlanRow
from cnnpruner.store.samples import embeddings
from cnnpruner.store.sessions import Sessions
from cnnpruner.store.tree import autopilots, estimates
from cnnpruner.store.tree.experiments import CHANGING, tell_experiment
from cnnpruner.store.tree.nodes import pack_predictions, pack_scores, read_scores
from cnnpruner.store.values import NODE_COLUMNS, PLAN_COLUMNS

SCORES = "scores:"
CUT_OFF = "It was still in the making when its experiment was saved as a bundle, and was left behind."
AUTOPILOT_CUT_OFF = "It was under way when its experiment was saved as a bundle; start another where it stopped."

Ids = Mapping[int, int]
"""Id on the server that made the bundle → id here."""
Packed = Mapping[str, bytes]
"""Parts of a node by name, as they are kept."""


class Bundles:
    """Experiments as wholes."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    def next_number(self, experiment_id: int) -> int:
        """Of the next node."""
        with self._sessions.read() as session:
            return session.scalars(select(ExperimentRow.next_number).where(ExperimentRow.id == experiment_id)).one()

    def scored(self, node_id: int) -> list[ScoredBy]:
        """Criteria whose values are kept for a node."""
        query = select(BlobRow.name, BlobRow.data).where(BlobRow.node_id == node_id, BlobRow.name.startswith(SCORES))
        with self._sessions.read() as session:
            found = [read_scores(name.removeprefix(SCORES), data) for name, data in session.execute(query)]
        return [ScoredBy(criterion=one.criterion, batches=one.batches, batch_size=one.batch_size) for one in found]

    def add(self, bundle: Bundle, experiment: Experiment, packed: Sequence[Packed]) -> Experiment:
        """A new experiment of the bundle's tree; `experiment` is the bundle's with what must be known of it here.

        `packed`: of each node, as `pack` gives them.

        Node numbers stay, ids are new. What was in the making there is cancelled here.
        """
        with _refusals(), self._sessions.write() as session:
            require_owner(session, self._files)
            row = _add_experiment(session, bundle, experiment)
            node_ids = _add_nodes(session, row.id, bundle, packed)
            plan_ids = _add_plans(session, bundle, node_ids)
            for one in bundle.tree.nodes:
                made = session.get_one(NodeRow, node_ids[one.node.id])
                made.plan_id = plan_ids.get(one.node.plan_id or 0)
                made.control = _control(one.node, node_ids)
            for estimate in bundle.tree.estimates:
                _add_estimate(session, row.id, estimate, (node_ids, plan_ids))
            for autopilot in bundle.tree.autopilots:
                _add_autopilot(session, row.id, autopilot, node_ids)
            return tell_experiment(session, row)


@contextmanager
def _refusals() -> Iterator[None]:
    """Numbers that fit a value may still be too long for a column."""
    try:
        yield
    except OperationalError:  # the database's own troubles
        raise
    except (OverflowError, StatementError) as error:
        reason = error.orig if isinstance(error, StatementError) else error
        raise UnreadableBundle(f"It holds a value that no tree has ({reason}); make the bundle anew.") from error


def _add_experiment(session: Session, bundle: Bundle, experiment: Experiment) -> ExperimentRow:
    row = ExperimentRow(
        fixed=experiment.model_dump(mode="json", exclude=CHANGING),
        training=experiment.training.model_dump(mode="json"),
        next_number=bundle.tree.next_number,
        **{name: getattr(experiment, name) for name in CHANGING - {"id", "training", "root_id", "nodes"}},
    )
    session.add(row)
    session.flush()
    owner = {"experiment_id": row.id}
    splits = {name: np.asarray(value) for name, value in asdict(bundle.splits).items()}
    blobs.put(session, owner, "splits", blobs.pack_arrays(splits))
    blobs.put(session, owner, "layers", blobs.pack(bundle.root_layers))
    return row


def pack(arrays: NodeArrays) -> Packed:
    """Parts of a node by name. For a large tree this takes long: nobody else could write meanwhile in a transaction."""
    if arrays.layers is None or arrays.predictions is None:
        return {}
    scores = {f"{SCORES}{one.criterion}": pack_scores(one) for one in arrays.scores}
    return {"layers": arrays.layers, "predictions": pack_predictions(arrays.predictions), **scores}


def _add_nodes(session: Session, experiment_id: int, bundle: Bundle, packed: Sequence[Packed]) -> dict[int, int]:
    """With their epochs and arrays, parents first."""
    ids: dict[int, int] = {}
    for one, arrays, named in zip(bundle.tree.nodes, bundle.arrays, packed, strict=True):
        made = ids[one.node.id] = _add_node(session, experiment_id, one, ids, arrays.weights_sha256)
        for name, data in named.items():
            blobs.put(session, {"node_id": made}, name, data)
        if arrays.embedding is not None:
            here = {"node_id": made, "initial_id": ids.get(arrays.embedding.initial_id or 0)}
            blobs.put(session, {"node_id": made}, embeddings.PART, blobs.pack(arrays.embedding.model_copy(update=here)))
    return ids


def _add_node(session: Session, experiment_id: int, one: BundledNode, node_ids: Ids, sha256: str | None) -> int:
    node = one.node
    columns = node.model_dump(include=set(NODE_COLUMNS), exclude={"id", "plan_id", "job_id", "control", "version"})
    if node.state in ("waiting", "running"):
        columns |= {"state": "cancelled", "error": {"code": "left_behind", "message": CUT_OFF, "details": {}}}
    columns |= {"experiment_id": experiment_id, "parent_id": node_ids.get(node.parent_id or 0)}
    columns |= {"weights_sha256": sha256}
    columns |= {"laid_out": one.has_embedding}  # bundles from before nodes said so
    row = NodeRow(**columns)
    session.add(row)
    session.flush()
    session.add_all(EpochRow(node_id=row.id, **epoch.model_dump()) for epoch in one.epochs)
    return row.id


def _control(node: Node, node_ids: Ids) -> dict[str, Any] | None:
    """0, the id of no node, where the node that it is like was deleted."""
    if node.control is None:
        return None
    return node.control.model_dump(mode="json") | {"reference_id": node_ids.get(node.control.reference_id, 0)}


def _add_plans(session: Session, bundle: Bundle, node_ids: Ids) -> dict[int, int]:
    """In the order of their ids there, so that the oldest stay first."""
    plans = sorted((plan for one in bundle.tree.nodes for plan in one.plans), key=lambda plan: plan.id)
    made: dict[int, int] = {}
    for plan in plans:
        row = PlanRow(
            **plan.model_dump(include=PLAN_COLUMNS - {"id", "node_id", "child_id", "preview", "version"}),
            node_id=node_ids[plan.node_id],
            child_id=node_ids.get(plan.child_id or 0),
            content=plan.model_dump(mode="json", exclude=PLAN_COLUMNS),
        )
        session.add(row)
        session.flush()
        row.preview = _preview(plan, row.id)
        made[plan.id] = row.id
    return made


def _preview(plan: Plan, plan_id: int) -> dict[str, Any] | None:
    return None if plan.preview is None else plan.preview.model_dump(mode="json") | {"plan_id": plan_id}


def _add_estimate(session: Session, experiment_id: int, estimate: Estimate, ids: tuple[Ids, Ids]) -> None:
    """`ids` of nodes and of plans. One about nodes that were deleted there has nothing to say here."""
    node_ids, plan_ids = ids
    if estimate.node_id not in node_ids or estimate.from_id not in node_ids:
        return
    there = estimate.model_dump(mode="json", include=set(estimates.CONTENT))
    here = {name: node_ids.get(there[name] or 0) for name in ("from_id", "good_id", "bad_id")}
    session.add(
        EstimateRow(
            experiment_id=experiment_id,
            node_id=node_ids[estimate.node_id],
            created_at=estimate.created_at,
            content=there | here,
            plan_id=plan_ids.get(estimate.plan_id or 0),
        )
    )


def _add_autopilot(session: Session, experiment_id: int, autopilot: Autopilot, node_ids: Ids) -> None:
    is_over = autopilot.state != "running"
    begun = node_ids[autopilot.node_id]
    session.add(
        AutopilotRow(
            experiment_id=experiment_id,
            node_id=begun,
            kind=autopilot.kind,
            settings=autopilot.model_dump(mode="json", include=set(autopilots.SETTINGS)),
            state=autopilot.state if is_over else "stopped",
            reason=autopilot.reason if is_over else AUTOPILOT_CUT_OFF,
            nodes=[node_ids[one] for one in autopilot.nodes if one in node_ids],
            current_id=None,
            good_id=node_ids.get(autopilot.good_id, begun),
            bad_id=node_ids.get(autopilot.bad_id or 0),
            created_at=autopilot.created_at,
            finished_at=autopilot.finished_at or autopilot.created_at,
        )
    )
