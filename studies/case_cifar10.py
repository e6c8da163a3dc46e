"""The paper's session on CIFAR-10 with ResNet-20, by REST only; continues from where an earlier run stopped.

    python -m studies.case_cifar10 --url http://127.0.0.1:8000

The server's DATA contains `cifar10/` and `checkpoints/resnet20-12fca82f.th`. The rules were fixed before the first
node: a node is good if it reaches the target; remove 50% from the root, then 25% from the last good node until one is
bad, then follow the estimator between the last good and the first bad node, until it advises a change of less than 5%.
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
"""Seven points below the root: as much as 24,000 images of fine-tuning may recover after a quarter is removed."""
TOLERANCE = 0.07
TRAINING: dict[str, Any] = {"epochs": 4, "images": 6000, "batch_size": 64, "learning_rate": 0.02}
MIN_CHANGE = 0.05
MAX_STEPS = 6
AUTOMATIC_PERCENT = 20
OTHER_FILTERS: tuple[ControlKind, ...] = ("random", "l1")
ALL_CONTROLS: tuple[ControlKind, ...] = (*OTHER_FILTERS, "scratch")
SEEDS = 2
LATENCY_BATCH = 32


def new_experiment() -> NewExperiment:
    """Start from the published checkpoint; selection and test are the two halves of the official test set."""
    return NewExperiment(
        name=NAME,
        data=DataSource(kind="cifar10"),
        network=NetworkSource(name="resnet20", options={"shortcut": "A"}),
        weights=WeightsSource(path="checkpoints/resnet20-12fca82f.th"),
        tolerance=TOLERANCE,
        target_accuracy=TARGET,
    )


def is_good(node: Node) -> bool:
    """Whether the node reaches the target."""
    assert node.accuracy is not None
    return node.accuracy >= TARGET


def grow_human_branch(tree: Tree) -> Node:
    """Repeat the paper's session and return its last good node."""
    root = tree.root
    half = tree.grow(root, "Human: 50% of the root", rule="percent", percent=50)
    good, bad = (half, None) if is_good(half) else (root, half)
    for step in range(1, MAX_STEPS + 1):
        node = tree.grow(good, f"Human: 25% of node {good.number}, step {step}", rule="percent", percent=25)
        if not is_good(node):
            bad = node
            break
        good = node
    assert bad is not None, "every step was good; allow more steps"
    return follow_estimator(tree, good, bad)


def follow_estimator(tree: Tree, good: Node, bad: Node) -> Node:
    """Narrow the gap between a good and a bad node until the estimator advises a change of less than 5%."""
    for step in range(1, MAX_STEPS + 1):
        bounds = {"target_accuracy": TARGET, "good_id": good.id, "bad_id": bad.id}
        estimate = tree.client.estimate(good.id, **bounds)
        log.info("estimator: keep %d filters, a change of %.1f %%", estimate.keep, 100 * estimate.change)
        if estimate.change < MIN_CHANGE:
            break
        note = f"Human: estimator, step {step}, keep {estimate.keep}"
        node = tree.apply(tree.client.plan_from_estimate(estimate.id), note)
        good, bad = (node, bad) if is_good(node) else (good, node)
    return good


def first_pruned_ancestor(tree: Tree, node: Node) -> Node:
    """Return the ancestor of the node that is a child of the root."""
    root = tree.root
    while node.parent_id not in (None, root.id):
        assert node.parent_id is not None
        node = tree.client.node(node.parent_id)
    return node


def grow_tree(client: Client) -> Tree:
    """Grow all nodes: the human branch, the Autopilot with estimator, and controls of the branch's first and last node.

    The plain Autopilot has no nodes of its own: with equal seeds it equals the other one up to the first bad node.
    """
    tree = trees.open_tree(client, new_experiment(), TRAINING)
    end = grow_human_branch(tree)
    log.info("the human branch ends at node %d", end.number)
    tree.run_autopilot("automatic_estimator", AUTOMATIC_PERCENT, TARGET)
    for node, kinds in ((end, ALL_CONTROLS), (first_pruned_ancestor(tree, end), OTHER_FILTERS)):
        for seeds in range(1, SEEDS + 1):
            for kind in kinds:
                tree.make_controls(node, kind, seeds)
    return tree


def main() -> int:
    """Grow the tree, store the results, and write their tables."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the server (default %(default)s)")
    parser.add_argument("--as-is", action="store_true", help="create no more nodes; store the existing ones")
    options = parser.parse_args()
    client = Client(options.url)
    tree = trees.open_tree(client, new_experiment(), TRAINING) if options.as_is else grow_tree(client)
    trees.measure_latency(tree, LATENCY_BATCH)
    records.write(records.collect(tree), case_table.DATA)
    case_table.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
