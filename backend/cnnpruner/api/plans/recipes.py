"""Route for recipes."""

from typing import Annotated

from fastapi import APIRouter, Query

from cnnpruner.api.dependencies import CurrentWorkspace, NodeFromPath, get_plan
from cnnpruner.domain.plans.recipes import Recipe
from cnnpruner.domain.plans.suggestions import MAX_TRAINING_SECONDS
from cnnpruner.service.plans import recipes

router = APIRouter(tags=["plans"])

PlanIdFromQuery = Annotated[
    int | None,
    Query(
        alias="plan",
        ge=0,
        le=2**53 - 1,
        description="ID of a plan of the node. The settings are chosen for the network that it creates.",
    ),
]
SecondsFromQuery = Annotated[
    float | None,
    Query(ge=1, le=MAX_TRAINING_SECONDS, description="Maximum duration of the training, in seconds."),
]


@router.get("/nodes/{node_id}/recipe", response_description="The recommended settings, with the reasons.")
def get_recipe(
    workspace: CurrentWorkspace, node: NodeFromPath, plan_id: PlanIdFromQuery = None, seconds: SecondsFromQuery = None
) -> Recipe:
    """Get the recommended training settings for a plan and a time budget: start weights, teacher, learning rate,
    schedule and number of epochs, with the expected duration of the training.

    Nothing is changed. To use the recipe, send its `training` when you apply the plan.
    """
    plan = None if plan_id is None else get_plan(workspace, plan_id)
    return recipes.recommend(workspace, node, plan, seconds)
