"""Runs Autopilots: whenever a node is finished, plans the next step.

The database contains the entire state of an Autopilot.
"""

from functools import partial
from typing import Any

from cnnpruner.domain.plans.goals import AccuracyGoal
from cnnpruner.domain.plans.orders import Order
from cnnpruner.domain.plans.plans import COST_NAMES, Application, NewPercentPlan, NewTargetPlan, Plan
from cnnpruner.domain.tree.autopilots import PAPER_AUTOPILOT_KINDS, Autopilot, AutopilotState, NewAutopilot
from cnnpruner.domain.tree.estimates import NewEstimate
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.training import TrainingChoice, TrainingStart
from cnnpruner.errors import InvalidInput
from cnnpruner.service import jobs
from cnnpruner.service.plans import criteria, plans, recipes
from cnnpruner.service.tree import estimates, lineage, nodes
from cnnpruner.service.tree.goals import cost_in_goal_metric, require_unmet_goal
from cnnpruner.service.unattended import run_for_each
from cnnpruner.service.workspace import Workspace

DEFAULT_STEP_COUNT = 5
"""Default number of steps of an Autopilot that follows a schedule."""
MIN_STEP_PERCENT = 1.0
"""An Autopilot ends when its next step would remove less than this percentage of the free (removable) filters."""
MIN_REMOVED_SHARE = 0.05
"""An Autopilot that uses the estimator ends when the estimator advises removing less than this share of a node's
filters, as in the paper.
"""


