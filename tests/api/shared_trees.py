"""Two trees on a server that requires a token, and links to each of them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.domain.jobs import EmbeddingJob, ExportJob, JobInputs, NetworkReportJob, NewJob
from cnnpruner.domain.plans.goals import CostGoal
from cnnpruner.domain.plans.plans import Application, NewPercentPlan, Plan
from cnnpruner.domain.plans.suggestions import NewSuggestion
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.samples.pictures import FilterBlock, LayerFilter, LayerFilters
from cnnpruner.domain.sharing.exports import Export, ExportCheck
from cnnpruner.domain.sharing.links import LinkMode, NewLink
from cnnpruner.domain.tree.autopilots import NewAutopilot
from cnnpruner.domain.tree.estimates import NewEstimate
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.plans import plans
from cnnpruner.service.sharing import links
from cnnpruner.service.tree import estimates
from cnnpruner.service.workspace import Workspace
from tests.trees import IMAGES, make_small_tree, root_layers
from tests.values import NEW_EXPERIMENT

OWNER = "the-owners-token-of-this-test"


@dataclass(frozen=True)
class Tree:
    """An experiment with one of everything that has an id."""

    experiment_id: int
    node_id: int
    root_id: int
    plan_id: int
    job_id: int
    autopilot_id: int
    estimate_id: int
    suggestion_id: int
    link_id: int
    report_id: int
    layer: str


def with_owner_token(workspace: Workspace) -> Workspace:
    """Returns the workspace of a server that requires a token, as a public one does."""
    return replace(workspace, config=replace(workspace.config, token=OWNER))


def visit(workspace: Workspace, token: str | None) -> TestClient:
    """Returns the API as seen by the holder of `token`. Not entered as a context, so that no event loop runs."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return TestClient(_app(workspace), base_url="http://127.0.0.1", headers=headers, raise_server_exceptions=False)


@lru_cache(maxsize=4)
def _app(workspace: Workspace) -> FastAPI:
    """Cached, because creating it takes longer than most tests."""
    return create_app(workspace)


def link_to(workspace: Workspace, experiment_id: int, mode: LinkMode = "read", may_export: bool = False) -> str:
    """Returns the token of a new link."""
    new = NewLink(mode=mode, may_export=may_export)
    return links.create(workspace, workspace.store.experiments.get(experiment_id), new).token


def grow(workspace: Workspace) -> Tree:
    """Makes a ready root and child with drafts, estimate, Autopilot, link, map, pictures and export."""
    small_tree = make_small_tree(workspace.store, correct=98)
    root = workspace.store.nodes.get(small_tree.root_id)
    child_id = plans.apply(workspace, _draft(workspace, small_tree.root_id), Application()).node.id
    child = small_tree.finish(child_id, correct=90)
    estimate = estimates.estimate(workspace, child, NewEstimate(target_accuracy=0.95))
    goal = CostGoal(metric="filters", value=1)
    suggestion = workspace.store.suggestions.add(child.experiment_id, child.id, NewSuggestion(goal=goal))
    autopilot = workspace.store.autopilots.add(
        small_tree.experiment_id, root.id, NewAutopilot(kind="automatic", target_accuracy=0.9, start="cut")
    )
    _add_map(workspace, child)
    _add_pictures(workspace, child)
    _add_export(workspace, child)
    created = links.create(workspace, workspace.store.experiments.get(small_tree.experiment_id), NewLink())
    report = workspace.store.jobs.add(NewJob(NetworkReportJob(experiment=NEW_EXPERIMENT)))
    workspace.store.jobs.cancel(report.id)
    job_id = child.job_id
    assert job_id is not None
    return Tree(
        experiment_id=small_tree.experiment_id,
        node_id=child.id,
        root_id=root.id,
        plan_id=_draft(workspace, root.id).id,
        job_id=job_id,
        autopilot_id=autopilot.id,
        estimate_id=estimate.id,
        suggestion_id=suggestion.id,
        link_id=created.link.id,
        report_id=report.id,
        layer=root_layers().layers[0].name,
    )


def _draft(workspace: Workspace, node_id: int) -> Plan:
    return plans.draft(workspace, workspace.store.nodes.get(node_id), NewPercentPlan(percent=30))


def _claim_job(workspace: Workspace, inputs: JobInputs, node: Node) -> tuple[int, int]:
    workspace.store.jobs.add(NewJob(inputs, node.experiment_id, node.id))
    job = workspace.store.jobs.claim("interactive", "test")
    assert job is not None
    return job.id, job.attempt


def _add_map(workspace: Workspace, node: Node) -> None:
    embedding = Embedding(
        node_id=node.id,
        method="tsne",
        perplexity=30,
        iterations=300,
        initial="pca",
        initial_id=None,
        images=IMAGES,
        sample=[0],
        x=[0.0],
        y=[0.0],
        label=[0],
        predicted=[0],
    )
    assert workspace.store.embeddings.finish(*_claim_job(workspace, EmbeddingJob(), node), embedding)


def _add_pictures(workspace: Workspace, node: Node) -> None:
    np.save(workspace.store.files.pictures_path(node.experiment_id), np.zeros((IMAGES, 8, 8, 1), dtype=np.uint8))
    folder = workspace.store.files.filter_pictures_folder(node.experiment_id, node.number)
    folder.mkdir(parents=True)
    (folder / "sample-0-layer-0-block-0.json").write_text(FilterBlock(items=[]).model_dump_json())
    layer_filter = LayerFilter(number=0, mean=0.0, top=[], map_high=0.0, map="")
    layer = root_layers().layers[0].name
    layer_filters = LayerFilters(node_id=node.id, layer=layer, images=IMAGES, height=1, width=1, items=[layer_filter])
    (folder / "layer-0.json").write_text(layer_filters.model_dump_json())


def _add_export(workspace: Workspace, node: Node) -> None:
    check = ExportCheck(runtime="test", images=1, max_difference=0, largest_logit=1, same_top1=1)
    export = Export(
        node_id=node.id, format="safetensors", file="node.zip", size_bytes=3, made_at=datetime.now(UTC), check=check
    )
    assert workspace.store.exports.finish(*_claim_job(workspace, ExportJob(format="safetensors"), node), export)
    path = workspace.store.files.export(node.experiment_id, node.number, "safetensors")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"zip")
