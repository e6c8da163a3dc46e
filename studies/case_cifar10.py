"""The paper's session on CIFAR-10 with ResNet-20, by REST alone; takes up what an earlier run left.

    python -m studies.case_cifar10 --url http://127.0.0.1:8000

The server's DATA holds `cifar10/` and `checkpoints/resnet20-12fca82f.th`. Rules were fixed before the first node:
a node is good if it reaches the target; 50 % from the root, then 25 % from the last good node until one is bad,
then what the estimator says between the last good and the first bad node, until it advises less than 5 % change.
"""

import argparse
import logging
import sys
from typing import Any

from cnnpruner.client import Client
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource, NewExperiment, WeightsSource
from cnnpruner.domain.tree.nodes import ControlKind, Node
from studies import case_table, records, trees
from studies.trees import Tree

log = logging.getLogger(__name__)

NAME = "Case study: CIFAR-10, ResNet-20"
TARGET = 0.85
"""Seven points below the root: what 24,000 images of tuning can be hoped to bring back after a quarter is cut."""
TOLERANCE = 0.07
TRAINING: dict[str, Any] = {"epochs": 4, "images": 6000, "batch_size": 64, "learning_rate": 0.02}
ENOUGH = 0.05
MOST_STEPS = 6
AUTOMATIC_PERCENT = 20
OTHER_FILTERS: tuple[ControlKind, ...] = ("random", "l1")
KINDS: tuple[ControlKind, ...] = (*OTHER_FILTERS, "scratch")
SEEDS = 2
LATENCY_BATCH = 32


def new_experiment() -> NewExperiment:
    """The given checkpoint; selection and test are the two halves of the official test set."""
    return NewExperiment(
        name=NAME,
        data=DataSource(kind="cifar10"),
        network=NetworkSource(name="resnet20", options={"shortcut": "A"}),
        weights=WeightsSource(path="checkpoints/resnet20-12fca82f.th"),
        tolerance=TOLERANCE,
        target_accuracy=TARGET,
    )


def is_good(node: Node) -> bool:
    """It reaches the target."""
    assert node.accuracy is not None
    return node.accuracy >= TARGET


def human_branch(tree: Tree) -> Node:
    """The paper's session; gives its last good node."""
    root = tree.root
    half = tree.grow(root, "Human: 50 % of the root", rule="percent", percent=50)
    good, bad = (half, None) if is_good(half) else (root, half)
    for step in range(1, MOST_STEPS + 1):
        node = tree.grow(good, f"Human: 25 % of node {good.number}, step {step}", rule="percent", percent=25)
        if not is_good(node):
            bad = node
            break
        good = node
    assert bad is not None, "each step was good; allow more steps"
    return estimated(tree, good, bad)


def estimated(tree: Tree, good: Node, bad: Node) -> Node:
    """Between a good and a bad node, until the estimator advises a change of less than 5 %."""
    for step in range(1, MOST_STEPS + 1):
        asked = {"target_accuracy": TARGET, "good_id": good.id, "bad_id": bad.id}
        advice = tree.client.estimate(good.id, **asked)
        log.info("estimator: keep %d, a change of %.1f %%", advice.keep, 100 * advice.change)
        if advice.change < ENOUGH:
            break
        note = f"Human: estimator, step {step}, keep {advice.keep}"
        node = tree.apply(tree.client.plan_from_estimate(advice.id), note)
        good, bad = (node, bad) if is_good(node) else (good, node)
    return good


def first_cut(tree: Tree, node: Node) -> Node:
    """Its ancestor that was cut from the root."""
    root = tree.root
    while node.parent_id not in (None, root.id):
        assert node.parent_id is not None
        node = tree.client.node(node.parent_id)
    return node


def study(client: Client) -> Tree:
    """All nodes: the human branch, the Autopilot with estimator, controls of the human branch's end and first cut.

    The plain Autopilot has no nodes of its own: with equal seeds it is the other one up to the first bad node.
    """
    tree = trees.take_up(client, new_experiment(), TRAINING)
    end = human_branch(tree)
    log.info("the human branch ends at node %d", end.number)
    tree.autopilot("automatic_estimator", AUTOMATIC_PERCENT, TARGET)
    for node, kinds in ((end, KINDS), (first_cut(tree, end), OTHER_FILTERS)):
        for seeds in range(1, SEEDS + 1):
            for kind in kinds:
                tree.controls(node, kind, seeds)
    return tree


def main() -> int:
    """Grow the tree, keep what came out, and write the table of it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the server (default %(default)s)")
    parser.add_argument("--as-is", action="store_true", help="make no more nodes; keep what is there")
    asked = parser.parse_args()
    client = Client(asked.url)
    tree = trees.take_up(client, new_experiment(), TRAINING) if asked.as_is else study(client)
    trees.measure_latency(tree, LATENCY_BATCH)
    records.write(records.collect(tree), case_table.DATA)
    case_table.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
