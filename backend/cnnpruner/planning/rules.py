"""From a rule to what goes, with locks, overrides and round widths; twin of `planning/rules.ts`."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.domain.plans.plans import (
    FiltersRule,
    LayersRule,
    Numbers,
    PercentRule,
    PlanRule,
    TargetRule,
    ThresholdRule,
)
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.greedy import GreedyRemoval, Ranked, rank_by_place, rank_units
from cnnpruner.planning.structure import (
    check_removable,
    count_free_filters,
    filters_of_units,
    units_at,
    units_of_filters,
)


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
    drafting = _start(layers, rule, scores)
    match rule:
        case PercentRule():
            by_percent(drafting, rule)
        case ThresholdRule():
            by_threshold(drafting, rule, _needed(scores, rule).keep == "high")
        case LayersRule():
            by_layers(drafting, rule)
        case TargetRule():
            by_target(drafting, rule)
        case FiltersRule():
            by_filters(drafting, rule)
        case _:
            assert_never(rule)
    return _finish(drafting, rule)


@dataclass
class _Drafting:
    """A draft in the making: hands are carried out, `ranked` is what the rule may touch, lowest first."""

    layers: Layers
    removal: GreedyRemoval
    ranked: Ranked
    notes: list[str] = field(default_factory=list)
    budget: int | None = None
    passed_over: list[int] = field(default_factory=list)
    """Units too large for what was left of the budget, while some that rank higher were not."""


def _start(layers: Layers, rule: PlanRule, scores: Scores | None) -> _Drafting:
    """Carry out hands and locks; raises InvalidInput where they name what is not there or contradict each other."""
    removed = units_of_filters(layers, rule.removed)
    kept = {unit.id for unit in units_at(layers, rule.kept)}
    _check_hands(layers, kept, removed)
    _check_names(layers, rule.locked)
    locked = {layer.index for layer in layers.layers if layer.name in rule.locked}
    spared = kept | set(removed) | {u.id for u in layers.units if locked and _touches(u, locked)}
    open_ = [unit for unit in layers.units if unit.id not in spared] if spared else layers.units
    by_hand = units_at(layers, rule.removed)
    if isinstance(rule, FiltersRule) and scores is None:
        return _Drafting(layers, GreedyRemoval(layers, by_hand, rule.max_layer_share), rank_by_place(open_))
    return _Drafting(
        layers, GreedyRemoval(layers, by_hand, rule.max_layer_share), rank_units(open_, _needed(scores, rule))
    )


def _touches(unit: Unit, locked: set[int]) -> bool:
    return any(layer in locked for layer, _ in unit.members)


def _check_hands(layers: Layers, kept: set[int], removed: list[int]) -> None:
    check_removable(layers, removed)
    both = kept.intersection(removed)
    if both:
        first = filters_of_units(layers, both)
        raise InvalidInput(f"Kept and removed by hand at once: {first}. Decide for one.", filters=first)


def _check_names(layers: Layers, names: Iterable[str]) -> None:
    """Raises InvalidInput for a name that is no layer of this network."""
    known = {layer.name for layer in layers.layers}
    for name in names:
        if name not in known:
            raise InvalidInput(f"There is no layer {name} in this network; see its list of layers.", layer=name)


def _needed(scores: Scores | None, rule: PlanRule) -> Scores:
    """Raises InvalidInput where the rule ranks by scores that are not there."""
    if scores is None:
        raise InvalidInput(f"Rule {rule.rule} ranks filters by their scores, and there are none; score the node first.")
    return scores


def _count_units(units: int) -> str:
    """For sentences."""
    return "1 unit" if units == 1 else f"{units} units"


def by_percent(drafting: _Drafting, rule: PercentRule) -> None:
    """Budget in filters; what does not fit is skipped."""
    removal, free = drafting.removal, count_free_filters(drafting.layers)
    drafting.budget = round(rule.percent / 100 * free)
    too_large: list[int] = []
    for _, unit in drafting.ranked:
        if removal.removed + len(unit.members) > drafting.budget:
            too_large.append(unit.id)
        elif removal.take(unit):
            drafting.passed_over += too_large
            too_large = []
    removal.round_widths(rule.round_to)
    if removal.removed < drafting.budget:
        drafting.notes.append(
            f"{rule.percent:g} % of the {free} free filters are {drafting.budget}; {removal.removed} go. Others are "
            "coupled to more than is left, the last of a layer or above its limit, locked, kept, needed for round "
            "widths, or not scored."
        )
    if drafting.passed_over:
        drafting.notes.append(
            f"{_count_units(len(drafting.passed_over))} stayed though others that rank higher go: each has more "
            f"coupled filters than were left of the {drafting.budget}."
        )


def by_threshold(drafting: _Drafting, rule: ThresholdRule, high_is_kept: bool) -> None:
    """All that ranks below the value; where low scores are kept, that is all above it."""
    limit = rule.value if high_is_kept else -rule.value
    for rank, unit in drafting.ranked:
        if rank >= limit:
            break
        drafting.removal.take(unit)
    drafting.removal.round_widths(rule.round_to)


def by_layers(drafting: _Drafting, rule: LayersRule) -> None:
    """Layer by layer in forward order; what went with an earlier layer, or by hand, counts."""
    removal, layers = drafting.removal, drafting.layers.layers
    wanted = _filters_wanted(drafting.layers, rule.shares)
    gone: set[int] = set()
    for layer, count in wanted.items():
        for _, unit in drafting.ranked:
            mine = sum(each == layer for each, _ in unit.members)
            fits = layers[layer].filters - removal.left[layer] + mine <= count
            if mine and unit.id not in gone and fits and removal.take(unit):
                gone.add(unit.id)
    removal.round_widths(rule.round_to)
    for layer, count in wanted.items():
        reached = layers[layer].filters - removal.left[layer]
        if reached != count:
            drafting.notes.append(f"Layer {layers[layer].name} should lose {count} filters and loses {reached}.")
    drafting.notes += _frozen_whole(drafting.layers, rule.shares)


def _frozen_whole(layers: Layers, shares: Mapping[str, float]) -> list[str]:
    """A sentence for every layer that should lose filters and has none that is free."""
    free = {layer for unit in layers.units if unit.free for layer, _ in unit.members}
    reasons = {layer: unit.reason for unit in layers.units for layer, _ in unit.members}
    wanted = [layer for layer in layers.layers if shares.get(layer.name, 0) > 0 and layer.index not in free]
    return [f"Layer {layer.name} loses nothing, for {reasons.get(layer.index)}." for layer in wanted]


def _filters_wanted(layers: Layers, shares: Mapping[str, float]) -> dict[int, int]:
    """Filters to remove by layer index, in forward order."""
    _check_names(layers, shares)
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise InvalidInput(f"The share of layer {name} is {share}; give a number from 0 to 1.", layer=name)
    free = Counter(layer for unit in layers.units if unit.free for layer, _ in unit.members)
    named = [layer for layer in layers.layers if layer.name in shares]
    return {layer.index: round(shares[layer.name] * free[layer.index]) for layer in named}


def by_target(drafting: _Drafting, rule: TargetRule) -> None:
    """The shortest greedy removal after which no more than the value remains."""
    for _, unit in drafting.ranked:
        drafting.removal.take(unit)
    longest, table = drafting.removal, CostTable(drafting.layers)
    taken = longest.taken

    def is_reached(steps: int) -> bool:
        return _left(table, rule, _removed_first(drafting.layers, rule, longest.by_hand, taken[:steps])) <= rule.value

    steps = bisect_left(range(len(taken) + 1), True, key=is_reached)
    drafting.removal = _removed_first(drafting.layers, rule, longest.by_hand, taken[:steps])
    if steps > len(taken):
        drafting.removal.guarded, drafting.removal.limited = longest.guarded, longest.limited
        left = _left(table, rule, drafting.removal)
        drafting.notes.append(
            f"{left} {_METRICS[rule.metric]} remain, more than the {rule.value:.0f} wanted: nothing else may go."
        )


def _removed_first(layers: Layers, rule: TargetRule, by_hand: Sequence[Unit], units: Sequence[Unit]) -> GreedyRemoval:
    removal = GreedyRemoval(layers, by_hand, rule.max_layer_share)
    for unit in units:
        removal.take(unit)
    removal.round_widths(rule.round_to)
    return removal


def _left(table: CostTable, rule: TargetRule, removal: GreedyRemoval) -> int:
    cost = table.cost(removal.units())
    return cost.parameters if rule.metric == "parameters" else cost.macs


_METRICS = {"parameters": "parameters", "macs": "MACs"}


def by_filters(drafting: _Drafting, rule: FiltersRule) -> None:
    """Exactly these and what is coupled to them, but for what hands and locks keep."""
    wanted = set(units_of_filters(drafting.layers, rule.filters))
    check_removable(drafting.layers, wanted | set(drafting.removal.units()))
    chosen = [unit for _, unit in drafting.ranked if unit.id in wanted]
    for unit in chosen:
        drafting.removal.take(unit)
    drafting.removal.round_widths(rule.round_to)
    spared = len(wanted - {unit.id for unit in chosen} - set(drafting.removal.units()))
    if spared:
        drafting.notes.append(f"{_count_units(spared)} stayed, for they are locked or kept by hand.")


def _finish(drafting: _Drafting, rule: PlanRule) -> Draft:
    removal = drafting.removal
    if rule.round_to > 1:
        drafting.notes += _uneven(drafting, rule.round_to)
    if removal.guarded:
        drafting.notes.append(f"{_count_units(removal.guarded)} stayed so that every layer keeps at least one filter.")
    if removal.limited:
        limit = f"no layer loses more than {rule.max_layer_share:.0%} of its filters"
        drafting.notes.append(f"{_count_units(removal.limited)} stayed so that {limit}.")
    units = removal.units()
    return Draft(
        units=tuple(units),
        filters=filters_of_units(drafting.layers, units),
        budget=drafting.budget,
        reached=removal.removed,
        passed_over=tuple(sorted(drafting.passed_over)),
        notes=tuple(drafting.notes),
    )


def _uneven(drafting: _Drafting, multiple: int) -> list[str]:
    """A sentence for every layer that was cut and yet has an uneven width."""
    pairs = zip(drafting.layers.layers, drafting.removal.left, strict=True)
    return [
        f"Layer {layer.name} keeps {left} filters, no multiple of {multiple}; hands or coupling leave no other way."
        for layer, left in pairs
        if left % multiple and left != layer.filters
    ]
