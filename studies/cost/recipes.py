"""Which learning rate, teacher and augmentation recover the most from the reconstructed start: short trainings.

    python -m studies.cost.recipes FOLDER CASE [CASE ...]

FOLDER and the cases are those of `best_at_cost`, and `digits`. A case may be followed by the share of the MACs to
keep, for instance `resnet20:0.6`. Each case prunes with the order `loss_change/macs^0.5`, floor 0.1, and trains the
reconstructed network with several learning rates, with and without its parent as the teacher; then, at one rate, with
higher temperatures, with and without augmentation. The accuracies are those of the selection split, because they choose
between recipes. Results are added to docs/data/recipes.json, and trainings that are there already are skipped.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.jobs.starts import PrunedNetworkBuilder
from cnnpruner.planning.cost import CostTable
from studies.cost.cases import CASES, SEED, Case, choose_units, evaluate, no_progress
from studies.cost.step_file import StepFile

RESULTS = StepFile(Path(__file__).parents[2] / "docs" / "data" / "recipes.json")
RATES = (0.0025, 0.005, 0.01, 0.02)
TEACHERS = ((0.0, 4.0), (0.5, 2.0), (0.9, 4.0))
"""Weight of the teacher in the loss, and temperature. Weight 0: no teacher."""
SOFT_RATE, SOFT_WEIGHT, SOFT_TEMPERATURES = 0.005, 0.9, (4.0, 8.0, 16.0, 32.0)
"""Learning rate, weight of the teacher, and temperatures with which training with and without augmentation is compared.
"""


def main(folder: Path, names: list[str]) -> None:
    """Run the cases and store their results."""
    for name in names:
        base, _, share = name.partition(":")
        case = CASES[base](folder)
        run_case(name, replace(case, share=float(share)) if share else case)


def run_case(name: str, case: Case) -> None:
    """Measure the parent, the reconstructed network, and each training of it."""
    table = CostTable(case.layers)
    units = choose_units(case, table, None)
    networks = PrunedNetworkBuilder(case.network, case.layers, units, case.train, SEED)
    network, _ = networks.reconstructed(networks.cut(), networks.reconstruction_sizes()[-1], no_progress)
    RESULTS.record(name, "parent", lambda: measure(case, case.network))
    macs = table.cost(units).macs / table.cost([]).macs
    RESULTS.record(name, "start", lambda: {"macs": macs} | measure(case, network))
    for rate in RATES:
        for weight, temperature in TEACHERS:
            teacher = f"teacher {weight} at {temperature}" if weight else "no teacher"
            settings = teacher_settings(weight, temperature) | {"learning_rate": rate}
            RESULTS.record(name, f"rate {rate}, {teacher}", partial(train, case, network, settings))
    for augmentation in (case.training.augmentation, "none"):
        for temperature in SOFT_TEMPERATURES:
            settings = teacher_settings(SOFT_WEIGHT, temperature) | {"learning_rate": SOFT_RATE}
            step = f"augmentation {augmentation}, temperature {temperature:g}"
            RESULTS.record(name, step, partial(train, case, network, settings | {"augmentation": augmentation}))


def teacher_settings(weight: float, temperature: float) -> dict[str, Any]:
    """Return the training settings of a teacher; with weight 0, of no teacher."""
    return {"teacher": 0 if weight else None, "teacher_weight": weight, "temperature": temperature}


def train(case: Case, network: nn.Module, settings: dict[str, Any]) -> dict[str, Any]:
    """Train the network with these settings and return its accuracies after each epoch."""
    training = case.training.model_copy(update=settings)
    trainer = Trainer(network, case.train, training, SEED, teacher=None if training.teacher is None else case.network)
    epochs = []
    for epoch in range(1, training.epochs + 1):
        trainer.epoch(epoch)
        epochs.append(measure(case, trainer.network))
    return {"images_seen": training.epochs * trainer.images_per_epoch, "epochs": epochs}


def measure(case: Case, network: nn.Module) -> dict[str, Any]:
    """Return accuracy and loss on the selection split."""
    predictions = evaluate(network, case.selection, case.train.normalize)
    return {"correct": predictions.correct, "images": len(predictions.labels), "loss": round(predictions.loss, 4)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
