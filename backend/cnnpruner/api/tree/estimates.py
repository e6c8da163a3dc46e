"""How many filters to keep for a target accuracy."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import PathEstimate, PathExperiment, PathNode, Work
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.estimates import Estimate, NewEstimate, TreeForecast
from cnnpruner.service.tree import estimates

router = APIRouter(tags=["estimates"])


@router.post("/nodes/{node_id}/estimate", status_code=201, response_description="The estimate.")
def estimate_filters(work: Work, node: PathNode, new: NewEstimate | None = None) -> Estimate:
    """The paper's interpolation between a good and a bad node, and a forecast from all finished nodes; kept."""
    return estimates.estimate(work, node, new or NewEstimate())


@router.get("/experiments/{experiment_id}/estimates", response_description="The estimates.")
def list_estimates(work: Work, experiment: PathExperiment) -> list[Estimate]:
    """All estimates of the tree, the oldest first, each beside what came out."""
    return work.store.estimates.list(experiment.id)


@router.get("/experiments/{experiment_id}/forecast", response_description="The forecast, or why there is none.")
def forecast_tree(work: Work, experiment: PathExperiment) -> TreeForecast:
    """What the finished nodes let expect of a node of any size after fine-tuning, with 80 % intervals."""
    return estimates.forecast_tree(work, experiment.id)


@router.post("/estimates/{estimate_id}/plan", status_code=201, response_description="The draft.")
def plan_estimate(work: Work, estimate: PathEstimate) -> Plan:
    """A draft that removes what the estimate advises; asked again, the same one unless it was edited or applied."""
    return estimates.plan(work, estimate)
