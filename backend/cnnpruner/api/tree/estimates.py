"""Routes for estimates and forecasts."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace, EstimateFromPath, ExperimentFromPath, NodeFromPath
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.estimates import Estimate, NewEstimate, TreeForecast
from cnnpruner.service.tree import estimates, forecasts

router = APIRouter(tags=["estimates"])


@router.post(
    "/nodes/{node_id}/estimate",
    status_code=201,
    summary="Estimate Filters to Keep",
    response_description="The estimate of how many filters to keep.",
)
def estimate_filters(workspace: CurrentWorkspace, node: NodeFromPath, new: NewEstimate | None = None) -> Estimate:
    """Estimate how many filters to keep to reach a target accuracy, and store the estimate.

    The estimate combines two methods. The first, from the CNNPruner paper (Li et al. 2021), interpolates between a node
    at or above the target and a node below it. The second is a forecast from all finished nodes.
    """
    return estimates.estimate(workspace, node, new or NewEstimate())


@router.get("/experiments/{experiment_id}/estimates", response_description="The estimates of the tree, oldest first.")
def list_estimates(workspace: CurrentWorkspace, experiment: ExperimentFromPath) -> list[Estimate]:
    """List all estimates of the tree, oldest first. If a node was created from the plan of an estimate, `outcome`
    compares the estimate with the node.
    """
    return workspace.store.estimates.list(experiment.id)


@router.get(
    "/experiments/{experiment_id}/forecast",
    summary="Forecast Accuracy",
    response_description="The forecast, or the reason why there is no forecast.",
)
def forecast_tree(workspace: CurrentWorkspace, experiment: ExperimentFromPath) -> TreeForecast:
    """Forecast the accuracy after fine-tuning as a function of the number of filters, with 80% intervals. The forecast
    is fitted to the finished nodes of the tree.
    """
    return forecasts.forecast_tree(workspace, experiment.id)


@router.post(
    "/estimates/{estimate_id}/plan",
    status_code=201,
    summary="Create Draft from Estimate",
    response_description="The draft that removes as many filters as advised.",
)
def plan_estimate(workspace: CurrentWorkspace, estimate: EstimateFromPath) -> Plan:
    """Draft a plan that removes as many filters as the estimate advises.

    A second call returns the same draft, unless the draft has been edited or applied.
    """
    return estimates.draft_plan(workspace, estimate)
