"""Job `test`: measures the accuracy of a ready node on the locked test split. Only a person can start it."""

from dataclasses import dataclass

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

MAX_PLAUSIBLE_ACCURACY_GAP = 0.03
"""Maximum amount by which an imported root is expected to be more accurate on the selection split than on the test
split. If it exceeds this, its weights have probably been trained on selection images.
"""


@dataclass(frozen=True)
class TestAccuracyInputs:
    """The node whose accuracy is measured."""

    setup: ExperimentSetup
    node: ReadyNode


def run(inputs: TestAccuracyInputs, context: Context, cache: WorkerCache) -> float:
    """Return the accuracy on the test split, from 0 to 1."""
    images = cache.images(inputs.setup, progress_in_range(context, 0.0, 0.1))
    network = cache.network(inputs.setup, inputs.node)
    return predict(network, *images.test, images.normalize, progress_in_range(context, 0.1, 1.0)).accuracy


def optimistic_accuracy_warning(node: Node, test_accuracy: float) -> str | None:
    """Return a warning if an imported root is over 3 percentage points more accurate on the selection split than on the
    test split, otherwise None.
    """
    if (
        node.origin != "imported"
        or node.accuracy is None
        or node.accuracy - test_accuracy <= MAX_PLAUSIBLE_ACCURACY_GAP
    ):
        return None
    return (
        f"The imported root classifies {node.accuracy:.2%} of the selection images correctly, but only "
        f"{test_accuracy:.2%} of the test images: its weights were probably trained on selection images, so the "
        "accuracies in this tree are too optimistic. Import the weights again, with a folder of unseen images "
        "for selection."
    )
