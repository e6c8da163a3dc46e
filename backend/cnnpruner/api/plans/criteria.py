"""Criteria that filters can be scored by."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace
from cnnpruner.domain.plans.criteria import CriterionInfo
from cnnpruner.service.plans import criteria

router = APIRouter(prefix="/criteria", tags=["criteria"])


@router.get("", response_description="The criteria, those that come with the program first.")
def list_criteria(workspace: CurrentWorkspace) -> list[CriterionInfo]:
    """What they are called, look at and can be set to, and which end of their scale is kept.

    A user's criterion that is broken has the reason in `error` and stands last; it cannot be used.
    """
    return criteria.listing(workspace)
