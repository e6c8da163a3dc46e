"""Creates, changes and deletes experiments."""

from datetime import UTC, datetime

from cnnpruner.data.data_folders import resolve
from cnnpruner.domain.jobs import ExperimentCheckJob, MacCountJob, NewJob, RootJob
from cnnpruner.domain.sources.inspections import ExperimentCheckReport
from cnnpruner.domain.tree.experiments import Experiment, ExperimentChanges, NewExperiment
from cnnpruner.domain.tree.training import Training
from cnnpruner.errors import NeedsConfirmation
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.networks.catalogue import add_pretrained_options, find_network
from cnnpruner.runners.liveness import is_alive
from cnnpruner.service import jobs
from cnnpruner.service.sources.data import check_source
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import NewNode

CHECK_TIMEOUT_S = 600.0
SCORE_BATCHES = 50
SCORE_BATCH_SIZE = 32

DEMO_EXPERIMENT_NAME = "Handwritten digits"


def create(workspace: Workspace, new: NewExperiment) -> Experiment:
    """Checks the data, network and weights in a worker.

    Then adds the experiment, its root and the job that makes the root in one transaction. If the check found warnings
    and the request says to stop on warnings, raises NeedsConfirmation and creates nothing.
    """
    new = normalize(workspace, new)
    check = jobs.queue(workspace, NewJob(ExperimentCheckJob(experiment=new)))
    check = jobs.wait(workspace, check.id, CHECK_TIMEOUT_S)
    check_report = ExperimentCheckReport.model_validate(check.result)
    if check_report.warnings and new.stop_on_warnings:
        raise NeedsConfirmation(
            " ".join(
                [
                    *check_report.warnings,
                    "Nothing was created. Fix these problems, or create the experiment anyway.",
                ]
            ),
            warnings=check_report.warnings,
        )
    experiment = _build_experiment(new, check_report)
    with workspace.store.transaction():
        experiment_id = workspace.store.experiments.add(experiment, check.id)
        workspace.store.files.move_experiment_aside(experiment_id)
        root = NewNode(
            experiment_id=experiment_id,
            parent_id=None,
            origin="imported" if new.weights.train is None else "trained",
            images=experiment.splits.selection,
            training=experiment.root_training.model_dump(mode="json") if experiment.root_training else None,
        )
        workspace.store.nodes.add(root, RootJob())
    workspace.runner.wake("training")
    return workspace.store.experiments.get(experiment_id)


def queue_mac_count_jobs(workspace: Workspace) -> None:
    """Queues a job for each experiment whose MACs must be recounted."""
    if workspace.store.owns_files():
        for experiment_id in workspace.store.mac_counts.find_outdated_experiments():
            jobs.queue(workspace, NewJob(MacCountJob(), experiment_id))


def normalize(workspace: Workspace, new: NewExperiment) -> NewExperiment:
    """Checks that the data and the network are known. If the network is pretrained, sets the options that its weights
    require.

    Raises UnusableNetwork for an unknown network, UnusableData for an unknown data factory, and InvalidInput for data
    or weights that this server may not read.
    """
    check_source(workspace, new.data)
    if new.weights.path is not None:
        resolve(new.weights.path, workspace.config.data)
    find_network(new.network)
    return new.model_copy(update={"network": add_pretrained_options(new.network)}) if new.weights.pretrained else new


def _build_experiment(new: NewExperiment, check_report: ExperimentCheckReport) -> Experiment:
    choice = new.weights.train
    root_training: Training | None = None
    if choice is not None:
        root_training = choice.override(default_training(new.data, "root"))
    return Experiment(
        id=0,
        name=new.name or f"{new.network.name} on {new.data.name or new.data.kind}",
        created_at=datetime.now(UTC),
        data=new.data,
        image_size=check_report.image_size,
        channels=check_report.channels,
        mean=check_report.mean,
        std=check_report.std,
        classes=check_report.classes,
        network=new.network,
        weights=new.weights.model_copy(update={"key": check_report.weights_key}),
        seed=new.seed,
        tolerance=new.tolerance,
        target_accuracy=new.target_accuracy,
        root_training=root_training,
        training=new.training.override(default_training(new.data, "tune")),
        splits=check_report.splits,
        import_accuracy=None,
        import_images=None,
        tests=0,
        tested_at=None,
        reading=check_report.reading,
        notices=[*check_report.warnings, *check_report.notices],
        has_weights=True,
        root_id=0,
        nodes=0,
        score_batches=SCORE_BATCHES,
        score_batch_size=SCORE_BATCH_SIZE,
    )


def change(workspace: Workspace, experiment: Experiment, changes: ExperimentChanges) -> Experiment:
    """Changes the experiment's name, tolerance, target or training defaults.

    Existing nodes keep the values that applied when they were made.
    """
    columns = changes.model_dump(exclude_unset=True, exclude={"training"}, mode="json")
    if columns.get("name", "") is None or columns.get("tolerance", 0.0) is None:
        columns = {name: value for name, value in columns.items() if name == "target_accuracy" or value is not None}
    if changes.training is not None:
        columns["training"] = changes.training.override(experiment.training).model_dump(mode="json")
    return workspace.store.experiments.change(experiment.id, columns)


def delete(workspace: Workspace, experiment: Experiment) -> None:
    """Cancels the experiment's jobs, then deletes its rows and files."""
    for job in workspace.store.jobs.list(experiment.id, active=True):
        jobs.cancel(workspace, job)
    workspace.store.experiments.remove(experiment.id)
    workspace.store.remove_deleted_files(is_alive)


def ensure_demo_experiment(workspace: Workspace) -> None:
    """Creates the demo experiment if there is no experiment yet."""
    if workspace.store.experiments.list():
        return
    create(
        workspace,
        NewExperiment.model_validate(
            {
                "name": DEMO_EXPERIMENT_NAME,
                "data": {"kind": "digits"},
                "network": {"name": "small_vgg"},
                "seed": workspace.config.demo_seed,
            }
        ),
    )
