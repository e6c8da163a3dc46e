"""Jobs that look into a ready node: its map of samples and the pictures of its filters."""

from cnnpruner.domain.jobs import ActivationsJob, EmbeddingJob, Job, PicturesJob
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import Conflict
from cnnpruner.jobs.kinds import activations, embedding, filter_pictures
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, node_of, stop_unless
from cnnpruner.worker.steps import step


@step(EmbeddingJob)
def lay_out_samples(services: Services, job: Job, _: EmbeddingJob, context: JobContext) -> None:
    """Make the node's map, initial with that of its nearest ancestor that has one."""
    node = node_of(services, job)
    inputs = embedding.EmbeddingInputs(
        setup=services.setup(node.experiment_id),
        node=services.ready(node),
        node_id=node.id,
        predictions=_predictions(services, node),
        ancestor=_ancestor(services, node),
    )
    stop_unless(services.store.embeddings.finish(job.id, job.attempt, embedding.run(inputs, context, services.cache)))


@step(PicturesJob)
def draw_pictures(services: Services, job: Job, given: PicturesJob, context: JobContext) -> None:
    """Make a block of filter pictures."""
    node = node_of(services, job)
    folder = services.store.files.filter_pictures(node.experiment_id, node.number)
    inputs = filter_pictures.PictureInputs(
        setup=services.setup(node.experiment_id),
        node=services.ready(node),
        sample=given.sample,
        layer=given.layer,
        start=given.start,
        stop=given.stop,
        path=folder / given.path,
    )
    filter_pictures.run(inputs, context, services.cache)
    stop_unless(services.store.jobs.done(job.id, job.attempt, {}))


@step(ActivationsJob)
def measure_activations(services: Services, job: Job, _: ActivationsJob, context: JobContext) -> None:
    """Look at what the filters of all layers respond to."""
    node = node_of(services, job)
    folder = services.store.files.filter_pictures(node.experiment_id, node.number)
    ready = services.ready(node)
    inputs = activations.ActivationInputs(
        setup=services.setup(node.experiment_id),
        node=ready,
        node_id=node.id,
        paths={layer.index: folder / f"layer-{layer.index}.json" for layer in ready.layers.layers},
    )
    activations.run(inputs, context, services.cache)
    stop_unless(services.store.jobs.done(job.id, job.attempt, {}))


def _predictions(services: Services, node: Node) -> Predictions:
    found = services.store.nodes.predictions(node.id)
    if found is None:
        raise Conflict(f"Node {node.number} is not ready; look into it once it is.", node_id=node.id)
    return found


def _ancestor(services: Services, node: Node) -> Embedding | None:
    parent_id = node.parent_id
    while parent_id is not None:
        found = services.store.embeddings.get(parent_id)
        if found is not None:
            return found
        parent_id = services.store.nodes.get(parent_id).parent_id
    return None
