"""Steps of the jobs that look into a ready node: its map of samples, the pictures and scores of its filters."""

from cnnpruner.domain.embeddings import Embedding
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.nodes import Node
from cnnpruner.domain.results import Predictions
from cnnpruner.engine.criteria import CRITERIA, DataCriterion
from cnnpruner.errors import Conflict
from cnnpruner.jobs import activations, embedding, filter_pictures, score
from cnnpruner.service.bench import Bench, node_of, stop_unless
from cnnpruner.service.job_context import JobContext


def embedding_step(bench: Bench, job: Job, context: JobContext) -> None:
    """Make the node's map, beginning with that of its nearest ancestor that has one."""
    node = node_of(bench, job)
    inputs = embedding.EmbeddingInputs(
        setting=bench.setting(node.experiment_id),
        node=bench.ready(node),
        node_id=node.id,
        predictions=_predictions(bench, node),
        ancestor=_ancestor(bench, node),
    )
    stop_unless(bench.store.embeddings.finish(job.id, job.attempt, embedding.run(inputs, context, bench.warm)))


def pictures_step(bench: Bench, job: Job, context: JobContext) -> None:
    """Make a block of filter pictures."""
    node = node_of(bench, job)
    given = bench.store.jobs.inputs(job.id)
    folder = bench.store.files.filter_pictures(node.experiment_id, node.number)
    inputs = filter_pictures.PictureInputs(
        setting=bench.setting(node.experiment_id),
        node=bench.ready(node),
        sample=given["sample"],
        layer=given["layer"],
        start=given["start"],
        stop=given["stop"],
        path=folder / given["path"],
    )
    filter_pictures.run(inputs, context, bench.warm)
    stop_unless(bench.store.jobs.done(job.id, job.attempt, {}))


def activations_step(bench: Bench, job: Job, context: JobContext) -> None:
    """Look at what the filters of all layers respond to."""
    node = node_of(bench, job)
    folder = bench.store.files.filter_pictures(node.experiment_id, node.number)
    ready = bench.ready(node)
    inputs = activations.ActivationInputs(
        setting=bench.setting(node.experiment_id),
        node=ready,
        node_id=node.id,
        paths={layer.index: folder / f"layer-{layer.index}.json" for layer in ready.layers.layers},
    )
    activations.run(inputs, context, bench.warm)
    stop_unless(bench.store.jobs.done(job.id, job.attempt, {}))


def score_step(bench: Bench, job: Job, context: JobContext) -> None:
    """Score by one criterion; one that needs the pass takes along all others that the node lacks."""
    node = node_of(bench, job)
    wanted: str = bench.store.jobs.inputs(job.id)["criterion"]
    shared = [one.name for one in CRITERIA.values() if isinstance(one, DataCriterion)]
    names = shared if wanted in shared else [wanted]
    missing = tuple(name for name in names if bench.store.nodes.scores(node.id, name) is None)
    inputs = score.ScoreInputs(bench.setting(node.experiment_id), bench.ready(node), node.id, missing)
    stop_unless(bench.store.nodes.add_scores(job.id, job.attempt, node.id, score.run(inputs, context, bench.warm)))


def _predictions(bench: Bench, node: Node) -> Predictions:
    found = bench.store.nodes.predictions(node.id)
    if found is None:
        raise Conflict(f"Node {node.number} is not ready; look into it once it is.", node_id=node.id)
    return found


def _ancestor(bench: Bench, node: Node) -> Embedding | None:
    parent_id = node.parent_id
    while parent_id is not None:
        found = bench.store.embeddings.get(parent_id)
        if found is not None:
            return found
        parent_id = bench.store.nodes.get(parent_id).parent_id
    return None
