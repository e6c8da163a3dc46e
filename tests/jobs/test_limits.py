"""The preview names the class that loses more than the plan allows."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from cnnpruner.domain.plans import ClassChange, PercentRule, Plan
from cnnpruner.jobs.preview import broken_limits

WORST = ClassChange(label=1, accuracy_before=0.9, accuracy_after=0.85, flipped=[3, 8])


def plan(limit: float | None) -> Plan:
    rule: Any = SimpleNamespace(rule=PercentRule(percent=10, max_class_loss=limit))
    return cast(Plan, rule)


@pytest.mark.parametrize("limit", [None, 0.05, 0.2])
def test_a_limit_that_holds_or_is_not_set_is_not_mentioned(limit: float | None) -> None:
    assert broken_limits(plan(limit), WORST, ["zero", "one"]) == []


def test_a_broken_limit_names_class_loss_and_samples() -> None:
    assert broken_limits(plan(0.02), WORST, ["zero", "one"]) == [
        "Class one loses 5.0 points (90.0% to 85.0%, 2 samples flipped), more than the 2 points allowed."
    ]
