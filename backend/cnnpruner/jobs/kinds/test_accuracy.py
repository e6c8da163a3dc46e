"""Job `test`: accuracy of a ready node on the locked test split, on a person's explicit act."""

from dataclasses import dataclass

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

TOO_OPTIMISTIC = 0.03
"""An imported root that is so much better on selection than on test has probably seen selection images."""


@dataclass(frozen=True)
class TestInputs:
    """A node."""

    setup: ExperimentSetup
    node: ReadyNode


def run(inputs: TestInputs, context: Context, cache: WorkerCache) -> float:
    """Accuracy, 0-1."""
    images = cache.images(inputs.setup, part(context, 0.0, 0.1))
    network = cache.network(inputs.setup, inputs.node)
    return predict(network, *images.test, images.normalize, part(context, 0.1, 1.0)).accuracy


def describe_optimism(node: Node, test_accuracy: float) -> str | None:
    """A warning where an imported root is over 3 points better on selection than on test, else None."""
    if node.origin != "imported" or node.accuracy is None or node.accuracy - test_accuracy <= TOO_OPTIMISTIC:
        return None
    return (
        f"The imported root is right on {node.accuracy:.2%} of the selection images and on {test_accuracy:.2%} of the "
        "test images: its weights have probably seen selection images, so accuracies here are too hopeful. Import it "
        "again with a folder of unseen images for selection."
    )
