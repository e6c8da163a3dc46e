"""One step per kind of job: from rows to the inputs of the job's function, and its result to rows."""

from cnnpruner.data.listing import resolve
from cnnpruner.domain.jobs import Job, JobKind
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.errors import Conflict
from cnnpruner.jobs.checkpoints import Checkpoints
from cnnpruner.jobs.kinds import control, inspect, latency, preview, prune, root
from cnnpruner.jobs.kinds import test_accuracy as test
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Bench, Step, node_of, stop_unless
from cnnpruner.worker.steps import exports as leaving_steps
from cnnpruner.worker.steps import samples as looking_steps


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
        stop_unless(bench.store.jobs.done(job.id, job.attempt, result))


def _root(bench: Bench, job: Job, context: JobContext) -> None:
    node = node_of(bench, job)
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
    stop_unless(bench.store.nodes.finish(job.id, job.attempt, root.run(inputs, context, bench.warm)))
    Checkpoints(context.folder, context.key).clear()


def _prune(bench: Bench, job: Job, context: JobContext) -> None:
    node = node_of(bench, job)
    assert node.parent_id is not None
    assert node.training is not None
    parent = bench.store.nodes.get(node.parent_id)
    assert parent.correct is not None
    given = bench.store.jobs.inputs(job.id)
    inputs = prune.PruneInputs(
        setting=bench.setting(node.experiment_id),
        node_id=node.id,
        parent=bench.ready(parent),
        parent_correct=parent.correct,
        units=tuple(given["units"]),
        training=node.training,
        weights=bench.store.files.weights(node.experiment_id, node.number),
    )
    if "choose" in given:
        how = given["choose"]
        result = control.run(control.ControlInputs(inputs, how["kind"], how["seed"]), context, bench.warm)
    else:
        result = prune.run(inputs, context, bench.warm)
    stop_unless(bench.store.nodes.finish(job.id, job.attempt, result))
    Checkpoints(context.folder, context.key).clear()


def _preview(bench: Bench, job: Job, context: JobContext) -> None:
    assert job.plan_id is not None
    plan = bench.store.plans.get(job.plan_id)
    node = bench.store.nodes.get(plan.node_id)
    before = bench.store.nodes.predictions(node.id)
    if before is None:
        raise Conflict(f"Node {node.number} is not ready; preview its plans once it is.")
    inputs = preview.PreviewInputs(bench.setting(node.experiment_id), bench.ready(node), plan, before)
    stop_unless(bench.store.plans.set_preview(job.id, job.attempt, preview.run(inputs, context, bench.warm)))


def _latency(bench: Bench, job: Job, context: JobContext) -> None:
    node = node_of(bench, job)
    batches = tuple(bench.store.jobs.inputs(job.id)["batches"])
    inputs = latency.LatencyInputs(bench.setting(node.experiment_id), bench.ready(node), batches)
    measured = latency.run(inputs, context, bench.warm)
    stop_unless(bench.store.nodes.add_latency(job.id, job.attempt, measured))


def _test(bench: Bench, job: Job, context: JobContext) -> None:
    node = node_of(bench, job)
    accuracy = test.run(test.TestInputs(bench.setting(node.experiment_id), bench.ready(node)), context, bench.warm)
    notice = test.describe_optimism(node, accuracy)
    stop_unless(bench.store.nodes.set_test(job.id, job.attempt, accuracy, notice))


STEPS: dict[JobKind, Step] = {
    "inspect": _inspect,
    "root": _root,
    "prune": _prune,
    "preview": _preview,
    "latency": _latency,
    "test": _test,
    "embedding": looking_steps.embedding_step,
    "pictures": looking_steps.pictures_step,
    "activations": looking_steps.activations_step,
    "score": looking_steps.score_step,
    "report": looking_steps.report_step,
    "data_report": looking_steps.data_report_step,
    "export": leaving_steps.export_step,
}
