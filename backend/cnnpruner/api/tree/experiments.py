"""Routes for experiments, their trees and their images."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from cnnpruner.api.dependencies import CurrentWorkspace, ExperimentFromPath, SampleFromPath
from cnnpruner.api.response_cache import CurrentResponseCache
from cnnpruner.domain.tree.experiments import Experiment, ExperimentChanges, NewExperiment
from cnnpruner.domain.tree.nodes import Tree
from cnnpruner.service.samples import samples
from cnnpruner.service.tree import experiments

router = APIRouter(prefix="/experiments", tags=["experiments"])


@router.get("", response_description="The experiments, without their nodes.")
def list_experiments(workspace: CurrentWorkspace) -> list[Experiment]:
    """List the experiments that you may see, newest first."""
    all_experiments = workspace.store.experiments.list()
    return [experiment for experiment in all_experiments if workspace.visitor.may_see(experiment.id)]


@router.post("", status_code=201, response_description="The experiment. Its root is not ready yet.")
def create_experiment(workspace: CurrentWorkspace, new: NewExperiment) -> Experiment:
    """Check the data, the network and the weights, then create the experiment, its root node, and the job that makes
    the root.
    """
    return experiments.create(workspace, new)


@router.get("/{experiment_id}", response_description="The experiment.")
def get_experiment(experiment: ExperimentFromPath) -> Experiment:
    """Get an experiment."""
    return experiment


@router.patch("/{experiment_id}", response_description="The experiment after the change.")
def change_experiment(
    workspace: CurrentWorkspace, experiment: ExperimentFromPath, changes: ExperimentChanges
) -> Experiment:
    """Rename an experiment, or change the tolerance, target accuracy or training defaults for nodes that are created
    later.
    """
    return experiments.change(workspace, experiment, changes)


@router.delete("/{experiment_id}", status_code=204, response_description="The experiment was deleted.")
def delete_experiment(workspace: CurrentWorkspace, experiment: ExperimentFromPath) -> None:
    """Delete an experiment with all its nodes and files. Its jobs are cancelled."""
    experiments.delete(workspace, experiment)


@router.get("/{experiment_id}/tree", response_model=Tree, response_description="The tree.")
def get_tree(workspace: CurrentWorkspace, experiment: ExperimentFromPath, cache: CurrentResponseCache) -> Response:
    """Get all nodes of the tree, ordered by number."""
    version = workspace.store.events.last_id()  # every change of a node adds an event in the same transaction
    return cache.respond(
        ("tree", experiment.id), version, lambda: Tree(nodes=workspace.store.nodes.list(experiment.id))
    )


@router.get(
    "/{experiment_id}/samples/{sample}/image",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "The image as PNG."}},
)
def get_image(
    workspace: CurrentWorkspace,
    experiment: ExperimentFromPath,
    sample: SampleFromPath,
    size: Annotated[int, Query(ge=8, le=512, description="Minimum edge length of the image, in pixels.")] = 32,
) -> Response:
    """Get an image from the selection split, enlarged to at least `size` pixels without smoothing."""
    png = samples.render_image(workspace, experiment, sample, size)
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"})
