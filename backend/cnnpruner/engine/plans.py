"""From a rule to what goes: the drafts of DESIGN's rules, with locks, hands and round widths. Free of torch."""

from dataclasses import dataclass
from typing import assert_never

from cnnpruner.domain.layers import Layers
from cnnpruner.domain.plans import (
    FiltersRule,
    LayersRule,
    Numbers,
    PercentRule,
    PlanRule,
    TargetRule,
    ThresholdRule,
)
from cnnpruner.domain.scores import Scores
from cnnpruner.engine.drafting import Drafting, count_units, needed, start_draft
from cnnpruner.engine.rules import by_filters, by_layers, by_percent, by_target, by_threshold
from cnnpruner.engine.structure import filters_of_units


@dataclass(frozen=True)
class Draft:
    """What a rule came to."""

    units: tuple[int, ...]
    """Ids, ascending."""
    filters: Numbers
    """The same as layer name → original numbers, closed under coupling."""
    budget: int | None
    """B of rule percent: filters that may go."""
    reached: int
    """Filters that go."""
    passed_over: tuple[int, ...]
    """Ids of units too large for what was left of the budget, while some that rank higher were not."""
    notes: tuple[str, ...]
    """What the rule had to leave, a sentence each."""


def draft_plan(layers: Layers, rule: PlanRule, scores: Scores | None) -> Draft:
    """Carry out a rule on a node. `scores` may be None for rule filters only.

    Raises InvalidInput for layers and filters that are unknown, gone, frozen or both kept and removed by hand, for
    hands that empty a layer, and for missing scores.
    """
    drafting = start_draft(layers, rule, scores)
    match rule:
        case PercentRule():
            by_percent(drafting, rule)
        case ThresholdRule():
            by_threshold(drafting, rule, needed(scores, rule).keep == "high")
        case LayersRule():
            by_layers(drafting, rule)
        case TargetRule():
            by_target(drafting, rule)
        case FiltersRule():
            by_filters(drafting, rule)
        case _:
            assert_never(rule)
    return _finish(drafting, rule)


def _finish(drafting: Drafting, rule: PlanRule) -> Draft:
    walk = drafting.walk
    if rule.round_to > 1:
        drafting.notes += _uneven(drafting, rule.round_to)
    if walk.guarded:
        drafting.notes.append(f"{count_units(walk.guarded)} stayed so that every layer keeps at least one filter.")
    if walk.limited:
        limit = f"no layer loses more than {rule.max_layer_share:.0%} of its filters"
        drafting.notes.append(f"{count_units(walk.limited)} stayed so that {limit}.")
    units = walk.units()
    return Draft(
        units=tuple(units),
        filters=filters_of_units(drafting.layers, units),
        budget=drafting.budget,
        reached=walk.removed,
        passed_over=tuple(sorted(drafting.passed_over)),
        notes=tuple(drafting.notes),
    )


def _uneven(drafting: Drafting, multiple: int) -> list[str]:
    """A sentence for every layer that was cut and yet has an uneven width."""
    pairs = zip(drafting.layers.layers, drafting.walk.left, strict=True)
    return [
        f"Layer {layer.name} keeps {left} filters, no multiple of {multiple}; hands or coupling leave no other way."
        for layer, left in pairs
        if left % multiple and left != layer.filters
    ]
