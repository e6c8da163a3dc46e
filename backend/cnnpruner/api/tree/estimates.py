"""How many filters to keep for a target accuracy."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace, PathEstimate, PathExperiment, PathNode
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.estimates import Estimate, NewEstimate, TreeForecast
from cnnpruner.service.tree import estimates

router = APIRouter(tags=["estimates"])


@router.post("/nodes/{node_id}/estimate", status_code=201, response_description="The estimate.")
def estimate_filters(workspace: CurrentWorkspace, node: PathNode, new: NewEstimate | None = None) -> Estimate:
    """The paper's interpolation between a good and a bad node, and a forecast from all finished nodes; kept."""
    return estimates.estimate(workspace, node, new or NewEstimate())


@router.get("/experiments/{experiment_id}/estimates", response_description="The estimates.")
def list_estimates(workspace: CurrentWorkspace, experiment: PathExperiment) -> list[Estimate]:
    """All estimates of the tree, the oldest first, each beside what came out."""
    return workspace.store.estimates.list(experiment.id)


@router.get("/experiments/{experiment_id}/forecast", response_description="The forecast, or why there is none.")
def forecast_tree(workspace: CurrentWorkspace, experiment: PathExperiment) -> TreeForecast:
    """What the finished nodes let expect of a node of any size after fine-tuning, with 80 % intervals."""
    return estimates.forecast_tree(workspace, experiment.id)


@router.post("/estimates/{estimate_id}/plan", status_code=201, response_description="The draft.")
def plan_estimate(workspace: CurrentWorkspace, estimate: PathEstimate) -> Plan:
    """A draft that removes what the estimate advises; asked again, the same one unless it was edited or applied."""
    return estimates.plan(workspace, estimate)
