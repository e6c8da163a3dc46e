"""Making, changing and deleting experiments."""

from datetime import UTC, datetime

from cnnpruner.data.listing import resolve
from cnnpruner.domain.jobs import ExperimentCheckJob, NewJob, RootJob
from cnnpruner.domain.sources.inspections import ExperimentFindings
from cnnpruner.domain.tree.experiments import Experiment, ExperimentChanges, NewExperiment, Training
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.networks.catalogue import find_network, for_pretrained
from cnnpruner.runners.liveness import is_alive
from cnnpruner.service import jobs
from cnnpruner.service.sources.data import check_source
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import NewNode

CHECK_TIMEOUT_S = 600.0
SCORE_BATCHES = 50
SCORE_BATCH_SIZE = 32

DEMO_NAME = "Handwritten digits"


def create(work: Workspace, new: NewExperiment) -> Experiment:
    """Check all of it in a worker; then make experiment, root node and its job, together."""
    new = settle(work, new)
    check = jobs.queue(work, NewJob(ExperimentCheckJob(experiment=new)))
    found = jobs.wait(work, check.id, CHECK_TIMEOUT_S)
    experiment = _experiment(new, ExperimentFindings.model_validate(found.result))
    with work.store.transaction():
        experiment_id = work.store.experiments.add(experiment, check.id)
        work.store.files.make_room(experiment_id)
        root = NewNode(
            experiment_id=experiment_id,
            parent_id=None,
            origin="imported" if new.weights.train is None else "trained",
            images=experiment.splits.selection,
            training=experiment.root_training.model_dump(mode="json") if experiment.root_training else None,
        )
        work.store.nodes.add(root, RootJob())
    work.runner.wake("training")
    return work.store.experiments.get(experiment_id)


def settle(work: Workspace, new: NewExperiment) -> NewExperiment:
    """The same with a network that is known and as its published weights want it.

    Raises UnusableNetwork, and UnusableData or InvalidInput for data and weights that this server may not read.
    """
    check_source(work, new.data)
    if new.weights.path is not None:
        resolve(new.weights.path, work.config.data)
    find_network(new.network)
    return new.model_copy(update={"network": for_pretrained(new.network)}) if new.weights.pretrained else new


def _experiment(new: NewExperiment, found: ExperimentFindings) -> Experiment:
    choice = new.weights.train
    root_training: Training | None = None
    if choice is not None:
        root_training = choice.on(default_training(new.data, "root"))
    return Experiment(
        id=0,
        name=new.name or f"{new.network.name} on {new.data.name or new.data.kind}",
        created_at=datetime.now(UTC),
        data=new.data,
        image_size=found.image_size,
        channels=found.channels,
        mean=found.mean,
        std=found.std,
        classes=found.classes,
        network=new.network,
        weights=new.weights,
        seed=new.seed,
        tolerance=new.tolerance,
        target_accuracy=new.target_accuracy,
        root_training=root_training,
        training=new.training.on(default_training(new.data, "tune")),
        splits=found.splits,
        import_accuracy=None,
        import_images=None,
        tests=0,
        tested_at=None,
        notices=found.notices,
        has_weights=True,
        root_id=0,
        nodes=0,
        score_batches=SCORE_BATCHES,
        score_batch_size=SCORE_BATCH_SIZE,
    )


def change(work: Workspace, experiment: Experiment, changes: ExperimentChanges) -> Experiment:
    """Set what may change; nodes that are there keep what they were judged by."""
    columns = changes.model_dump(exclude_unset=True, exclude={"training"}, mode="json")
    if columns.get("name", "") is None or columns.get("tolerance", 0.0) is None:
        columns = {name: value for name, value in columns.items() if name == "target_accuracy" or value is not None}
    if changes.training is not None:
        columns["training"] = changes.training.on(experiment.training).model_dump(mode="json")
    return work.store.experiments.change(experiment.id, columns)


def delete(work: Workspace, experiment: Experiment) -> None:
    """End its jobs, remove its rows, then its files."""
    for job in work.store.jobs.list(experiment.id, active=True):
        jobs.cancel(work, job)
    work.store.experiments.remove(experiment.id)
    work.store.sweep(is_alive)


def ensure_demo(work: Workspace) -> None:
    """Make the demo experiment where there is no experiment at all."""
    if work.store.experiments.list():
        return
    create(
        work,
        NewExperiment.model_validate(
            {
                "name": DEMO_NAME,
                "data": {"kind": "digits"},
                "network": {"name": "small_vgg"},
                "seed": work.config.demo_seed,
            }
        ),
    )
