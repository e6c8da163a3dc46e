"""Steps of the jobs that look into a ready node: its map of samples, the pictures and scores of its filters."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.specs import read_settings, split_spec
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.sources.data_reports import NewDataReport
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import Conflict
from cnnpruner.jobs.kinds import activations, data_report, embedding, filter_pictures, report, score
from cnnpruner.jobs.kinds.inspect import InspectInputs
from cnnpruner.planning.criteria import BY_PASS, CRITERIA, SHARED, Criterion
from cnnpruner.planning.criteria.plugins import find_plugin
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Bench, node_of, stop_unless


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
    """Score by one criterion; one of ours that needs the pass takes along all others that the node lacks."""
    node = node_of(bench, job)
    given = bench.store.jobs.inputs(job.id)
    wanted = _criterion(bench, given)
    several = SHARED if wanted.spec in [one.spec for one in BY_PASS] else [wanted]
    missing = tuple(one for one in several if bench.store.nodes.scores(node.id, one.spec) is None)
    inputs = score.ScoreInputs(bench.setting(node.experiment_id), bench.ready(node), node.id, missing)
    found = score.run(inputs, context, bench.warm)
    kept = [replace(one, criterion=given["key"]) if one.criterion == given["criterion"] else one for one in found]
    stop_unless(bench.store.nodes.add_scores(job.id, job.attempt, node.id, kept))


def _criterion(bench: Bench, given: Mapping[str, Any]) -> Criterion:
    """What the job asks for, of ours or of the user's file. Raises Conflict where that file has another text by now."""
    name, texts = split_spec(given["criterion"])
    if given["source"] is None:
        kind = type(CRITERIA[name])
    else:
        plugin = find_plugin(bench.criteria, given["source"], name)
        kind = plugin.kind
        if not given["key"].endswith(f"@{plugin.version}"):
            raise Conflict(f"{given['source']} was changed; start the server anew to use it.", criterion=name)
    return kind(read_settings(name, kind.options, texts))


def report_step(bench: Bench, job: Job, context: JobContext) -> None:
    """Say what can be cut in a network that no experiment has yet."""
    new = NewExperiment.model_validate(bench.store.jobs.inputs(job.id))
    found = report.run(InspectInputs(new, bench.folders), context, bench.warm)
    with bench.store.transaction():
        stop_unless(bench.store.inspections.put(job.id, job.attempt, found))
        stop_unless(bench.store.jobs.done(job.id, job.attempt, {}))


def data_report_step(bench: Bench, job: Job, context: JobContext) -> None:
    """Say what is in a data set that no experiment has yet."""
    asked = NewDataReport.model_validate(bench.store.jobs.inputs(job.id))
    found = data_report.run(data_report.DataReportInputs(asked, bench.folders), context, bench.warm)
    with bench.store.transaction():
        stop_unless(bench.store.data_reports.put(job.id, job.attempt, found))
        stop_unless(bench.store.jobs.done(job.id, job.attempt, {}))


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
