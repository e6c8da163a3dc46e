"""Steps of jobs that make a node: the root, children and controls."""

from cnnpruner.data.data_folders import resolve
from cnnpruner.domain.jobs import Job, PruneJob, RootJob
from cnnpruner.domain.tree.training import Training
from cnnpruner.jobs.checkpoints import Checkpoints
from cnnpruner.jobs.kinds import control, prune, root
from cnnpruner.jobs.setups import TeacherNode
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, get_node, require_result_accepted
from cnnpruner.worker.steps import step


@step(RootJob)
def make_root(services: Services, job: Job, _: RootJob, context: JobContext) -> None:
    """Train or import the root (node 0)."""
    node = get_node(services, job)
    setup = services.setup(node.experiment_id)
    path = setup.experiment.weights.path
    inputs = root.RootInputs(
        setup=setup,
        node_id=node.id,
        training=node.training,
        checkpoint=resolve(path, services.folders) if path is not None else None,
        weights=services.store.files.weights_path(node.experiment_id, node.number),
        pictures=services.store.files.pictures_path(node.experiment_id),
    )
    require_result_accepted(services.store.nodes.finish(job.id, job.attempt, root.run(inputs, context, services.cache)))
    Checkpoints(context.folder, context.key).clear()


@step(PruneJob)
def make_child(services: Services, job: Job, job_inputs: PruneJob, context: JobContext) -> None:
    """Create a child of a node: prune the node and train the result, as the plan or the kind of control requires."""
    node = get_node(services, job)
    assert node.parent_id is not None
    assert node.training is not None
    parent = services.store.nodes.get(node.parent_id)
    assert parent.correct is not None
    inputs = prune.PruneInputs(
        setup=services.setup(node.experiment_id),
        node_id=node.id,
        parent=services.ready_node(parent),
        parent_correct_count=parent.correct,
        units=tuple(job_inputs.units),
        training=node.training,
        weights=services.store.files.weights_path(node.experiment_id, node.number),
        teacher=_find_teacher(services, node.training),
        root=services.root_node(node.experiment_id),
    )
    if job_inputs.choose is not None:
        control_inputs = control.ControlInputs(inputs, job_inputs.choose.kind, job_inputs.choose.seed)
        result = control.run(control_inputs, context, services.cache)
    else:
        result = prune.run(inputs, context, services.cache)
    require_result_accepted(services.store.nodes.finish(job.id, job.attempt, result))
    Checkpoints(context.folder, context.key).clear()


def _find_teacher(services: Services, training: Training) -> TeacherNode | None:
    """Returns the teacher node that the training settings name by its id; None if there is no teacher."""
    if training.teacher is None:
        return None
    assert isinstance(training.teacher, int)
    node = services.store.nodes.get(training.teacher)
    return TeacherNode(services.ready_node(node), node.number)
