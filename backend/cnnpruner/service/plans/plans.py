"""Drafts, previews and applies plans."""

import math
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from cnnpruner.domain.jobs import Job, NewJob, PreviewJob, PruneJob
from cnnpruner.domain.plans.orders import parse_criterion_and_price
from cnnpruner.domain.plans.plans import Application, AppliedPlan, NewPlan, Plan, PlanChanges, Preview
from cnnpruner.domain.plans.rules import PlanRule
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.tree.nodes import Node, NodeOrigin
from cnnpruner.domain.tree.training import Training
from cnnpruner.errors import Conflict
from cnnpruner.planning.plan_content import build_plan_content
from cnnpruner.service import jobs
from cnnpruner.service.plans import criteria
from cnnpruner.service.plans.structures import load_structure
from cnnpruner.service.tree import nodes
from cnnpruner.service.tree.forecasts import forecast_child
from cnnpruner.service.tree.teachers import resolve_teacher
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import NewNode, PlanBaseVersion

_RULE_ADAPTER: TypeAdapter[PlanRule] = TypeAdapter(PlanRule)


def draft(workspace: Workspace, node: Node, new: NewPlan) -> Plan:
    """Applies the rule in `new` to the node, and stores the result as a draft with the exact cost of the pruned
    network.
    """
    nodes.require_ready_node(node, "plans")
    rule = _normalize_rule(workspace, _RULE_ADAPTER.validate_python(new.model_dump(exclude={"name", "note"})))
    return workspace.store.plans.add(node.id, new.name, new.note, _build_plan_content(workspace, node, rule))


def _normalize_rule(workspace: Workspace, rule: PlanRule) -> PlanRule:
    """Returns the rule with its criterion in canonical spelling, as used by the page and the stored scores."""
    if rule.rule == "filters":
        return rule
    within = None if rule.within is None else criteria.normalize_order_spec(workspace, rule.within)
    return rule.model_copy(
        update={"criterion": criteria.normalize_order_spec(workspace, rule.criterion), "within": within}
    )


def _build_plan_content(workspace: Workspace, node: Node, rule: PlanRule) -> dict[str, Any]:
    structure = load_structure(workspace.store, node.id)
    scores = (
        None
        if rule.rule == "filters"
        else criteria.get_scores(workspace, node, parse_criterion_and_price(rule.criterion)[0])
    )
    within = None
    if rule.rule != "filters" and rule.within is not None:
        within = criteria.get_scores(workspace, node, rule.within)
    taylor_scores = _find_taylor_scores(workspace, node)  # after the scores for the criterion, which may be taylor
    return build_plan_content(structure.layers, structure.table, rule, scores, within, taylor_scores)


def _find_taylor_scores(workspace: Workspace, node: Node) -> Scores | None:
    """Returns the node's taylor scores, from which the shares of sensitivity and instability that a plan removes are
    computed; None if the node has no such scores.
    """
    return criteria.find_scores(workspace, node, criteria.resolve(workspace, "taylor"))


def change(workspace: Workspace, plan: Plan, changes: PlanChanges) -> Plan:
    """Edits a draft. If the rule has changed, it is applied again and the draft gets a new revision. Raises StalePlan
    if somebody else has changed the draft in the meantime.
    """
    content = None
    if changes.rule is not None and changes.rule != plan.rule:
        node = workspace.store.nodes.get(plan.node_id)
        content = _build_plan_content(workspace, node, _normalize_rule(workspace, changes.rule))
    columns = changes.model_dump(exclude_none=True, include={"name", "note"})
    return workspace.store.plans.change(
        plan.id, columns, content, PlanBaseVersion(changes.revision, changes.note_before)
    )


def delete(workspace: Workspace, plan: Plan) -> None:
    """Deletes a draft and cancels its running previews."""
    for job in workspace.store.jobs.list(active=True):
        if job.plan_id == plan.id and job.kind == "preview":
            jobs.cancel(workspace, job)
    workspace.store.plans.remove(plan.id)


