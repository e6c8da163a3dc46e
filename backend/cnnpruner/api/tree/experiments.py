"""Experiments, their trees and pictures."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from cnnpruner.api.caching import Answers
from cnnpruner.api.dependencies import PathExperiment, Sample, Work
from cnnpruner.domain.tree.experiments import Experiment, ExperimentChanges, NewExperiment
from cnnpruner.domain.tree.nodes import Tree
from cnnpruner.service.samples import samples
from cnnpruner.service.tree import experiments

router = APIRouter(prefix="/experiments", tags=["experiments"])


@router.get("", response_description="The experiments, without their nodes.")
def list_experiments(work: Work) -> list[Experiment]:
    """All experiments that you may see, the newest first."""
    return [one for one in work.store.experiments.list() if work.visitor.sees(one.id)]


@router.post("", status_code=201, response_description="The experiment; its root is in the making.")
def create_experiment(work: Work, new: NewExperiment) -> Experiment:
    """Check data, network and weights; then make the experiment, its root node and the job that makes it ready."""
    return experiments.create(work, new)


@router.get("/{experiment_id}", response_description="The experiment as it is now.")
def get_experiment(experiment: PathExperiment) -> Experiment:
    """One experiment."""
    return experiment


@router.patch("/{experiment_id}", response_description="The experiment after the change.")
def change_experiment(work: Work, experiment: PathExperiment, changes: ExperimentChanges) -> Experiment:
    """Rename it, or set tolerance, target accuracy and training defaults for nodes made from now on."""
    return experiments.change(work, experiment, changes)


@router.delete("/{experiment_id}", status_code=204, response_description="It is gone.")
def delete_experiment(work: Work, experiment: PathExperiment) -> None:
    """Cancel its jobs and remove it with all its nodes and files."""
    experiments.delete(work, experiment)


@router.get("/{experiment_id}/tree", response_model=Tree, response_description="The tree.")
def get_tree(work: Work, experiment: PathExperiment, kept: Answers) -> Response:
    """All nodes in order of their numbers."""
    version = work.store.events.last_id()  # every change of a node is told by an event of the same transaction
    return kept.answer(("tree", experiment.id), version, lambda: Tree(nodes=work.store.nodes.list(experiment.id)))


@router.get(
    "/{experiment_id}/samples/{sample}/image",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "the picture as PNG"}},
)
def get_image(
    work: Work,
    experiment: PathExperiment,
    sample: Sample,
    size: Annotated[int, Query(ge=8, le=512, description="least edge of the picture, pixels")] = 32,
) -> Response:
    """One picture of the selection split, enlarged to at least `size` pixels without smoothing."""
    png = samples.picture(work, experiment, sample, size)
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"})
