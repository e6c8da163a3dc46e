"""Steps of jobs that analyze a ready node: its map of samples, and the pictures and activations of its filters."""

from cnnpruner.domain.jobs import ActivationsJob, EmbeddingJob, Job, PicturesJob
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import Conflict
from cnnpruner.jobs.kinds import activations, embedding, filter_pictures
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, get_node, require_result_accepted
from cnnpruner.worker.steps import step


@step(EmbeddingJob)
def lay_out_samples(services: Services, job: Job, _: EmbeddingJob, context: JobContext) -> None:
    """Compute the node's map of samples, starting from the map of the nearest ancestor that has one."""
    node = get_node(services, job)
    inputs = embedding.EmbeddingInputs(
        setup=services.setup(node.experiment_id),
        node=services.ready_node(node),
        node_id=node.id,
        predictions=_load_predictions(services, node),
        ancestor=_find_ancestor_map(services, node),
    )
    require_result_accepted(
        services.store.embeddings.finish(job.id, job.attempt, embedding.run(inputs, context, services.cache))
    )


@step(PicturesJob)
def draw_pictures(services: Services, job: Job, job_inputs: PicturesJob, context: JobContext) -> None:
    """Draw pictures that show how a block of filters of one layer responds to one selection image."""
    node = get_node(services, job)
    folder = services.store.files.filter_pictures_folder(node.experiment_id, node.number)
    inputs = filter_pictures.PictureInputs(
        setup=services.setup(node.experiment_id),
        node=services.ready_node(node),
        sample=job_inputs.sample,
        layer=job_inputs.layer,
        start=job_inputs.start,
        stop=job_inputs.stop,
        path=folder / job_inputs.path,
    )
    filter_pictures.run(inputs, context, services.cache)
    require_result_accepted(services.store.jobs.finish(job.id, job.attempt, {}))


@step(ActivationsJob)
def measure_activations(services: Services, job: Job, _: ActivationsJob, context: JobContext) -> None:
    """Measure how the filters of all layers respond to the selection images."""
    node = get_node(services, job)
    folder = services.store.files.filter_pictures_folder(node.experiment_id, node.number)
    ready_node = services.ready_node(node)
    inputs = activations.ActivationInputs(
        setup=services.setup(node.experiment_id),
        node=ready_node,
        node_id=node.id,
        paths={layer.index: folder / f"layer-{layer.index}.json" for layer in ready_node.layers.layers},
    )
    activations.run(inputs, context, services.cache)
    require_result_accepted(services.store.jobs.finish(job.id, job.attempt, {}))


def _load_predictions(services: Services, node: Node) -> Predictions:
    predictions = services.store.nodes.predictions(node.id)
    if predictions is None:
        raise Conflict(f"Node {node.number} is not ready; try again once it is ready.", node_id=node.id)
    return predictions


def _find_ancestor_map(services: Services, node: Node) -> Embedding | None:
    parent_id = node.parent_id
    while parent_id is not None:
        ancestor_map = services.store.embeddings.get(parent_id)
        if ancestor_map is not None:
            return ancestor_map
        parent_id = services.store.nodes.get(parent_id).parent_id
    return None