class _AutopilotEnded(Exception):
    """Raised to end the Autopilot, with its final state and the reason."""

    def __init__(self, state: AutopilotState, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


def start(workspace: Workspace, node: Node, new: NewAutopilot) -> Autopilot:
    """Stores the Autopilot. Also makes its first node, unless the scores for it have yet to be computed."""
    nodes.require_ready_node(node, "autopilots")
    workspace.store.experiments.require_weights(node.experiment_id)
    new = _resolve_settings(workspace, node, new)
    if not _reaches_target(node, new.target_accuracy):
        assert new.target_accuracy is not None
        problem = lineage.describe_missed_target(node, new.target_accuracy)
        fix = "start from a more accurate node" + ("" if node.learned is False else " or set a lower target")
        raise InvalidInput(f"{problem}; {fix}.", node_id=node.id)
    # If the scores of its criterion are missing, `advance_autopilots` makes the first node once they are computed.
    has_scores = _request_scores(workspace, node, new.order)
    with workspace.store.transaction():
        autopilot = workspace.store.autopilots.add(node.experiment_id, node.id, new)
        if has_scores:
            autopilot = _take_step(workspace, autopilot)
    workspace.runner.wake("training")
    return autopilot


def _resolve_settings(workspace: Workspace, node: Node, new: NewAutopilot) -> NewAutopilot:
    """Returns the settings with target, start, steps and criterion filled in. Raises InvalidInput if the goal is
    missing, contradicts the target, or has already been reached.
    """
    goal, target = new.goal, new.target_accuracy
    if isinstance(goal, AccuracyGoal):
        if target is not None and target != goal.accuracy:
            raise InvalidInput("goal.accuracy and target_accuracy differ; send only one of them.")
        target, goal = goal.accuracy, None
    if new.kind == "schedule" and goal is None:
        raise InvalidInput('A schedule needs a target cost; send `goal` as {"metric": "macs", "value": 1000000}.')
    if goal is not None:
        require_unmet_goal(node, goal)
    if target is None and (goal is None or new.kind == "automatic_estimator"):
        target = estimates.default_target(workspace, node)
    order = new.order
    within = None if order.within is None else criteria.normalize_order_spec(workspace, order.within)
    criterion = criteria.normalize_order_spec(workspace, order.criterion)
    resolved_settings = {
        "goal": goal,
        "target_accuracy": target,
        "steps": (new.steps or DEFAULT_STEP_COUNT) if new.kind == "schedule" else None,
        "order": order.model_copy(update={"criterion": criterion, "within": within}),
        "start": new.start or _choose_default_start(workspace, node, new),
    }
    return new.model_copy(update=resolved_settings)


def _choose_default_start(workspace: Workspace, node: Node, new: NewAutopilot) -> TrainingStart:
    if new.training is not None and new.training.start is not None:
        return new.training.start
    return (
        "cut"
        if new.kind in PAPER_AUTOPILOT_KINDS
        else workspace.store.experiments.get(node.experiment_id).training.start
    )


def stop(workspace: Workspace, autopilot: Autopilot, finish_node: bool) -> Autopilot:
    """Ends the Autopilot. Also cancels the job of the node that the Autopilot is making, unless `finish_node`
    is true.
    """
    stopped_autopilot = workspace.store.autopilots.end(autopilot.id, "stopped", "Stopped by a user.")
    if autopilot.state == "running" and stopped_autopilot.nodes and not finish_node:
        last_node = workspace.store.nodes.get(stopped_autopilot.nodes[-1])
        assert last_node.job_id is not None
        jobs.cancel(workspace, workspace.store.jobs.get(last_node.job_id))
    return stopped_autopilot


def advance_autopilots(workspace: Workspace) -> None:
    """For every running Autopilot whose current node is finished, takes the next step. If an Autopilot cannot continue,
    ends it and stores the reason.
    """
    run_for_each(
        workspace.store.autopilots.list(only_running=True),
        partial(_advance_autopilot, workspace),
        lambda autopilot, reason: workspace.store.autopilots.end(autopilot.id, "failed", reason),
    )


def _advance_autopilot(workspace: Workspace, autopilot: Autopilot) -> None:
    if _is_making_node(workspace, autopilot) or not _has_scores(workspace, autopilot):
        return
    with workspace.store.transaction():
        # Read again, because a person or another server on this database may have been faster.
        autopilot = workspace.store.autopilots.get(autopilot.id)
        if autopilot.state == "running" and not _is_making_node(workspace, autopilot):
            _take_step(workspace, autopilot)
    workspace.runner.wake("training")


def _has_scores(workspace: Workspace, autopilot: Autopilot) -> bool:
    """Returns whether the node that the next step prunes has the scores that the step needs. If not, queues the jobs
    that compute them.
    """
    node_id = autopilot.good_id
    if autopilot.current_id is not None:
        current_node = workspace.store.nodes.get(autopilot.current_id)
        if current_node.state == "ready" and _reaches_target(current_node, autopilot.target_accuracy):
            node_id = current_node.id
    return _request_scores(workspace, workspace.store.nodes.get(node_id), autopilot.order)


def _request_scores(workspace: Workspace, node: Node, order: Order) -> bool:
    """Returns whether the node has the scores that `order` needs. If not, queues the jobs that compute them."""
    specs = [order.criterion, *([] if order.within is None else [order.within])]
    missing = [spec for spec in specs if not criteria.request_scores(workspace, node, spec)]
    return not missing


def _is_making_node(workspace: Workspace, autopilot: Autopilot) -> bool:
    """Returns whether the Autopilot's current node is not finished yet."""
    return autopilot.current_id is not None and workspace.store.nodes.get(autopilot.current_id).state in (
        "waiting",
        "running",
    )


def _take_step(workspace: Workspace, autopilot: Autopilot) -> Autopilot:
    """Evaluates the finished node, then makes the next one or ends the Autopilot."""
    try:
        autopilot = _evaluate_node(workspace, autopilot)
        if len(autopilot.nodes) >= autopilot.max_steps:
            raise _AutopilotEnded("done", f"The Autopilot made {autopilot.max_steps} nodes, the maximum allowed.")
        plan = _draft_next_plan(workspace, autopilot)
        application = Application(training=_choose_training_settings(workspace, autopilot, plan), start=autopilot.start)
        node = plans.apply(workspace, plan, application, "automatic").node
        return workspace.store.autopilots.change(
            autopilot.id, {"nodes": [*autopilot.nodes, node.id], "current_id": node.id}
        )
    except _AutopilotEnded as end:
        return workspace.store.autopilots.end(autopilot.id, end.state, end.reason)


def _choose_training_settings(workspace: Workspace, autopilot: Autopilot, plan: Plan) -> TrainingChoice | None:
    """Returns the settings for training the network that the plan makes: those of its recipe, if the Autopilot uses
    recipes, overridden by those of the Autopilot.
    """
    if not autopilot.recipe:
        return autopilot.training
    recipe = recipes.recommend(workspace, workspace.store.nodes.get(plan.node_id), plan, None).training
    training = recipe if autopilot.training is None else autopilot.training.override(recipe)
    return TrainingChoice.from_training(training)


def _evaluate_node(workspace: Workspace, autopilot: Autopilot) -> Autopilot:
    if autopilot.current_id is None:
        return autopilot
    node = workspace.store.nodes.get(autopilot.current_id)
    if node.state != "ready":
        raise _AutopilotEnded(
            "failed",
            f"Node {node.number} is {node.state}: {node.error.message}"
            if node.error
            else f"Node {node.number} is {node.state}.",
        )
    reaches_target = _reaches_target(node, autopilot.target_accuracy)
    autopilot = workspace.store.autopilots.change(autopilot.id, {"good_id" if reaches_target else "bad_id": node.id})
    if not reaches_target and autopilot.kind in ("automatic", "schedule"):
        raise _AutopilotEnded("done", f"{_describe_missed_target(node, autopilot)}.")
    return autopilot


def _describe_missed_target(node: Node, autopilot: Autopilot) -> str:
    if autopilot.target_accuracy is None:
        return f"Node {node.number} learned nothing, so further steps would have no accuracy to preserve"
    return lineage.describe_missed_target(node, autopilot.target_accuracy)


def _reaches_target(node: Node, target: float | None) -> bool:
    """Returns whether a ready node reaches the target, if there is one, and learned something. If the node learned
    nothing, further steps would have no accuracy to preserve.
    """
    return (target is None or lineage.reaches_target(node, target)) and node.learned is not False


def _draft_next_plan(workspace: Workspace, autopilot: Autopilot) -> Plan:
    good = workspace.store.nodes.get(autopilot.good_id)
    _end_if_goal_met(autopilot, good)
    if autopilot.kind == "schedule":
        return _draft_scheduled_plan(workspace, autopilot, good)
    if autopilot.kind == "automatic_estimator" and autopilot.bad_id is not None:
        return _draft_plan_from_estimate(workspace, autopilot, good)
    return _draft_equal_step_plan(workspace, autopilot, good)


def _end_if_goal_met(autopilot: Autopilot, good: Node) -> None:
    """Ends the Autopilot if the cost of its last good node already meets the goal."""
    goal = autopilot.goal
    if goal is not None and (cost := cost_in_goal_metric(good, goal)) <= goal.value:
        name = COST_NAMES[goal.metric]
        raise _AutopilotEnded(
            "done", f"Node {good.number} has {cost:,} {name}, which meets the goal of {goal.value:,.0f}."
        )


def _draft_equal_step_plan(workspace: Workspace, autopilot: Autopilot, good: Node) -> Plan:
    """Drafts a plan that removes the step's percentage of the free filters, or fewer if fewer reach the goal."""
    percent = autopilot.percent / 2 ** _count_missed_targets(workspace, autopilot)
    if percent < MIN_STEP_PERCENT:
        reason = (
            f"The next step would remove {percent:.2g}% of the free (removable) filters, less than the minimum of "
            f"{MIN_STEP_PERCENT:g}%."
        )
        raise _AutopilotEnded("done", f"Nothing more can be removed without missing the target. {reason}")
    order, note = autopilot.order.model_dump(), _write_plan_note(autopilot, percent)
    plan = plans.draft(workspace, good, NewPercentPlan(percent=percent, note=note, **order))
    goal = autopilot.goal
    if goal is not None and getattr(plan.cost, goal.metric) < goal.value:
        workspace.store.plans.remove(plan.id)
        plan = plans.draft(workspace, good, NewTargetPlan(metric=goal.metric, value=goal.value, note=note, **order))
    reason = f"{percent:g}% of the free filters of node {good.number} is less than one filter."
    return _require_nonempty_plan(workspace, plan, reason)


def _count_missed_targets(workspace: Workspace, autopilot: Autopilot) -> int:
    """Returns how many times the percentage per step has been halved: once for each node of the Autopilot that missed
    the target. 0 for kinds of Autopilot that never halve it.
    """
    if autopilot.kind != "halving":
        return 0
    autopilot_nodes = [workspace.store.nodes.get(node_id) for node_id in autopilot.nodes]
    return sum(
        not _reaches_target(node, autopilot.target_accuracy) for node in autopilot_nodes if node.state == "ready"
    )


def _draft_scheduled_plan(workspace: Workspace, autopilot: Autopilot, good: Node) -> Plan:
    """Drafts the next step of the cubic schedule (Zhu and Gupta 2017, equation 1): after step t of n, the cost is goal
    + (initial cost - goal) · (1 - t/n)³. Steps that would remove nothing are skipped.
    """
    goal, step_count = autopilot.goal, autopilot.steps
    assert goal is not None and step_count is not None
    initial_cost = cost_in_goal_metric(workspace.store.nodes.get(autopilot.node_id), goal)
    plan: Plan | None = None
    for step in range(len(autopilot.nodes) + 1, step_count + 1):
        value = goal.value + (initial_cost - goal.value) * (1 - step / step_count) ** 3
        note = f"Autopilot {autopilot.id}: step {step} of {step_count}, down to {value:,.0f} {COST_NAMES[goal.metric]}."
        new = NewTargetPlan(metric=goal.metric, value=value, note=note, **autopilot.order.model_dump())
        plan = plans.draft(workspace, good, new)
        if plan.reached > 0:
            return plan
        workspace.store.plans.remove(plan.id)
    notes = "" if plan is None else " " + " ".join(plan.notes)
    raise _AutopilotEnded("done", f"All steps of the schedule are complete.{notes}".strip())


def _require_nonempty_plan(workspace: Workspace, plan: Plan, fallback_reason: str) -> Plan:
    """Returns the plan if it removes anything. Otherwise deletes it and ends the Autopilot; the plan's notes or
    `fallback_reason` say why.
    """
    if plan.reached > 0:
        return plan
    workspace.store.plans.remove(plan.id)
    reason = " ".join(plan.notes) if plan.budget else fallback_reason
    raise _AutopilotEnded("done", f"Nothing more can be removed. {reason}")


def _draft_plan_from_estimate(workspace: Workspace, autopilot: Autopilot, good: Node) -> Plan:
    fields: dict[str, Any] = {
        "good_id": good.id,
        "bad_id": autopilot.bad_id,
        "target_accuracy": autopilot.target_accuracy,
    }
    estimate = estimates.estimate(workspace, good, NewEstimate(**fields))
    if estimate.change < MIN_REMOVED_SHARE:
        raise _AutopilotEnded(
            "done",
            f"The estimator advises keeping {estimate.keep} of the {good.filters} filters of node {good.number}: "
            f"that would remove only {estimate.change:.1%}, less than the minimum of {MIN_REMOVED_SHARE:.0%}.",
        )
    return _require_nonempty_plan(
        workspace,
        estimates.draft_plan(workspace, estimate, autopilot.order),
        f"The estimator advises removing nothing from node {good.number}.",
    )


def _write_plan_note(autopilot: Autopilot, percent: float) -> str:
    target, goal = autopilot.target_accuracy, autopilot.goal
    ends = [
        *([] if goal is None else [f"at most {goal.value:,.0f} {COST_NAMES[goal.metric]} remain"]),
        *([] if target is None else [f"the accuracy falls below {target:.2%}"]),
    ]
    return f"Autopilot {autopilot.id}: prunes {percent:g}% per step until {' or '.join(ends)}."
