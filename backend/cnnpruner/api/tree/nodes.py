"""Routes for nodes."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from cnnpruner.api.dependencies import JOB_QUEUED_RESPONSES, CurrentWorkspace, NodeFromPath
from cnnpruner.api.response_cache import CurrentResponseCache
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.criteria import Agreement
from cnnpruner.domain.plans.layers import NodeLayers
from cnnpruner.domain.plans.plans import NewPlan, Plan
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.nodes import Confusion, Epoch, Node, NodeChanges, Samples
from cnnpruner.service.plans import criteria, plans
from cnnpruner.service.samples import samples
from cnnpruner.service.tree import nodes

CriterionFromQuery = Annotated[
    str,
    Query(
        max_length=100,
        description="Criterion: its name, or its name with options, as in `name:option=value,option=value`. "
        "With a price appended, as in `loss_change/macs^0.5`, each score is divided by this power of the cost that "
        "removing the unit saves.",
    ),
]

router = APIRouter(prefix="/nodes/{node_id}", tags=["nodes"])


@router.get("", response_description="The node.")
def get_node(node: NodeFromPath) -> Node:
    """Get a node."""
    return node


@router.patch("", response_description="The node after the change.")
def change_node(workspace: CurrentWorkspace, node: NodeFromPath, changes: NodeChanges) -> Node:
    """Change the note or the star of a node. Nothing else about a ready node can be changed."""
    return nodes.change(workspace, node, changes)


@router.get(
    "/layers",
    response_model=NodeLayers,
    response_description="The structure of the node's network, and which parts of it can be pruned.",
)
def get_layers(workspace: CurrentWorkspace, node: NodeFromPath, cache: CurrentResponseCache) -> Response:
    """Get the structure of a node's network: its layers, its units (filters that are removed together) and their
    groups, why some units cannot be removed, and the cost model.
    """
    version = "ready" if node.state == "ready" else workspace.store.events.last_id()
    return cache.respond(("layers", node.id), version, lambda: nodes.get_layers(workspace, node))


@router.get("/scores", response_model=Scores, response_description="The scores of all units.")
def get_scores(
    workspace: CurrentWorkspace,
    node: NodeFromPath,
    cache: CurrentResponseCache,
    criterion: CriterionFromQuery = "taylor",
) -> Response:
    """Get the scores of a node's units as arrays: entry i of every array belongs to the same unit.

    `criterion` is a name, or a name with options, as in `l1:per_weight=true`. Scores that do not exist yet are computed
    first. The call fails if this takes longer than two minutes; the POST call has no time
    limit.
    """
    scores = criteria.get_scores(workspace, node, criterion)
    # they never change; their prices do if old MACs are counted again
    return cache.respond(("scores", node.id, scores.criterion), node.macs, lambda: scores)


@router.post("/scores", responses=JOB_QUEUED_RESPONSES, response_description="The scores of all units.")
def compute_scores(
    workspace: CurrentWorkspace, node: NodeFromPath, response: Response, criterion: CriterionFromQuery = "taylor"
) -> Job | Scores:
    """Compute the scores of a node's units.

    Returns the scores if they already exist (200), otherwise the job that computes and stores them (202).
    """
    result = criteria.compute(workspace, node, criterion)
    if isinstance(result, Job):
        response.status_code = 202
    return result


@router.get(
    "/agreement",
    summary="Get Agreement of Criteria",
    response_description="The rank correlation of each pair of criteria, and the ranks of the units.",
)
def get_agreement(
    workspace: CurrentWorkspace,
    node: NodeFromPath,
    names: Annotated[
        list[Annotated[str, Field(max_length=100)]] | None,
        Query(alias="criteria", min_length=1, max_length=20, description="Names of the criteria. Default: all."),
    ] = None,
) -> Agreement:
    """Get the rank correlation of each pair of criteria over all units that can be removed, and the rank that each
    criterion assigns to each unit.
    """
    return criteria.agreement(workspace, node, names)


@router.get("/epochs", response_description="The finished epochs, in order.")
def get_epochs(workspace: CurrentWorkspace, node: NodeFromPath) -> list[Epoch]:
    """List the finished epochs of a node, starting with epoch 0. This also works while the node is being trained."""
    return workspace.store.epochs.list(node.id)


@router.get(
    "/confusion",
    summary="Get Confusion Matrices",
    response_description="The confusion matrices of the node and its parent.",
)
def get_confusion(workspace: CurrentWorkspace, node: NodeFromPath) -> Confusion:
    """Get the confusion matrices of the node and of its parent on the selection images."""
    return nodes.get_confusion(workspace, node)


@router.get("/samples", response_description="A page of matching samples.")
def get_samples(
    workspace: CurrentWorkspace,
    node: NodeFromPath,
    query: Annotated[samples.SampleQuery, Query()],
) -> Samples:
    """List selection images, filtered by true class, predicted class, and correctness compared with another node."""
    return samples.find_samples(workspace, node, query)


@router.get("/plans", response_description="The plans.")
def list_plans(workspace: CurrentWorkspace, node: NodeFromPath) -> list[Plan]:
    """List the drafts and applied plans of a node, oldest first."""
    return workspace.store.plans.list(node.id)


@router.get("/latencies", response_description="The latencies, in the order in which they were first measured.")
def list_latencies(workspace: CurrentWorkspace, node: NodeFromPath) -> list[LatencyDistribution]:
    """List the latencies of a node with the times of all blocks.

    A block is a series of forward passes that are timed together. Blocks of the node alternate with blocks of the root,
    and each pair of blocks yields one ratio. `ratio` is the median of these ratios; `ratio_interval` is its 95%
    bootstrap interval. Nodes with the same structure share one measurement.
    """
    return workspace.store.nodes.latencies(node.id)


@router.post(
    "/latencies",
    status_code=202,
    response_description="The job that measures the latency and stores it for all nodes with the same structure.",
)
def measure_latency(
    workspace: CurrentWorkspace,
    node: NodeFromPath,
    batch: Annotated[int, Query(ge=1, le=1024, description="A second batch size to measure, in addition to 1.")] = 32,
) -> Job:
    """Measure the time of a forward pass at batch sizes 1 and `batch`, in milliseconds and relative to the root."""
    return nodes.measure_latency(workspace, node, batch)


@router.post(
    "/test",
    status_code=202,
    summary="Measure Test Accuracy",
    response_description="The job that measures the test accuracy and stores it with the node.",
)
def measure_test(workspace: CurrentWorkspace, node: NodeFromPath) -> Job:
    """Measure the node's accuracy on the locked test split. This is possible only once per node."""
    return nodes.measure_test(workspace, node)


@router.post("/plans", status_code=201, summary="Create Draft", response_description="The draft.")
def draft_plan(workspace: CurrentWorkspace, node: NodeFromPath, new: NewPlan) -> Plan:
    """Draft a plan from a rule. Returns the filters to remove and the exact cost of the network without them."""
    return plans.draft(workspace, node, new)
