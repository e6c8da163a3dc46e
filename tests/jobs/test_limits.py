"""The preview names a class that loses more accuracy than the plan allows."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnpruner.domain.plans.plans import ClassChange, Plan
from cnnpruner.domain.plans.rules import PercentRule
from cnnpruner.domain.results import Predictions
from cnnpruner.jobs.kinds.preview import broken_limits, find_worst_class

WORST = ClassChange(label=1, accuracy_before=0.9, accuracy_after=0.85, flipped=[3, 8])


def plan(limit: float | None) -> Plan:
    rule: Any = SimpleNamespace(rule=PercentRule(percent=10, max_class_loss=limit))
    return cast(Plan, rule)


@pytest.mark.parametrize("limit", [None, 0.05, 0.2])
def test_a_limit_that_is_met_or_not_set_is_not_mentioned(limit: float | None) -> None:
    assert broken_limits(plan(limit), WORST, ["zero", "one"]) == []


def test_a_broken_limit_is_reported_with_class_loss_and_samples() -> None:
    assert broken_limits(plan(0.02), WORST, ["zero", "one"]) == [
        "Class one loses 5.0 percentage points of accuracy (90.0% to 85.0%, newly misclassified samples: 2), more "
        "than the 2 percentage points allowed."
    ]


def test_all_flipped_samples_are_counted_and_listed() -> None:
    labels = np.repeat(np.array([0, 1]), 500)
    before, after = labels.copy(), labels.copy()
    before[990:] = 0  # 490 images of class one are correct before, none after
    after[500:] = 0
    worst = find_worst_class(certain_predictions(labels, before), certain_predictions(labels, after))
    assert worst.flipped == list(range(500, 990))
    assert "(98.0% to 0.0%, newly misclassified samples: 490)" in broken_limits(plan(0.05), worst, ["zero", "one"])[0]


def test_samples_that_become_correct_are_not_counted_as_flipped() -> None:
    labels = np.zeros(4, dtype=np.int64)
    worst = find_worst_class(
        certain_predictions(labels, np.array([0, 0, 0, 1])), certain_predictions(labels, np.array([1, 1, 0, 0]))
    )
    assert (worst.flipped, worst.accuracy_before, worst.accuracy_after) == ([0, 1], 0.75, 0.5)


def certain_predictions(labels: NDArray[np.int64], predicted: NDArray[np.int64]) -> Predictions:
    """Predictions with probability 1."""
    probability = np.ones((len(labels), 1), dtype=np.float32)
    return Predictions(labels, predicted, predicted[:, None], probability, 0.0)
