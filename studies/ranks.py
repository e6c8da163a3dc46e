"""Trees for two questions about ranks; takes up what an earlier run left.

    python -m studies.ranks --url http://127.0.0.1:8000

Does the preview with batch norm re-estimated foretell the tuned accuracy better than the raw one? Are sensitive filters
rank-stable? Grows 13 children of the root in each of four trees on the digits and a few in the case study's tree,
reads all of it by REST, and writes docs/data/ranks.json, from which `studies.ranks_page` makes tables and figures.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from cnnpruner.client import Client
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource, NewExperiment
from cnnpruner.domain.tree.nodes import Node
from studies import case_cifar10, ranks_page, records, trees
from studies.ranks_page import DriftRecord, Point, RanksRecord, TreeRecord
from studies.stability import drift
from studies.statistics import Floats
from studies.trees import Tree

log = logging.getLogger(__name__)

SEEDS = (1, 2, 3, 4)
DIGITS_TRAINING = {"epochs": 2}
"""Short on purpose: after the usual 15 epochs nearly all children are back at the ceiling and have no order."""

Probe = tuple[str, str, float]
"""Rule, criterion, and percentage or quantile of the criterion's values."""

DIGITS_PROBES: Sequence[Probe] = [
    *(("percent", "taylor", percent) for percent in (20, 40, 55, 70, 80, 88, 94)),
    *(("percent", "random", percent) for percent in (30, 50, 70)),
    ("threshold", "taylor", 0.65),
    ("threshold", "l1", 0.5),
    ("threshold", "bn_scale", 0.6),
]
CIFAR_PROBES: Sequence[Probe] = [
    ("percent", "taylor", 10),
    ("percent", "random", 15),
    ("percent", "taylor", 37.5),
]


def probe(tree: Tree, chosen: Probe) -> None:
    """One child of the root."""
    rule, criterion, size = chosen
    note = f"Probe: {rule} {criterion} {size:g}"
    if rule == "percent":
        tree.grow(tree.root, note, rule=rule, criterion=criterion, percent=size)
        return
    found = tree.client.scores(tree.root.id, criterion)
    values = [score for score, free in zip(found.score, found.free, strict=True) if free and score is not None]
    tree.grow(tree.root, note, rule=rule, criterion=criterion, value=float(np.quantile(values, size)))


def digits(client: Client, seed: int) -> Tree:
    """A tree on the digits with its probes."""
    new = NewExperiment(
        name=f"Ranks: digits, seed {seed}",
        data=DataSource(kind="digits"),
        network=NetworkSource(name="small_vgg"),
        seed=seed,
    )
    tree = trees.take_up(client, new, dict(DIGITS_TRAINING))
    for chosen in DIGITS_PROBES:
        probe(tree, chosen)
    return tree


def case_study(client: Client, probes: int) -> Tree:
    """The case study's tree, with so many probes more."""
    tree = trees.take_up(client, case_cifar10.new_experiment(), case_cifar10.TRAINING)
    for chosen in CIFAR_PROBES[:probes]:
        probe(tree, chosen)
    return tree


def collect(tree: Tree) -> TreeRecord:
    """Previews and outcomes of all planned nodes, the root's scores, drift from nodes to their children."""
    study = records.collect(tree)
    planned = [node for node in study.nodes if node.plan is not None]
    by_number = {node.number: node for node in tree.nodes()}
    root = tree.client.scores(by_number[0].id)
    free = free_values(root)
    return TreeRecord(
        name=study.name,
        network=study.network,
        selection=study.selection,
        training=study.training,
        batches=root.batches or 0,
        points=[Point.of(node) for node in planned],
        sensitivity=[round(value, 5) for value, _ in free.values()],
        instability=[round(value, 5) for _, value in free.values()],
        drifts=[_drift(tree, by_number[node.number], by_number[node.parent or 0]) for node in planned],
    )


def free_values(scores: Scores) -> dict[int, tuple[float, float]]:
    """Unit id → sensitivity and instability, of the free units."""
    assert scores.sensitivity is not None and scores.instability is not None, "taylor has both"
    rows = zip(scores.unit, scores.free, scores.sensitivity, scores.instability, strict=True)
    return {unit: (s, i) for unit, free, s, i in rows if free and s is not None and i is not None}


def _drift(tree: Tree, child: Node, parent: Node) -> DriftRecord:
    before, after = (free_values(tree.client.scores(node.id)) for node in (parent, child))
    common = sorted(before.keys() & after.keys())
    was, is_ = _columns(before, common), _columns(after, common)
    found = asdict(drift(was[:, 0], is_[:, 0], was[:, 1]))
    short = {name: round(value, 5) if isinstance(value, float) else value for name, value in found.items()}
    return DriftRecord.model_validate({"node": child.number, "parent": parent.number} | short)


def _columns(values: dict[int, tuple[float, float]], units: Sequence[int]) -> Floats:
    return np.array([values[unit] for unit in units])


def main() -> int:
    """Grow, keep, and fill the page."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the server (default %(default)s)")
    parser.add_argument("--probes", type=int, default=len(CIFAR_PROBES), help="in the case study's tree")
    asked = parser.parse_args()
    client = Client(asked.url)
    trees = [digits(client, seed) for seed in SEEDS]
    trees.append(case_study(client, asked.probes))
    records.write(RanksRecord(trees=[collect(tree) for tree in trees]), ranks_page.DATA)
    ranks_page.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
