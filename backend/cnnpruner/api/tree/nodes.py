"""Nodes and what can be seen of them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from cnnpruner.api.answer_cache import Answers
from cnnpruner.api.dependencies import QUEUED, CurrentWorkspace, PathNode
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.criteria import Agreement
from cnnpruner.domain.plans.layers import NodeLayers
from cnnpruner.domain.plans.plans import NewPlan, Plan
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.tree.nodes import Confusion, Epoch, Node, NodeChanges, Samples
from cnnpruner.service.plans import criteria, plans
from cnnpruner.service.samples import samples
from cnnpruner.service.tree import nodes

Criterion = Annotated[
    str, Query(max_length=100, description="a name, or a name with options: `name:option=value,option=value`")
]

router = APIRouter(prefix="/nodes/{node_id}", tags=["nodes"])


@router.get("", response_description="The node as it is now.")
def get_node(node: PathNode) -> Node:
    """One node."""
    return node


@router.patch("", response_description="The node after the change.")
def change_node(workspace: CurrentWorkspace, node: PathNode, changes: NodeChanges) -> Node:
    """Note and star; all else of a node never changes."""
    return nodes.change(workspace, node, changes)


@router.get(
    "/layers", response_model=NodeLayers, response_description="What the node is built of, and what of it can be cut."
)
def get_layers(workspace: CurrentWorkspace, node: PathNode, kept: Answers) -> Response:
    """Architecture, units, groups, what is frozen and why, and the cost model."""
    version = "ready" if node.state == "ready" else workspace.store.events.last_id()
    return kept.answer(("layers", node.id), version, lambda: nodes.layers(workspace, node))


@router.get("/scores", response_model=Scores, response_description="The scores of all units.")
def get_scores(workspace: CurrentWorkspace, node: PathNode, kept: Answers, criterion: Criterion = "taylor") -> Response:
    """Arrays in one order: unit, members, free or the reason, the criterion's value, instability.

    `criterion` is a name, or a name with options: `l1:per_weight=true`. One that was not asked for before is computed
    first, for two minutes at most: where it may take longer, POST.
    """
    found = criteria.scores(workspace, node, criterion)
    return kept.answer(("scores", node.id, found.criterion), None, lambda: found)  # they never change


@router.post("/scores", responses=QUEUED, response_description="The scores, since they are there.")
def compute_scores(
    workspace: CurrentWorkspace, node: PathNode, response: Response, criterion: Criterion = "taylor"
) -> Job | Scores:
    """The scores where they are there (200), else the job that computes and keeps them (202)."""
    answer = criteria.compute(workspace, node, criterion)
    if isinstance(answer, Job):
        response.status_code = 202
    return answer


@router.get("/agreement", response_description="Correlations of all pairs, and ranks.")
def get_agreement(
    workspace: CurrentWorkspace,
    node: PathNode,
    names: Annotated[
        list[Annotated[str, Field(max_length=100)]] | None,
        Query(alias="criteria", min_length=1, max_length=20, description="names of criteria; all unless given"),
    ] = None,
) -> Agreement:
    """Rank correlation of criteria over the free units, and every unit's place under each."""
    return criteria.agreement(workspace, node, names)


@router.get("/epochs", response_description="The epochs, in order.")
def get_epochs(workspace: CurrentWorkspace, node: PathNode) -> list[Epoch]:
    """Finished epochs, from 0 without gap or repeat, also while the node is in the making."""
    return workspace.store.epochs.list(node.id)


@router.get("/confusion", response_description="The confusion matrix, and that of the parent.")
def get_confusion(workspace: CurrentWorkspace, node: PathNode) -> Confusion:
    """Selection images by true and predicted class, and the parent's beside them."""
    return nodes.confusion(workspace, node)


@router.get("/samples", response_description="A page of the samples that match.")
def get_samples(
    workspace: CurrentWorkspace,
    node: PathNode,
    query: Annotated[samples.SampleQuery, Query()],
) -> Samples:
    """Selection images by change against another node, true and predicted class."""
    return samples.find(workspace, node, query)


@router.get("/plans", response_description="The plans.")
def list_plans(workspace: CurrentWorkspace, node: PathNode) -> list[Plan]:
    """Drafts and applied plans of the node, the oldest first."""
    return workspace.store.plans.list(node.id)


@router.post(
    "/latency", status_code=202, response_description="The job that measures; what it found stands on the node."
)
def measure_latency(
    workspace: CurrentWorkspace,
    node: PathNode,
    batch: Annotated[int, Query(ge=1, le=1024, description="images a pass, beside 1")] = 32,
) -> Job:
    """Measure the time of a forward pass at batch 1 and at `batch`."""
    return nodes.measure_latency(workspace, node, batch)


@router.post("/test", status_code=202, response_description="The job that measures; what it found stands on the node.")
def measure_test(workspace: CurrentWorkspace, node: PathNode) -> Job:
    """Measure accuracy on the locked test split, at most once a node."""
    return nodes.measure_test(workspace, node)


@router.post("/plans", status_code=201, response_description="The draft.")
def draft_plan(workspace: CurrentWorkspace, node: PathNode, new: NewPlan) -> Plan:
    """Draft a plan by rule; answers at once with what goes and the exact cost of what is left."""
    return plans.draft(workspace, node, new)
