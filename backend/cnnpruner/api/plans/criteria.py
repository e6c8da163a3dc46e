"""Routes for criteria."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace
from cnnpruner.domain.plans.criteria import CriterionInfo
from cnnpruner.service.plans import criteria

router = APIRouter(prefix="/criteria", tags=["criteria"])


@router.get("", response_description="The criteria, built-in ones first.")
def list_criteria(workspace: CurrentWorkspace) -> list[CriterionInfo]:
    """List the criteria that can score filters, with their options. `keep` says which filters are kept: those with
    `high` or with `low` scores.

    User-defined criteria that cannot be used are listed last, with the reason in `error`.
    """
    return criteria.list_criteria(workspace)
