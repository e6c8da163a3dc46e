"""How plan and recovery contribute to accuracy at a given cost: our plans and those of Torch-Pruning, each recovered in
several ways with equal images.

    python -m studies.cost.compared FOLDER

FOLDER contains `cifar10/` and `checkpoints/`. ResNet-20 keeps at most 41.5% of its MACs. The suggested plan is the one
of the search of 300 s in docs/data/suggested.json. All choices are made on the selection split; the test split is
evaluated once per training. Results are added to docs/data/compared.json; trainings that are there already are skipped.
"""

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from cnnpruner.domain.plans.orders import PAPER_ORDER
from cnnpruner.domain.plans.rules import TargetRule
from cnnpruner.engine.scoring.by_criterion import score_by_criterion
from cnnpruner.engine.training.batches import scoring_batches
from cnnpruner.jobs.starts import PrunedNetworkBuilder
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.criteria import CRITERIA
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.structure import units_of_filters
from cnnpruner.planning.training.durations import count_epoch_images
from studies.cost import suggested
from studies.cost.best_at_cost import train_and_measure
from studies.cost.cases import CIFAR_RECOVERY, SEED, Case, choose_units, evaluate, make_resnet, no_progress, to_scores
from studies.cost.peers import IMPORTANCES, choose_peer_units
from studies.cost.step_file import StepFile

RESULTS = StepFile(Path(__file__).parents[2] / "docs" / "data" / "compared.json")
SHARE, SEEDS = 0.415, 3
ORDERS = {
    "paper's order": PAPER_ORDER,
    "L1 by group": {"criterion": "l1", "scope": "group", "floor": 0.0},
    "random": {"criterion": "random", "scope": "network", "floor": 0.0},
}
"""Orders in which baselines remove filters."""
PLANS = ("suggested", "obs", *ORDERS, *IMPORTANCES)
"""Our best plans, baselines, and Torch-Pruning's plans by importance."""


@dataclass(frozen=True)
class Recovery:
    """How a pruned network is trained."""

    starts_at_best: bool
    """Whether training starts from the most accurate of the three starts; otherwise from the cut network."""
    settings: dict[str, Any]
    """Changes of the case's settings."""


RECOVERIES = {
    "plain": Recovery(False, {"teacher": None, "learning_rate": 0.02}),
    "distilled": Recovery(False, CIFAR_RECOVERY),
    "best start and recipe": Recovery(True, CIFAR_RECOVERY),
}
"""`plain` is what version 0.1.0 did. The others have the root as the teacher."""


@dataclass(frozen=True)
class PreparedPlan:
    """The networks of a plan from which training starts."""

    macs: int
    cut: nn.Module
    best: nn.Module
    """The most accurate of the three starts."""
    best_name: str


def main(folder: Path) -> None:
    """Run the trainings, all of the first seed before those of the next."""
    case = make_resnet("resnet20", SHARE, SEEDS, folder)
    table = CostTable(case.layers)
    prepared: dict[str, PreparedPlan] = {}
    for seed in range(SEEDS):
        for plan in PLANS:
            names = [name for name in RECOVERIES if name != "distilled" or plan in IMPORTANCES]
            steps = {name: f"{name}, seed {seed}" for name in names}
            if any(step not in RESULTS.read().get(plan, {}) for step in steps.values()):
                prepared[plan] = prepared.get(plan) or prepare(case, table, plan)
                for name, step in steps.items():
                    RESULTS.record(plan, step, partial(recover, case, prepared[plan], RECOVERIES[name], seed))


def prepare(case: Case, table: CostTable, plan: str) -> PreparedPlan:
    """Make the networks of a plan."""
    units = choose_plan(case, table, plan)
    networks = PrunedNetworkBuilder(case.network, case.layers, units, case.train, SEED)
    cut = networks.cut()
    best, best_name = choose_start(case, networks, cut)
    return PreparedPlan(table.cost(units).macs, cut, best, best_name)


def recover(case: Case, plan: PreparedPlan, recovery: Recovery, seed: int) -> dict[str, Any]:
    """Train the network and return its cost, the cost of the training, and its accuracies."""
    parent_macs = CostTable(case.layers).cost([]).macs
    return {
        "macs": plan.macs / parent_macs,
        "start": plan.best_name if recovery.starts_at_best else "cut",
        "training_macs": count_training_macs(case, plan.macs, parent_macs, recovery),
    } | train_and_measure(case, plan.best if recovery.starts_at_best else plan.cut, seed, recovery.settings)


def choose_plan(case: Case, table: CostTable, plan: str) -> tuple[int, ...]:
    """Return the ids of the units that a plan removes."""
    if plan in IMPORTANCES:
        return choose_peer_units(case, table, plan)
    if plan == "suggested":
        filters = suggested.RESULTS.read()["resnet20"]["300 s"]["rule"]["filters"]
        return tuple(sorted(units_of_filters(case.layers, filters)))
    if plan == "obs":
        return choose_units(case, table, "obs")
    goal = int(case.share * table.cost([]).macs)
    rule = TargetRule(**ORDERS[plan], metric="macs", value=goal)
    batches = list(scoring_batches(case.train, 50, 32, SEED))
    scores = score_by_criterion(CRITERIA[rule.criterion], case.network, case.layers, batches, SEED)
    return draft_plan(case.layers, rule, to_scores(case.layers, rule.criterion, scores), table, None).units


def choose_start(case: Case, networks: PrunedNetworkBuilder, cut: nn.Module) -> tuple[nn.Module, str]:
    """Return the most accurate of the three starts on the selection split, and its name."""
    reconstructed, _ = networks.reconstructed(cut, networks.reconstruction_sizes()[-1], no_progress)
    starts = {"cut": cut, "recalibrated": networks.recalibrated(cut, no_progress), "reconstructed": reconstructed}
    correct = {name: evaluate(start, case.selection, case.train.normalize).correct for name, start in starts.items()}
    best = max(correct, key=correct.__getitem__)
    return starts[best], best


def count_training_macs(case: Case, macs: int, parent_macs: int, recovery: Recovery) -> int:
    """Return the multiply-accumulates of a training: for each image seen, three forward passes of the network and one
    of the teacher.
    """
    training = case.training.model_copy(update=recovery.settings)
    images_seen = training.epochs * count_epoch_images(training, len(case.train.indices))
    return images_seen * (3 * macs + (0 if training.teacher is None else parent_macs))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
