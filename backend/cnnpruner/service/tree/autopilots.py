"""Runs Autopilots: whenever a node is finished, plans the next step.

The database contains the entire state of an Autopilot.
"""

import logging
from contextlib import suppress
from typing import Any

from cnnpruner.domain.plans.plans import Application, NewPercentPlan, Plan
from cnnpruner.domain.tree.autopilots import Autopilot, AutopilotState, NewAutopilot
from cnnpruner.domain.tree.estimates import NewEstimate
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import CNNPrunerError, InvalidInput, NotFound
from cnnpruner.service import jobs
from cnnpruner.service.plans import plans
from cnnpruner.service.tree import estimates, lineage, nodes
from cnnpruner.service.workspace import Workspace

log = logging.getLogger(__name__)

MIN_REMOVED_SHARE = 0.05
"""An Autopilot that uses the estimator ends when the estimator advises removing less than this share (the paper's
criterion).
"""


class _AutopilotEnd(Exception):
    """Raised when the Autopilot has come to its end."""

    def __init__(self, state: AutopilotState, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


def start(workspace: Workspace, node: Node, new: NewAutopilot) -> Autopilot:
    """Stores the Autopilot and makes its first node."""
    nodes.require_ready(node, "autopilots")
    workspace.store.experiments.require_weights(node.experiment_id)
    target = new.target_accuracy if new.target_accuracy is not None else estimates.default_target(workspace, node)
    if not _is_good(node, target):
        problem = lineage.describe_miss(node, target)
        cure = "start from a more accurate node" + ("" if node.learned is False else " or set a lower target")
        raise InvalidInput(f"{problem}; {cure}.", node_id=node.id)
    with workspace.store.transaction():
        autopilot = workspace.store.autopilots.add(
            node.experiment_id, node.id, new.model_copy(update={"target_accuracy": target})
        )
        autopilot = _step(workspace, autopilot)
    workspace.runner.wake("training")
    return autopilot


def stop(workspace: Workspace, autopilot: Autopilot, finish_node: bool) -> Autopilot:
    """Ends the Autopilot. Cancels the node that is being made, unless `finish_node` is true."""
    ended_autopilot = workspace.store.autopilots.end(autopilot.id, "stopped", "Stopped by a user.")
    if autopilot.state == "running" and ended_autopilot.nodes and not finish_node:
        last_node = workspace.store.nodes.get(ended_autopilot.nodes[-1])
        assert last_node.job_id is not None
        jobs.cancel(workspace, workspace.store.jobs.get(last_node.job_id))
    return ended_autopilot


def advance(workspace: Workspace) -> None:
    """Advances all running Autopilots by one step. If one cannot continue, it ends, and the reason is stored."""
    for autopilot in workspace.store.autopilots.list(running=True):
        try:
            _advance_one(workspace, autopilot)
        except CNNPrunerError as error:
            _fail(workspace, autopilot, error.message)
        except Exception:
            log.exception("Autopilot %d could not continue", autopilot.id)
            _fail(workspace, autopilot, "An unexpected error occurred; see the server's log for details.")


def _fail(workspace: Workspace, autopilot: Autopilot, reason: str) -> None:
    with suppress(NotFound):  # its experiment or branch may have been deleted in the meantime
        workspace.store.autopilots.end(autopilot.id, "failed", reason)


def _advance_one(workspace: Workspace, autopilot: Autopilot) -> None:
    if _is_making_node(workspace, autopilot):
        return
    with workspace.store.transaction():
        # Read again, because a person or another server on this database may have been faster.
        autopilot = workspace.store.autopilots.get(autopilot.id)
        if autopilot.state == "running" and not _is_making_node(workspace, autopilot):
            _step(workspace, autopilot)
    workspace.runner.wake("training")


def _is_making_node(workspace: Workspace, autopilot: Autopilot) -> bool:
    """Returns whether the Autopilot's current node is not finished yet."""
    return autopilot.current_id is not None and workspace.store.nodes.get(autopilot.current_id).state in (
        "waiting",
        "running",
    )


def _step(workspace: Workspace, autopilot: Autopilot) -> Autopilot:
    """Evaluates the finished node, then makes the next one or ends the Autopilot."""
    try:
        autopilot = _evaluate_node(workspace, autopilot)
        if len(autopilot.nodes) >= autopilot.max_steps:
            raise _AutopilotEnd("done", f"The Autopilot made {autopilot.max_steps} nodes, the maximum allowed.")
        plan = _draft_next_plan(workspace, autopilot)
        application = Application(training=autopilot.training)
        node = plans.apply(workspace, plan, application, "automatic").node
        return workspace.store.autopilots.change(
            autopilot.id, {"nodes": [*autopilot.nodes, node.id], "current_id": node.id}
        )
    except _AutopilotEnd as end:
        return workspace.store.autopilots.end(autopilot.id, end.state, end.reason)


def _evaluate_node(workspace: Workspace, autopilot: Autopilot) -> Autopilot:
    if autopilot.current_id is None:
        return autopilot
    node = workspace.store.nodes.get(autopilot.current_id)
    if node.state != "ready":
        reason = f": {node.error.message}" if node.error else "."
        raise _AutopilotEnd("failed", f"Node {node.number} is {node.state}{reason}")
    is_good = _is_good(node, autopilot.target_accuracy)
    autopilot = workspace.store.autopilots.change(autopilot.id, {"good_id" if is_good else "bad_id": node.id})
    if not is_good and autopilot.kind == "automatic":
        raise _AutopilotEnd("done", f"{lineage.describe_miss(node, autopilot.target_accuracy)}.")
    return autopilot


def _is_good(node: Node, target: float) -> bool:
    """Returns whether a ready node reaches the target and has learned anything that further steps could preserve."""
    return lineage.is_good(node, target) and node.learned is not False


def _draft_next_plan(workspace: Workspace, autopilot: Autopilot) -> Plan:
    good = workspace.store.nodes.get(autopilot.good_id)
    if autopilot.bad_id is not None:
        return _draft_estimated_plan(workspace, autopilot, good)
    plan = plans.draft(workspace, good, NewPercentPlan(percent=autopilot.percent, note=_plan_note(autopilot)))
    return _require_removals(
        workspace, plan, f"{autopilot.percent:g} % of the free filters of node {good.number} is less than one filter."
    )


def _require_removals(workspace: Workspace, plan: Plan, fallback_reason: str) -> Plan:
    """Returns the plan if it removes anything; otherwise deletes it and ends the Autopilot with the reason."""
    if plan.reached > 0:
        return plan
    workspace.store.plans.remove(plan.id)
    reason = " ".join(plan.notes) if plan.budget else fallback_reason
    raise _AutopilotEnd("done", f"Nothing more can be removed. {reason}")


def _draft_estimated_plan(workspace: Workspace, autopilot: Autopilot, good: Node) -> Plan:
    fields: dict[str, Any] = {
        "good_id": good.id,
        "bad_id": autopilot.bad_id,
        "target_accuracy": autopilot.target_accuracy,
    }
    estimate = estimates.estimate(workspace, good, NewEstimate(**fields))
    if estimate.change < MIN_REMOVED_SHARE:
        raise _AutopilotEnd(
            "done",
            f"The estimator advises keeping {estimate.keep} of the {good.filters} filters of node {good.number}: "
            f"that would remove {estimate.change:.1%} of them, less than the minimum of {MIN_REMOVED_SHARE:.0%}.",
        )
    return _require_removals(
        workspace,
        estimates.draft_plan(workspace, estimate),
        f"The estimator advises removing nothing from node {good.number}.",
    )


def _plan_note(autopilot: Autopilot) -> str:
    step, target = f"{autopilot.percent:g} % per step", f"{autopilot.target_accuracy:.2%}"
    return f"Autopilot {autopilot.id}: prunes {step} until the accuracy falls below {target}."
