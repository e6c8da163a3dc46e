"""Grow trees for two questions about ranks; continues from where an earlier run stopped.

    python -m studies.ranks --url http://127.0.0.1:8000

Does the preview with batch norm re-estimated predict the tuned accuracy better than the raw one? Are the ranks of
sensitive filters stable? Grows 13 children of the root in each of four trees on the digits and a few in the case
study's tree, reads everything by REST, and writes docs/data/ranks.json, from which `studies.ranks_page` makes tables
and figures.
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
from studies.stability import measure_drift
from studies.statistics import FloatArray
from studies.trees import Tree

log = logging.getLogger(__name__)

SEEDS = (1, 2, 3, 4)
DIGITS_TRAINING = {"epochs": 2}
"""Few on purpose: after the usual 15 epochs nearly all children reach the same top accuracy and cannot be ranked."""

Probe = tuple[str, str, float]
"""Rule, criterion, and percentage or quantile of the criterion's scores."""

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


def grow_probe(tree: Tree, probe: Probe) -> None:
    """Grow one child of the root."""
    rule, criterion, size = probe
    note = f"Probe: {rule} {criterion} {size:g}"
    if rule == "percent":
        tree.grow(tree.root, note, rule=rule, criterion=criterion, percent=size)
        return
    scores = tree.client.scores(tree.root.id, criterion)
    values = [score for score, free in zip(scores.score, scores.free, strict=True) if free and score is not None]
    tree.grow(tree.root, note, rule=rule, criterion=criterion, value=float(np.quantile(values, size)))


def grow_digits_tree(client: Client, seed: int) -> Tree:
    """Grow a tree on the digits with its probes."""
    new = NewExperiment(
        name=f"Ranks: digits, seed {seed}",
        data=DataSource(kind="digits"),
        network=NetworkSource(name="small_vgg"),
        seed=seed,
    )
    tree = trees.open_tree(client, new, dict(DIGITS_TRAINING))
    for probe in DIGITS_PROBES:
        grow_probe(tree, probe)
    return tree


def extend_case_study(client: Client, probes: int) -> Tree:
    """Add this many probes to the case study's tree."""
    tree = trees.open_tree(client, case_cifar10.new_experiment(), case_cifar10.TRAINING)
    for probe in CIFAR_PROBES[:probes]:
        grow_probe(tree, probe)
    return tree


def collect(tree: Tree) -> TreeRecord:
    """Read previews and outcomes of all planned nodes, the root's scores, and drift from nodes to their children."""
    study = records.collect(tree)
    planned = [node for node in study.nodes if node.plan is not None]
    by_number = {node.number: node for node in tree.nodes()}
    root = tree.client.scores(by_number[0].id)
    free = free_scores(root)
    return TreeRecord(
        name=study.name,
        network=study.network,
        selection=study.selection,
        training=study.training,
        batches=root.batches or 0,
        points=[Point.of(node) for node in planned],
        sensitivity=[round(value, 5) for value, _ in free.values()],
        instability=[round(value, 5) for _, value in free.values()],
        drifts=[_measure_drift(tree, by_number[node.number], by_number[node.parent or 0]) for node in planned],
    )


def free_scores(scores: Scores) -> dict[int, tuple[float, float]]:
    """Return sensitivity and instability of the free units, by unit id."""
    assert scores.sensitivity is not None and scores.instability is not None, "taylor has both"
    rows = zip(scores.unit, scores.free, scores.sensitivity, scores.instability, strict=True)
    return {
        unit: (sensitivity, instability)
        for unit, free, sensitivity, instability in rows
        if free and sensitivity is not None and instability is not None
    }


def _measure_drift(tree: Tree, child: Node, parent: Node) -> DriftRecord:
    parent_scores, child_scores = (free_scores(tree.client.scores(node.id)) for node in (parent, child))
    common = sorted(parent_scores.keys() & child_scores.keys())
    before, after = _to_columns(parent_scores, common), _to_columns(child_scores, common)
    drift = asdict(measure_drift(before[:, 0], after[:, 0], before[:, 1]))
    rounded = {name: round(value, 5) if isinstance(value, float) else value for name, value in drift.items()}
    return DriftRecord.model_validate({"node": child.number, "parent": parent.number} | rounded)


def _to_columns(scores: dict[int, tuple[float, float]], units: Sequence[int]) -> FloatArray:
    return np.array([scores[unit] for unit in units])


def main() -> int:
    """Grow the trees, store the results, and update the page."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the server (default %(default)s)")
    parser.add_argument(
        "--probes", type=int, default=len(CIFAR_PROBES), help="number of probes in the case study's tree"
    )
    options = parser.parse_args()
    client = Client(options.url)
    trees = [grow_digits_tree(client, seed) for seed in SEEDS]
    trees.append(extend_case_study(client, options.probes))
    records.write(RanksRecord(trees=[collect(tree) for tree in trees]), ranks_page.DATA)
    ranks_page.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
