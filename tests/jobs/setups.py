"""What jobs are given of an experiment: what the service would make of an inspection."""

from datetime import UTC, datetime
from pathlib import Path

from cnnpruner.domain.results import CheckedExperiment
from cnnpruner.domain.tree.experiments import Experiment, NewExperiment, Splits
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import experiment_check
from cnnpruner.jobs.setups import ExperimentSetup
from cnnpruner.planning.defaults import default_training
from tests.jobs.contexts import FakeContext


def check_experiment(new: NewExperiment, folder: Path, cache: WorkerCache) -> CheckedExperiment:
    """The inspect job, with `folder` as the only data folder."""
    return experiment_check.run(experiment_check.ExperimentCheckInputs(new, (folder,)), FakeContext(folder), cache)


def setup_of(new: NewExperiment, found: CheckedExperiment, folder: Path) -> ExperimentSetup:
    """What the service makes of an inspection."""
    return ExperimentSetup(experiment_of(new, found), found.splits, found.layers, (folder,))


def experiment_of(new: NewExperiment, found: CheckedExperiment) -> Experiment:
    """With few scoring batches, so that tests are short."""
    counts = {name: len(getattr(found.splits, name)) for name in ("train", "selection", "test")}
    return Experiment(
        id=1,
        name="digits",
        created_at=datetime.now(UTC),
        data=new.data,
        image_size=found.image_size,
        channels=found.channels,
        mean=list(found.mean),
        std=list(found.std),
        classes=list(found.classes),
        network=new.network,
        weights=new.weights,
        seed=new.seed,
        tolerance=0.005,
        target_accuracy=None,
        root_training=None,
        training=default_training(new.data, "tune"),
        splits=Splits(**counts, rule=found.splits.rule),
        import_accuracy=None,
        import_images=None,
        tests=0,
        tested_at=None,
        notices=list(found.notices),
        has_weights=True,
        root_id=1,
        nodes=1,
        score_batches=6,
        score_batch_size=32,
    )
