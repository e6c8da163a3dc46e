"""The command `plan` prints the accuracies of a preview that were measured."""

from typing import Any

from cnnpruner.cli.plans.plan import describe_preview
from cnnpruner.domain.base import Accuracy, Interval
from cnnpruner.domain.plans.plans import Preview


def accuracy(correct: int) -> Accuracy:
    return Accuracy(accuracy=correct / 100, correct=correct, images=100, interval=Interval(low=0.0, high=1.0))


def test_accuracies_are_printed_in_the_order_of_their_measurement() -> None:
    measured: dict[str, Any] = {"raw": accuracy(10), "recalibrated": accuracy(40), "reconstructed": accuracy(80)}
    preview = Preview.model_construct(**measured)
    expected = "accuracy before training: 10.00%; with BN re-estimated: 40.00%; reconstructed: 80.00%\n"
    assert describe_preview(preview) == expected
    only_raw = preview.model_copy(update={"recalibrated": None, "reconstructed": None})
    assert describe_preview(only_raw) == "accuracy before training: 10.00%\n"
