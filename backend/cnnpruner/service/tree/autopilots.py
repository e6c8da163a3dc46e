"""Autopilots that grow a branch: each look at a finished node plans the next step. The rows are the truth."""

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
from cnnpruner.service.tree import estimates, nodes
from cnnpruner.service.workspace import Workspace

log = logging.getLogger(__name__)

ENOUGH = 0.05
"""The estimator autopilot ends when fewer filters than this share are advised to go (the paper's criterion)."""


class _Ended(Exception):
    """The autopilot has its end."""

    def __init__(self, state: AutopilotState, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


def start(workspace: Workspace, node: Node, new: NewAutopilot) -> Autopilot:
    """Keep the autopilot and make its first node."""
    nodes.require_ready(node, "autopilots")
    target = new.target_accuracy if new.target_accuracy is not None else estimates.default_target(workspace, node)
    assert node.accuracy is not None
    if node.accuracy < target:
        raise InvalidInput(
            f"Node {node.number} has {node.accuracy:.2%} and is below the target of {target:.2%} already; "
            "start at a better node or set a lower target.",
            node_id=node.id,
        )
    with workspace.store.transaction():
        autopilot = workspace.store.autopilots.add(
            node.experiment_id, node.id, new.model_copy(update={"target_accuracy": target})
        )
        autopilot = _step(workspace, autopilot)
    workspace.runner.wake("training")
    return autopilot


def stop(workspace: Workspace, autopilot: Autopilot, finish_node: bool) -> Autopilot:
    """No further step; the node in the making is cancelled unless it shall be finished."""
    ended = workspace.store.autopilots.end(autopilot.id, "stopped", "Stopped by a person.")
    if autopilot.state == "running" and ended.nodes and not finish_node:
        made = workspace.store.nodes.get(ended.nodes[-1])
        assert made.job_id is not None
        jobs.cancel(workspace, workspace.store.jobs.get(made.job_id))
    return ended


def advance(workspace: Workspace) -> None:
    """Look at all running autopilots once; an Autopilot that cannot go on is ended with the reason."""
    for autopilot in workspace.store.autopilots.list(running=True):
        try:
            _advance(workspace, autopilot)
        except CNNPrunerError as error:
            _fail(workspace, autopilot, error.message)
        except Exception:
            log.exception("autopilot %d could not go on", autopilot.id)
            _fail(workspace, autopilot, "Something unforeseen went wrong; the server's log has all of it.")


def _fail(workspace: Workspace, autopilot: Autopilot, reason: str) -> None:
    with suppress(NotFound):  # its experiment or branch may have been deleted meanwhile
        workspace.store.autopilots.end(autopilot.id, "failed", reason)


def _advance(workspace: Workspace, autopilot: Autopilot) -> None:
    if _is_under_way(workspace, autopilot):
        return
    with workspace.store.transaction():
        # Both read again: a person, or another server on this database, may have been quicker.
        autopilot = workspace.store.autopilots.get(autopilot.id)
        if autopilot.state == "running" and not _is_under_way(workspace, autopilot):
            _step(workspace, autopilot)
    workspace.runner.wake("training")


def _is_under_way(workspace: Workspace, autopilot: Autopilot) -> bool:
    """Whether its node is still in the making."""
    return autopilot.current_id is not None and workspace.store.nodes.get(autopilot.current_id).state in (
        "waiting",
        "running",
    )


def _step(workspace: Workspace, autopilot: Autopilot) -> Autopilot:
    """Judge the node that is there, and make the next one or end the autopilot."""
    try:
        autopilot = _judge(workspace, autopilot)
        if len(autopilot.nodes) >= autopilot.max_steps:
            raise _Ended("done", f"It made {autopilot.max_steps} nodes, as many as were allowed.")
        plan = _next_plan(workspace, autopilot)
        application = Application(training=autopilot.training)
        made = plans.apply(workspace, plan, application, "automatic").node
        return workspace.store.autopilots.change(
            autopilot.id, {"nodes": [*autopilot.nodes, made.id], "current_id": made.id}
        )
    except _Ended as end:
        return workspace.store.autopilots.end(autopilot.id, end.state, end.reason)


def _judge(workspace: Workspace, autopilot: Autopilot) -> Autopilot:
    if autopilot.current_id is None:
        return autopilot
    node = workspace.store.nodes.get(autopilot.current_id)
    if node.state != "ready":
        why = f": {node.error.message}" if node.error else "."
        raise _Ended("failed", f"Node {node.number} is {node.state}{why}")
    assert node.accuracy is not None
    is_good = node.accuracy >= autopilot.target_accuracy
    autopilot = workspace.store.autopilots.change(autopilot.id, {"good_id" if is_good else "bad_id": node.id})
    if not is_good and autopilot.kind == "automatic":
        raise _Ended(
            "done", f"Node {node.number} has {node.accuracy:.2%}, below the target of {autopilot.target_accuracy:.2%}."
        )
    return autopilot


def _next_plan(workspace: Workspace, autopilot: Autopilot) -> Plan:
    good = workspace.store.nodes.get(autopilot.good_id)
    if autopilot.bad_id is not None:
        return _estimated_plan(workspace, autopilot, good)
    plan = plans.draft(workspace, good, NewPercentPlan(percent=autopilot.percent, note=_note(autopilot)))
    return _reaching(workspace, plan, f"{autopilot.percent:g} % of what is free in node {good.number} is no filter.")


def _reaching(workspace: Workspace, plan: Plan, why_no_budget: str) -> Plan:
    """The plan, if anything goes with it; else it is thrown away, and the autopilot ends with the reason."""
    if plan.reached > 0:
        return plan
    workspace.store.plans.remove(plan.id)
    why = " ".join(plan.notes) if plan.budget else why_no_budget
    raise _Ended("done", f"Nothing more can go. {why}")


def _estimated_plan(workspace: Workspace, autopilot: Autopilot, good: Node) -> Plan:
    asked: dict[str, Any] = {
        "good_id": good.id,
        "bad_id": autopilot.bad_id,
        "target_accuracy": autopilot.target_accuracy,
    }
    advice = estimates.estimate(workspace, good, NewEstimate(**asked))
    if advice.change < ENOUGH:
        raise _Ended(
            "done",
            f"The estimator advises to keep {advice.keep} of {good.filters} filters of node {good.number}: "
            f"a change of {advice.change:.1%}, fewer than {ENOUGH:.0%}.",
        )
    return _reaching(
        workspace, estimates.plan(workspace, advice), f"The estimator advises no cut of node {good.number}."
    )


def _note(autopilot: Autopilot) -> str:
    step, target = f"{autopilot.percent:g} % per step", f"{autopilot.target_accuracy:.2%}"
    return f"Autopilot {autopilot.id}: {step} until accuracy falls below {target}."
