"""Routes for plans: edit, preview, apply."""

from fastapi import APIRouter, Response

from cnnpruner.api.dependencies import JOB_QUEUED_RESPONSES, CurrentWorkspace, PlanFromPath
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Application, AppliedPlan, Plan, PlanChanges, Preview
from cnnpruner.service.plans import plans

router = APIRouter(prefix="/plans/{plan_id}", tags=["plans"])


@router.get("", response_description="The plan.")
def get_plan(plan: PlanFromPath) -> Plan:
    """Get a plan."""
    return plan


@router.patch("", response_description="The plan after the change.")
def change_plan(workspace: CurrentWorkspace, plan: PlanFromPath, changes: PlanChanges) -> Plan:
    """Edit a draft.

    Returns 409 if the plan has been applied, or if someone else has edited it since you read it. In the second case,
    `details.plan` contains the current plan.
    """
    return plans.change(workspace, plan, changes)


@router.delete("", status_code=204, response_description="The draft was deleted.")
def delete_plan(workspace: CurrentWorkspace, plan: PlanFromPath) -> None:
    """Delete a draft. Returns 409 if the plan has been applied."""
    plans.delete(workspace, plan)


@router.post(
    "/preview", responses=JOB_QUEUED_RESPONSES, response_description="The preview of the plan's current revision."
)
def preview_plan(workspace: CurrentWorkspace, plan: PlanFromPath, response: Response) -> Job | Preview:
    """Measure the accuracy of the pruned network without training it.

    Returns the preview if it already exists (200), otherwise the job that measures it (202). Returns 409 if the plan
    was applied before its preview was measured.
    """
    result = plans.preview(workspace, plan)
    if isinstance(result, Job):
        response.status_code = 202
    return result


@router.post("/apply", status_code=202, response_description="The new node, and the job that makes it.")
def apply_plan(workspace: CurrentWorkspace, plan: PlanFromPath, application: Application | None = None) -> AppliedPlan:
    """Apply a plan: create a node, and a job that prunes, trains, measures and scores the node's network."""
    return plans.apply(workspace, plan, application or Application())
