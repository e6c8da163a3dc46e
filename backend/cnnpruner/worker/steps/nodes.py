"""Jobs that make a node: the root, and children and controls of a node."""

from cnnpruner.data.data_folders import resolve
from cnnpruner.domain.jobs import Job, PruneJob, RootJob
from cnnpruner.jobs.checkpoints import Checkpoints
from cnnpruner.jobs.kinds import control, prune, root
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, node_of, stop_unless
from cnnpruner.worker.steps import step


@step(RootJob)
def make_root(services: Services, job: Job, _: RootJob, context: JobContext) -> None:
    """Train or import node 0."""
    node = node_of(services, job)
    setup = services.setup(node.experiment_id)
    path = setup.experiment.weights.path
    inputs = root.RootInputs(
        setup=setup,
        node_id=node.id,
        training=node.training,
        checkpoint=resolve(path, services.folders) if path is not None else None,
        weights=services.store.files.weights(node.experiment_id, node.number),
        pictures=services.store.files.pictures(node.experiment_id),
    )
    stop_unless(services.store.nodes.finish(job.id, job.attempt, root.run(inputs, context, services.cache)))
    Checkpoints(context.folder, context.key).clear()


@step(PruneJob)
def make_child(services: Services, job: Job, given: PruneJob, context: JobContext) -> None:
    """Cut the parent by the plan, or as a control, and tune what is left."""
    node = node_of(services, job)
    assert node.parent_id is not None
    assert node.training is not None
    parent = services.store.nodes.get(node.parent_id)
    assert parent.correct is not None
    inputs = prune.PruneInputs(
        setup=services.setup(node.experiment_id),
        node_id=node.id,
        parent=services.ready(parent),
        parent_correct=parent.correct,
        units=tuple(given.units),
        training=node.training,
        weights=services.store.files.weights(node.experiment_id, node.number),
    )
    if given.choose is not None:
        choice = control.ControlInputs(inputs, given.choose.kind, given.choose.seed)
        result = control.run(choice, context, services.cache)
    else:
        result = prune.run(inputs, context, services.cache)
    stop_unless(services.store.nodes.finish(job.id, job.attempt, result))
    Checkpoints(context.folder, context.key).clear()
