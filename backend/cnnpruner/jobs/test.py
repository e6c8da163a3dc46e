"""Job `test`: accuracy of a ready node on the locked test split, on a person's explicit act."""

from dataclasses import dataclass

from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.evaluating import count_correct, evaluate
from cnnpruner.jobs.setting import ReadyNode, Setting
from cnnpruner.jobs.warm import Warm


@dataclass(frozen=True)
class TestInputs:
    """A node."""

    setting: Setting
    node: ReadyNode


def run(inputs: TestInputs, context: Context, warm: Warm) -> float:
    """Accuracy, 0-1."""
    images = warm.images(inputs.setting, part(context, 0.0, 0.1))
    network = warm.network(inputs.setting, inputs.node)
    found = evaluate(network, images.test, images.normalize, part(context, 0.1, 1.0))
    return count_correct(found) / len(found.labels)
