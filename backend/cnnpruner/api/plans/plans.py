"""Plans: edit, preview, apply."""

from fastapi import APIRouter, Response

from cnnpruner.api.dependencies import QUEUED, CurrentWorkspace, PathPlan
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Application, Applied, Plan, PlanChanges, Preview
from cnnpruner.service.plans import plans

router = APIRouter(prefix="/plans/{plan_id}", tags=["plans"])


@router.get("", response_description="The plan as it is now.")
def get_plan(plan: PathPlan) -> Plan:
    """One plan."""
    return plan


@router.patch("", response_description="The plan after the change.")
def change_plan(workspace: CurrentWorkspace, plan: PathPlan, changes: PlanChanges) -> Plan:
    """Edit a draft; 409 once it is applied, or where somebody else was quicker: `details.plan` is their version."""
    return plans.change(workspace, plan, changes)


@router.delete("", status_code=204, response_description="It is gone.")
def delete_plan(workspace: CurrentWorkspace, plan: PathPlan) -> None:
    """Throw a draft away; 409 once it is applied."""
    plans.delete(workspace, plan)


@router.post("/preview", responses=QUEUED, response_description="What was measured of the plan as it is now.")
def preview_plan(workspace: CurrentWorkspace, plan: PathPlan, response: Response) -> Job | Preview:
    """Accuracy without training: the result where it is there (200), else the job that measures it (202).

    409 for an applied plan that was not measured before: it never changes.
    """
    answer = plans.preview(workspace, plan)
    if isinstance(answer, Job):
        response.status_code = 202
    return answer


@router.post("/apply", status_code=202, response_description="The node, and the job that makes it ready.")
def apply_plan(workspace: CurrentWorkspace, plan: PathPlan, application: Application | None = None) -> Applied:
    """Make a node of it: the node exists at once, a job cuts, tunes, measures and scores it."""
    return plans.apply(workspace, plan, application or Application())
