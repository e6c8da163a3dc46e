"""One step per kind of job: from rows to the inputs of the job's function, and its result to rows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.experiments import NewExperiment
from cnnpruner.domain.jobs import Job, JobKind
from cnnpruner.domain.nodes import Node
from cnnpruner.engine.data.listing import resolve
from cnnpruner.errors import Conflict, JobCancelled
from cnnpruner.jobs import inspect, latency, preview, prune, root, test
from cnnpruner.jobs.checkpoints import Checkpoints
from cnnpruner.jobs.setting import ReadyNode, Setting
from cnnpruner.jobs.warm import Warm
from cnnpruner.service.job_context import JobContext
from cnnpruner.store import Store


@dataclass(frozen=True)
class Bench:
    """What all steps work with."""

    store: Store
    folders: tuple[Path, ...]
    warm: Warm

    def setting(self, experiment_id: int) -> Setting:
        """The experiment as job functions see it."""
        experiments = self.store.experiments
        experiment = experiments.get(experiment_id)
        splits, layers = experiments.splits(experiment_id), experiments.root_layers(experiment_id)
        return Setting(experiment, splits, layers, self.folders)

    def ready(self, node: Node) -> ReadyNode:
        """A ready node as job functions see it."""
        weights = self.store.files.weights(node.experiment_id, node.number)
        return ReadyNode(self.store.nodes.layers(node.id), weights)


Step = Callable[[Bench, Job, JobContext], None]


def _stop_unless(held: bool) -> None:
    if not held:
        raise JobCancelled("the result came too late; the job is no longer this attempt's")


def _inspect(bench: Bench, job: Job, context: JobContext) -> None:
    new = NewExperiment.model_validate(bench.store.jobs.inputs(job.id))
    found = inspect.run(inspect.InspectInputs(new, bench.folders), context, bench.warm)
    result = {
        "classes": list(found.classes),
        "image_size": found.image_size,
        "channels": found.channels,
        "mean": list(found.mean),
        "std": list(found.std),
        "splits": {
            "train": len(found.splits.train),
            "selection": len(found.splits.selection),
            "test": len(found.splits.test),
            "rule": found.splits.rule,
        },
        "notices": list(found.notices),
    }
    with bench.store.transaction():
        bench.store.experiments.put_inspection(job.id, found)
        _stop_unless(bench.store.jobs.done(job.id, job.attempt, result))


def _root(bench: Bench, job: Job, context: JobContext) -> None:
    node = _node(bench, job)
    setting = bench.setting(node.experiment_id)
    path = setting.experiment.weights.path
    inputs = root.RootInputs(
        setting=setting,
        node_id=node.id,
        training=node.training,
        checkpoint=resolve(path, bench.folders) if path is not None else None,
        weights=bench.store.files.weights(node.experiment_id, node.number),
        pictures=bench.store.files.pictures(node.experiment_id),
    )
    _stop_unless(bench.store.nodes.finish(job.id, job.attempt, root.run(inputs, context, bench.warm)))
    Checkpoints(context.folder, context.key).clear()


def _prune(bench: Bench, job: Job, context: JobContext) -> None:
    node = _node(bench, job)
    assert node.parent_id is not None
    assert node.training is not None
    parent = bench.store.nodes.get(node.parent_id)
    assert parent.correct is not None
    inputs = prune.PruneInputs(
        setting=bench.setting(node.experiment_id),
        node_id=node.id,
        parent=bench.ready(parent),
        parent_correct=parent.correct,
        units=tuple(bench.store.jobs.inputs(job.id)["units"]),
        training=node.training,
        weights=bench.store.files.weights(node.experiment_id, node.number),
    )
    _stop_unless(bench.store.nodes.finish(job.id, job.attempt, prune.run(inputs, context, bench.warm)))
    Checkpoints(context.folder, context.key).clear()


def _preview(bench: Bench, job: Job, context: JobContext) -> None:
    assert job.plan_id is not None
    plan = bench.store.plans.get(job.plan_id)
    node = bench.store.nodes.get(plan.node_id)
    before = bench.store.nodes.predictions(node.id)
    if before is None:
        raise Conflict(f"Node {node.number} is not ready; preview its plans once it is.")
    inputs = preview.PreviewInputs(bench.setting(node.experiment_id), bench.ready(node), plan, before)
    _stop_unless(bench.store.plans.set_preview(job.id, job.attempt, preview.run(inputs, context, bench.warm)))


def _latency(bench: Bench, job: Job, context: JobContext) -> None:
    node = _node(bench, job)
    batches = tuple(bench.store.jobs.inputs(job.id)["batches"])
    inputs = latency.LatencyInputs(bench.setting(node.experiment_id), bench.ready(node), batches)
    measured = latency.run(inputs, context, bench.warm)
    _stop_unless(bench.store.nodes.add_latency(job.id, job.attempt, node.id, measured))


def _test(bench: Bench, job: Job, context: JobContext) -> None:
    node = _node(bench, job)
    accuracy = test.run(test.TestInputs(bench.setting(node.experiment_id), bench.ready(node)), context, bench.warm)
    _stop_unless(bench.store.nodes.set_test(job.id, job.attempt, node.id, accuracy))


def _node(bench: Bench, job: Job) -> Node:
    assert job.node_id is not None
    return bench.store.nodes.get(job.node_id)


STEPS: dict[JobKind, Step] = {
    "inspect": _inspect,
    "root": _root,
    "prune": _prune,
    "preview": _preview,
    "latency": _latency,
    "test": _test,
}