def preview(workspace: Workspace, plan: Plan) -> Job | Preview:
    """Returns the preview of the plan's current revision. If it is missing or incomplete, returns the job that measures
    it.

    Raises Conflict if the preview is missing and the plan has been applied.
    """
    valid_preview = plan.preview if plan.preview is not None and plan.preview.revision == plan.revision else None
    if valid_preview is not None and (plan.state == "applied" or _is_preview_complete(workspace, plan, valid_preview)):
        return valid_preview
    if plan.state == "applied":
        message = f"Plan {plan.name} has been applied; to preview it, draft the same plan again on its node."
        raise Conflict(message, plan_id=plan.id)
    node = workspace.store.nodes.get(plan.node_id)
    new = NewJob(PreviewJob(revision=plan.revision), node.experiment_id, node.id, plan.id)
    with workspace.store.transaction():  # simultaneous clicks add only one job
        job = _find_preview_job(workspace, plan, node.experiment_id)
        job = job or workspace.store.jobs.add(new)
    workspace.runner.wake(job.queue)
    return job


def _is_preview_complete(workspace: Workspace, plan: Plan, valid_preview: Preview) -> bool:
    """Returns whether the preview is complete.

    A preview without a reconstruction, as made by earlier versions, is not complete. If the job that measured the
    preview did not succeed, the preview is not complete, either: the job may have stored the result of the quick
    reconstruction, but not the result of the full one.
    """
    experiment_id = workspace.store.nodes.get(plan.node_id).experiment_id
    preview_jobs = (job for job in workspace.store.jobs.list(experiment_id) if job.kind == "preview")
    latest_job = next((job for job in preview_jobs if job.plan_id == plan.id), None)  # the newest comes first
    return valid_preview.reconstructed is not None and (latest_job is None or latest_job.state == "done")


def _find_preview_job(workspace: Workspace, plan: Plan, experiment_id: int) -> Job | None:
    """Returns the job that measures the current revision, if there is one; cancels the jobs of older revisions."""
    for job in workspace.store.jobs.list(experiment_id, active=True):
        if job.kind == "preview" and job.plan_id == plan.id:
            if workspace.store.jobs.inputs(job.id, PreviewJob).revision == plan.revision:
                return job
            jobs.cancel(workspace, job)
    return None


def needed_correct(parent: Node, tolerance: float) -> int:
    """Returns the number of selection images that a child must classify correctly to count as recovered."""
    assert parent.correct is not None
    # The tiny term keeps 0.005 · 400 at 2, which rounding errors would otherwise make 1.
    return parent.correct - math.floor(tolerance * parent.images + 1e-9)


def _choose_training_settings(application: Application, default: Training) -> Training:
    training = default if application.training is None else application.training.override(default)
    return training if application.start is None else training.model_copy(update={"start": application.start})


def apply(workspace: Workspace, plan: Plan, application: Application, origin: NodeOrigin = "plan") -> AppliedPlan:
    """Marks the plan as applied, and adds the node and the job that makes the node, in one transaction."""
    if plan.state == "draft" and not plan.units:
        message = f"Plan {plan.name} removes nothing; increase its percentage or choose filters before applying it."
        raise Conflict(message, plan_id=plan.id)
    parent = workspace.store.nodes.get(plan.node_id)
    experiment = workspace.store.experiments.get(parent.experiment_id)
    training = _choose_training_settings(application, experiment.training)
    # Checked even if the caller named no revision: the job gets the units of the plan as it was read above.
    revision = plan.revision if application.revision is None else application.revision
    note = plan.note if application.note is None else application.note
    forecast, forecast_reason = forecast_child(workspace, parent, plan.cost.filters)
    new = NewNode(
        experiment_id=experiment.id,
        parent_id=parent.id,
        origin=origin,
        images=parent.images,
        training=training.model_dump(mode="json"),
        plan_id=plan.id,
        removed_filters=plan.reached,
        needed_correct=needed_correct(parent, experiment.tolerance),
        forecast=None if forecast is None else forecast.model_dump(mode="json"),
        forecast_reason=forecast_reason,
        note=note,
    )
    with workspace.store.transaction():
        training = resolve_teacher(workspace, training, parent)  # here, so that the teacher cannot be deleted meanwhile
        new = replace(new, training=training.model_dump(mode="json"))
        node, job_id = workspace.store.nodes.add(new, PruneJob(units=plan.units))
        workspace.store.plans.mark_applied(plan.id, node.id, note, PlanBaseVersion(revision))
        job = workspace.store.jobs.get(job_id)
    workspace.runner.wake("training")
    return AppliedPlan(node=workspace.store.nodes.get(node.id), job=job)
