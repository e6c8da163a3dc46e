"""Experiments, their trees and pictures."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from cnnpruner.api.answer_cache import Answers
from cnnpruner.api.dependencies import CurrentWorkspace, PathExperiment, Sample
from cnnpruner.domain.tree.experiments import Experiment, ExperimentChanges, NewExperiment
from cnnpruner.domain.tree.nodes import Tree
from cnnpruner.service.samples import samples
from cnnpruner.service.tree import experiments

router = APIRouter(prefix="/experiments", tags=["experiments"])


@router.get("", response_description="The experiments, without their nodes.")
def list_experiments(workspace: CurrentWorkspace) -> list[Experiment]:
    """All experiments that you may see, the newest first."""
    return [one for one in workspace.store.experiments.list() if workspace.visitor.sees(one.id)]


@router.post("", status_code=201, response_description="The experiment; its root is in the making.")
def create_experiment(workspace: CurrentWorkspace, new: NewExperiment) -> Experiment:
    """Check data, network and weights; then make the experiment, its root node and the job that makes it ready."""
    return experiments.create(workspace, new)


@router.get("/{experiment_id}", response_description="The experiment as it is now.")
def get_experiment(experiment: PathExperiment) -> Experiment:
    """One experiment."""
    return experiment


@router.patch("/{experiment_id}", response_description="The experiment after the change.")
def change_experiment(
    workspace: CurrentWorkspace, experiment: PathExperiment, changes: ExperimentChanges
) -> Experiment:
    """Rename it, or set tolerance, target accuracy and training defaults for nodes made from now on."""
    return experiments.change(workspace, experiment, changes)


@router.delete("/{experiment_id}", status_code=204, response_description="It is gone.")
def delete_experiment(workspace: CurrentWorkspace, experiment: PathExperiment) -> None:
    """Cancel its jobs and remove it with all its nodes and files."""
    experiments.delete(workspace, experiment)


@router.get("/{experiment_id}/tree", response_model=Tree, response_description="The tree.")
def get_tree(workspace: CurrentWorkspace, experiment: PathExperiment, kept: Answers) -> Response:
    """All nodes in order of their numbers."""
    version = workspace.store.events.last_id()  # every change of a node is told by an event of the same transaction
    return kept.answer(("tree", experiment.id), version, lambda: Tree(nodes=workspace.store.nodes.list(experiment.id)))


@router.get(
    "/{experiment_id}/samples/{sample}/image",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "the picture as PNG"}},
)
def get_image(
    workspace: CurrentWorkspace,
    experiment: PathExperiment,
    sample: Sample,
    size: Annotated[int, Query(ge=8, le=512, description="least edge of the picture, pixels")] = 32,
) -> Response:
    """One picture of the selection split, enlarged to at least `size` pixels without smoothing."""
    png = samples.picture(workspace, experiment, sample, size)
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"})
