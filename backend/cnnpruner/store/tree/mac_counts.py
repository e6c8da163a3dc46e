"""Recounts the MACs of trees from earlier versions, which did not count operations such as matrix products and
attention.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import MacCount
from cnnpruner.planning.structure import remove_units
from cnnpruner.store import blobs
from cnnpruner.store.jobs import end_job, find_leased_row
from cnnpruner.store.plans.plans import publish_plan
from cnnpruner.store.rows import ExperimentRow, JobRow, NodeRow, PlanRow
from cnnpruner.store.sessions import Sessions
from cnnpruner.store.tree.experiments import find_experiment, publish_experiment
from cnnpruner.store.tree.nodes import publish_node

_INCOMPLETE_MACS_NOTICE = (
    "The MACs of this tree are those of convolutions and linear layers whose weights are parameters."
)

ACTIVE_JOB_STATES = ("waiting", "running")


class MacCounts:
    """Finds trees whose MACs must be recounted, and stores the new counts."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def find_outdated_experiments(self) -> Sequence[int]:
        """Returns the ids of experiments whose MACs must be recounted and that have no job for this yet."""
        jobs = select(JobRow.experiment_id).where(JobRow.kind == "mac_count", JobRow.state.in_(ACTIVE_JOB_STATES))
        query = select(ExperimentRow.id).where(~ExperimentRow.macs_counted, ExperimentRow.id.not_in(jobs))
        with self._sessions.read() as session:
            return session.scalars(query.order_by(ExperimentRow.id)).all()

    def store(self, job_id: int, attempt: int, count: MacCount) -> bool:
        """Add the counted operations to the structure and cost of the root, all nodes and all plans, note this in the
        experiment's notices, and complete the job. Returns False if the job is no longer leased to this attempt.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None or job.experiment_id is None:
                return False
            row = find_experiment(session, job.experiment_id)
            notice = _describe_failure(count) if count.failure is not None else _add_macs_to_tree(session, row, count)
            row.macs_counted = count.failure is None  # otherwise tried again at the next start
            other_notices = [text for text in row.fixed["notices"] if not text.startswith(_INCOMPLETE_MACS_NOTICE)]
            row.fixed = {**row.fixed, "notices": [*other_notices, *([] if notice is None else [notice])]}
            publish_experiment(session, row)
            end_job(session, job, "done", None)
            return True


def _describe_failure(count: MacCount) -> str:
    return (
        f"{_INCOMPLETE_MACS_NOTICE} The MACs of other operations could not be counted, because the network cannot "
        f"be built: {count.failure} The server tries again each time it starts."
    )


def _add_macs_to_tree(session: Session, row: ExperimentRow, count: MacCount) -> str | None:
    """Add the counted operations to the MACs of all nodes and plans. Returns a notice, or None if no count changed."""
    added_macs = _update_layers(session, {"experiment_id": row.id}, count)
    nodes = session.scalars(select(NodeRow).where(NodeRow.experiment_id == row.id).order_by(NodeRow.number)).all()
    for node in nodes:
        if _update_layers(session, {"node_id": node.id}, count) and node.macs is not None:
            node.macs += added_macs
            publish_node(session, node)
    if not added_macs:
        return None
    for plan in session.scalars(select(PlanRow).where(PlanRow.node_id.in_([node.id for node in nodes]))):
        plan.content = _add_macs_to_plan(plan.content, added_macs)
        publish_plan(session, plan)
    macs = nodes[0].macs if nodes and nodes[0].macs is not None else added_macs
    return (
        "The MACs of all nodes and plans were counted again, because earlier versions of CNNPruner did not count "
        "matrix products, attention, recurrent cells, or layers whose weights are computed in the forward pass: "
        f"the unpruned network now has {macs:,} MACs per image instead of {macs - added_macs:,}."
    )


def _update_layers(session: Session, owner: blobs.BlobOwner, count: MacCount) -> int:
    """Replace the operations in the stored structure of a node or experiment by the counted operations, and return how
    many MACs this adds.
    """
    data = blobs.get(session, owner, "layers")
    if data is None:
        return 0
    layers = Layers.model_validate_json(blobs.unpack_value(data))
    changes = {"operations": list(count.operations), "uncounted": list(count.uncounted)}
    updated_layers = remove_units(layers.model_copy(update=changes), [])  # also updates the MACs of each layer
    blobs.put(session, owner, "layers", blobs.pack_value(updated_layers))
    return sum(operation.macs for operation in count.operations) - sum(
        operation.macs for operation in layers.operations
    )


def _add_macs_to_plan(content: dict[str, Any], added_macs: int) -> dict[str, Any]:
    current, cost = (content[name] | {"macs": content[name]["macs"] + added_macs} for name in ("now", "cost"))
    shares = content["shares"] | {"macs": 1 - cost["macs"] / current["macs"]}
    return content | {"now": current, "cost": cost, "shares": shares}
