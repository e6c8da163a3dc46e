"""Criteria that filters can be scored by."""

from fastapi import APIRouter

from cnnpruner.domain.criteria import CriterionInfo
from cnnpruner.service import criteria

router = APIRouter(prefix="/criteria", tags=["criteria"])


@router.get("")
def list_criteria() -> list[CriterionInfo]:
    """What they are called, what they look at, and which end of their scale is kept."""
    return criteria.listing()
