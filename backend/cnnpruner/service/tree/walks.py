"""Walks that grow a branch: each look at a finished node plans the next step. The rows are the truth."""

import logging
from contextlib import suppress
from typing import Any

from cnnpruner.domain.plans.plans import Application, NewPercentPlan, Plan
from cnnpruner.domain.tree.estimates import NewEstimate
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.walks import NewWalk, Walk, WalkState
from cnnpruner.errors import CNNPrunerError, InvalidInput, NotFound
from cnnpruner.service import jobs
from cnnpruner.service.plans import plans
from cnnpruner.service.tree import estimates, nodes
from cnnpruner.service.workspace import Workspace

log = logging.getLogger(__name__)

ENOUGH = 0.05
"""The estimator walk ends when fewer filters than this share are advised to go (the paper's criterion)."""


class _Ended(Exception):
    """The walk has its end."""

    def __init__(self, state: WalkState, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


def start(work: Workspace, node: Node, new: NewWalk) -> Walk:
    """Keep the walk and make its first node."""
    nodes.require_ready(node, "walks")
    target = new.target_accuracy if new.target_accuracy is not None else estimates.default_target(work, node)
    assert node.accuracy is not None
    if node.accuracy < target:
        raise InvalidInput(
            f"Node {node.number} has {node.accuracy:.2%} and is below the target of {target:.2%} already; "
            "start at a better node or set a lower target.",
            node_id=node.id,
        )
    with work.store.transaction():
        walk = work.store.walks.add(node.experiment_id, node.id, new.model_copy(update={"target_accuracy": target}))
        walk = _step(work, walk)
    work.runner.wake("training")
    return walk


def stop(work: Workspace, walk: Walk, finish_node: bool) -> Walk:
    """No further step; the node in the making is cancelled unless it shall be finished."""
    ended = work.store.walks.end(walk.id, "stopped", "Stopped by a person.")
    if walk.state == "running" and ended.nodes and not finish_node:
        made = work.store.nodes.get(ended.nodes[-1])
        assert made.job_id is not None
        jobs.cancel(work, work.store.jobs.get(made.job_id))
    return ended


def advance(work: Workspace) -> None:
    """Look at all running walks once; a walk that cannot go on is ended with the reason."""
    for walk in work.store.walks.list(running=True):
        try:
            _advance(work, walk)
        except CNNPrunerError as error:
            _fail(work, walk, error.message)
        except Exception:
            log.exception("walk %d could not go on", walk.id)
            _fail(work, walk, "Something unforeseen went wrong; the server's log has all of it.")


def _fail(work: Workspace, walk: Walk, reason: str) -> None:
    with suppress(NotFound):  # its experiment or branch may have been deleted meanwhile
        work.store.walks.end(walk.id, "failed", reason)


def _advance(work: Workspace, walk: Walk) -> None:
    if _is_under_way(work, walk):
        return
    with work.store.transaction():
        # Both read again: a person, or another server on this database, may have been quicker.
        walk = work.store.walks.get(walk.id)
        if walk.state == "running" and not _is_under_way(work, walk):
            _step(work, walk)
    work.runner.wake("training")


def _is_under_way(work: Workspace, walk: Walk) -> bool:
    """Whether its node is still in the making."""
    return walk.current_id is not None and work.store.nodes.get(walk.current_id).state in ("waiting", "running")


def _step(work: Workspace, walk: Walk) -> Walk:
    """Judge the node that is there, and make the next one or end the walk."""
    try:
        walk = _judge(work, walk)
        if len(walk.nodes) >= walk.max_steps:
            raise _Ended("done", f"It made {walk.max_steps} nodes, as many as were allowed.")
        plan = _next_plan(work, walk)
        application = Application(training=walk.training)
        made = plans.apply(work, plan, application, "automatic").node
        return work.store.walks.change(walk.id, {"nodes": [*walk.nodes, made.id], "current_id": made.id})
    except _Ended as end:
        return work.store.walks.end(walk.id, end.state, end.reason)


def _judge(work: Workspace, walk: Walk) -> Walk:
    if walk.current_id is None:
        return walk
    node = work.store.nodes.get(walk.current_id)
    if node.state != "ready":
        why = f": {node.error.message}" if node.error else "."
        raise _Ended("failed", f"Node {node.number} is {node.state}{why}")
    assert node.accuracy is not None
    is_good = node.accuracy >= walk.target_accuracy
    walk = work.store.walks.change(walk.id, {"good_id" if is_good else "bad_id": node.id})
    if not is_good and walk.kind == "automatic":
        raise _Ended(
            "done", f"Node {node.number} has {node.accuracy:.2%}, below the target of {walk.target_accuracy:.2%}."
        )
    return walk


def _next_plan(work: Workspace, walk: Walk) -> Plan:
    good = work.store.nodes.get(walk.good_id)
    if walk.bad_id is not None:
        return _estimated_plan(work, walk, good)
    plan = plans.draft(work, good, NewPercentPlan(percent=walk.percent, note=_note(walk)))
    return _reaching(work, plan, f"{walk.percent:g} % of what is free in node {good.number} is no filter.")


def _reaching(work: Workspace, plan: Plan, why_no_budget: str) -> Plan:
    """The plan, if anything goes with it; else it is thrown away, and the walk ends with the reason."""
    if plan.reached > 0:
        return plan
    work.store.plans.remove(plan.id)
    why = " ".join(plan.notes) if plan.budget else why_no_budget
    raise _Ended("done", f"Nothing more can go. {why}")


def _estimated_plan(work: Workspace, walk: Walk, good: Node) -> Plan:
    asked: dict[str, Any] = {"good_id": good.id, "bad_id": walk.bad_id, "target_accuracy": walk.target_accuracy}
    advice = estimates.estimate(work, good, NewEstimate(**asked))
    if advice.change < ENOUGH:
        raise _Ended(
            "done",
            f"The estimator advises to keep {advice.keep} of {good.filters} filters of node {good.number}: "
            f"a change of {advice.change:.1%}, fewer than {ENOUGH:.0%}.",
        )
    return _reaching(work, estimates.plan(work, advice), f"The estimator advises no cut of node {good.number}.")


def _note(walk: Walk) -> str:
    return f"Walk {walk.id}: {walk.percent:g} % a step until accuracy is below {walk.target_accuracy:.2%}."
