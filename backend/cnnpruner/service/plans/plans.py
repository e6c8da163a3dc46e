"""Drafting, previewing and applying plans."""

import math
from typing import Any

from pydantic import TypeAdapter

from cnnpruner.domain.jobs import Job, NewJob, PreviewJob, PruneJob
from cnnpruner.domain.plans.plans import Application, Applied, NewPlan, Plan, PlanChanges, PlanRule, Preview
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.tree.nodes import Node, Origin
from cnnpruner.errors import Conflict
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.shares import compute_shares
from cnnpruner.service import jobs
from cnnpruner.service.plans import criteria
from cnnpruner.service.plans.structures import structure
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import Basis, NewNode

_RULE: TypeAdapter[PlanRule] = TypeAdapter(PlanRule)


def draft(workspace: Workspace, node: Node, new: NewPlan) -> Plan:
    """Carry out the rule and keep the draft with its exact cost."""
    nodes.require_ready(node, "plans")
    rule = _spelled(workspace, _RULE.validate_python(new.model_dump(exclude={"name", "note"})))
    return workspace.store.plans.add(node.id, new.name, new.note, _content(workspace, node, rule))


def _spelled(workspace: Workspace, rule: PlanRule) -> PlanRule:
    """The rule with the one spelling of its criterion's options, by which page and scores name it."""
    if rule.rule == "filters":
        return rule
    return rule.model_copy(update={"criterion": criteria.choose(workspace, rule.criterion).spec})


def _content(workspace: Workspace, node: Node, rule: PlanRule) -> dict[str, Any]:
    found = structure(workspace.store, node.id)
    scores = _taylor(workspace, node) if rule.rule == "filters" else criteria.scores(workspace, node, rule.criterion)
    drafted = draft_plan(found.layers, rule, scores)
    before, after = found.table.cost([]), found.table.cost(drafted.units)
    return {
        "rule": rule.model_dump(mode="json"),
        "filters": drafted.filters,
        "units": list(drafted.units),
        "budget": drafted.budget,
        "reached": drafted.reached,
        "notes": list(drafted.notes),
        "now": before.model_dump(),
        "cost": after.model_dump(),
        "shares": compute_shares(found.layers, drafted.units, _taylor(workspace, node), before, after).model_dump(),
    }


def _taylor(workspace: Workspace, node: Node) -> Scores | None:
    """What plans are told in, whatever ranks them: sensitivity and its instability; None where it is not there."""
    return criteria.kept(workspace, node, criteria.choose(workspace, "taylor"))


def change(workspace: Workspace, plan: Plan, changes: PlanChanges) -> Plan:
    """Edit a draft; a changed rule is carried out anew and makes a new revision. Raises StalePlan."""
    content = None
    if changes.rule is not None and changes.rule != plan.rule:
        content = _content(workspace, workspace.store.nodes.get(plan.node_id), _spelled(workspace, changes.rule))
    columns = changes.model_dump(exclude_none=True, include={"name", "note"})
    return workspace.store.plans.change(plan.id, columns, content, Basis(changes.revision, changes.note_before))


def delete(workspace: Workspace, plan: Plan) -> None:
    """Throw a draft away, and a preview of it that runs."""
    for job in workspace.store.jobs.list(active=True):
        if job.plan_id == plan.id and job.kind == "preview":
            jobs.cancel(workspace, job)
    workspace.store.plans.remove(plan.id)


def preview(workspace: Workspace, plan: Plan) -> Job | Preview:
    """The measured accuracy if it is of this revision, else the job that measures it. Raises Conflict once applied."""
    if plan.preview is not None and plan.preview.revision == plan.revision:
        return plan.preview
    if plan.state == "applied":
        message = f"Plan {plan.name} is applied and never changes; draft the same on its node to preview it."
        raise Conflict(message, plan_id=plan.id)
    node = workspace.store.nodes.get(plan.node_id)
    new = NewJob(PreviewJob(revision=plan.revision), node.experiment_id, node.id, plan.id)
    with workspace.store.transaction():  # two clicks at once make one job
        job = _running_preview(workspace, plan, node.experiment_id)
        job = job or workspace.store.jobs.add(new)
    workspace.runner.wake(job.queue)
    return job


def _running_preview(workspace: Workspace, plan: Plan, experiment_id: int) -> Job | None:
    """The job that measures this revision; one of an older revision is ended."""
    for job in workspace.store.jobs.list(experiment_id, active=True):
        if job.kind == "preview" and job.plan_id == plan.id:
            if workspace.store.jobs.inputs(job.id, PreviewJob).revision == plan.revision:
                return job
            jobs.cancel(workspace, job)
    return None


def needed_correct(parent: Node, tolerance: float) -> int:
    """Right selection images from which a child counts as recovered."""
    assert parent.correct is not None
    # The tiny term keeps 0.005 · 400 at 2 where binary fractions would make it 1.
    return parent.correct - math.floor(tolerance * parent.images + 1e-9)


def apply(workspace: Workspace, plan: Plan, application: Application, origin: Origin = "plan") -> Applied:
    """Close the plan and make the node that its job will bring to life, all at once."""
    if plan.state == "draft" and not plan.units:
        message = f"Plan {plan.name} removes nothing; raise its percentage or choose filters before you apply it."
        raise Conflict(message, plan_id=plan.id)
    parent = workspace.store.nodes.get(plan.node_id)
    experiment = workspace.store.experiments.get(parent.experiment_id)
    training = experiment.training if application.training is None else application.training.on(experiment.training)
    # Also without a word of the caller: the units that the job gets are those of the plan as it was read above.
    seen = plan.revision if application.revision is None else application.revision
    note = plan.note if application.note is None else application.note
    new = NewNode(
        experiment_id=experiment.id,
        parent_id=parent.id,
        origin=origin,
        images=parent.images,
        training=training.model_dump(mode="json"),
        plan_id=plan.id,
        removed_filters=plan.reached,
        needed_correct=needed_correct(parent, experiment.tolerance),
        note=note,
    )
    with workspace.store.transaction():
        node, job_id = workspace.store.nodes.add(new, PruneJob(units=plan.units))
        workspace.store.plans.close(plan.id, node.id, note, Basis(seen))
        job = workspace.store.jobs.get(job_id)
    workspace.runner.wake("training")
    return Applied(node=workspace.store.nodes.get(node.id), job=job)
