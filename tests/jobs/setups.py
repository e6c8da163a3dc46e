"""Setups of experiments for job functions, made from a check as the service makes them."""

from datetime import UTC, datetime
from pathlib import Path

from cnnpruner.domain.results import ExperimentCheckResult
from cnnpruner.domain.tree.experiments import Experiment, NewExperiment, Splits
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import experiment_check
from cnnpruner.jobs.setups import ExperimentSetup
from cnnpruner.planning.defaults import default_training
from tests.jobs.contexts import FakeContext


def check_experiment(new: NewExperiment, folder: Path, cache: WorkerCache) -> ExperimentCheckResult:
    """Run the check job with `folder` as the only data folder."""
    return experiment_check.run(experiment_check.ExperimentCheckInputs(new, (folder,)), FakeContext(folder), cache)


def setup_of(new: NewExperiment, check: ExperimentCheckResult, folder: Path) -> ExperimentSetup:
    """The setup that the service makes from a check."""
    return ExperimentSetup(experiment_of(new, check), check.splits, check.layers, (folder,))


def experiment_of(new: NewExperiment, check: ExperimentCheckResult) -> Experiment:
    """The experiment that the service makes from a check, with few scoring batches to keep tests short."""
    counts = {name: len(getattr(check.splits, name)) for name in ("train", "selection", "test")}
    return Experiment(
        id=1,
        name="digits",
        created_at=datetime.now(UTC),
        data=new.data,
        image_size=check.image_size,
        channels=check.channels,
        mean=list(check.mean),
        std=list(check.std),
        classes=list(check.classes),
        network=new.network,
        weights=new.weights,
        seed=new.seed,
        tolerance=0.005,
        target_accuracy=None,
        root_training=None,
        training=default_training(new.data, "tune"),
        splits=Splits(**counts, rule=check.splits.rule),
        import_accuracy=None,
        import_images=None,
        tests=0,
        tested_at=None,
        notices=list(check.notices),
        has_weights=True,
        root_id=1,
        nodes=1,
        score_batches=6,
        score_batch_size=32,
    )
