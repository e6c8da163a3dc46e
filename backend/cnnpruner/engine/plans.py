"""From a rule to what goes: the drafts of DESIGN's rules, with locks, hands and round widths. Free of torch."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from cnnpruner.domain.layers import Layers, Unit
from cnnpruner.domain.plans import (
    Cost,
    FiltersRule,
    LayersRule,
    Numbers,
    PercentRule,
    PlanRule,
    Shares,
    TargetRule,
    ThresholdRule,
)
from cnnpruner.domain.scores import Scores
from cnnpruner.engine.cost import CostTable
from cnnpruner.engine.structure import check_removable, count_free_filters, filters_of_units, units_at, units_of_filters
from cnnpruner.engine.walk import Ranked, Walk, rank_by_place, rank_units
from cnnpruner.errors import InvalidInput


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
            _percent(drafting, rule)
        case ThresholdRule():
            _threshold(drafting, rule, _needed(scores, rule).keep == "high")
        case LayersRule():
            _shares_of_layers(drafting, rule)
        case TargetRule():
            _target(drafting, rule)
        case FiltersRule():
            _filters(drafting, rule)
        case _:
            assert_never(rule)
    return _finish(drafting, rule)


def shares(layers: Layers, units: Collection[int], scores: Scores | None, now: Cost, after: Cost) -> Shares:
    """What share of a node's cost, sensitivity and instability goes with these units (ids)."""
    return Shares(
        filters=_share(now.filters - after.filters, now.filters),
        sensitivity=_share_of(layers, units, scores, scores.sensitivity if scores else None),
        instability=_share_of(layers, units, scores, scores.instability if scores else None),
        parameters=_share(now.parameters - after.parameters, now.parameters),
        macs=_share(now.macs - after.macs, now.macs),
        size_bytes=_share(now.size_bytes - after.size_bytes, now.size_bytes),
    )


@dataclass
class _Drafting:
    """A draft in the making: hands are carried out, `ranked` is what the rule may touch, lowest first."""

    layers: Layers
    walk: Walk
    ranked: Ranked
    notes: list[str] = field(default_factory=list)
    budget: int | None = None


def _start(layers: Layers, rule: PlanRule, scores: Scores | None) -> _Drafting:
    removed = units_of_filters(layers, rule.removed)
    kept = {unit.id for unit in units_at(layers, rule.kept)}
    _check_hands(layers, kept, removed)
    _check_names(layers, rule.locked)
    locked = {layer.index for layer in layers.layers if layer.name in rule.locked}
    spared = kept | set(removed) | {u.id for u in layers.units if locked and _touches(u, locked)}
    open_ = [unit for unit in layers.units if unit.id not in spared] if spared else layers.units
    by_hand = units_at(layers, rule.removed)
    if isinstance(rule, FiltersRule) and scores is None:
        return _Drafting(layers, Walk(layers, by_hand, rule.max_layer_share), rank_by_place(open_))
    return _Drafting(layers, Walk(layers, by_hand, rule.max_layer_share), rank_units(open_, _needed(scores, rule)))


def _finish(drafting: _Drafting, rule: PlanRule) -> Draft:
    walk = drafting.walk
    if rule.round_to > 1:
        drafting.notes += _uneven(drafting, rule.round_to)
    if walk.guarded:
        drafting.notes.append(f"{_count(walk.guarded)} stayed so that every layer keeps at least one filter.")
    if walk.limited:
        limit = f"no layer loses more than {rule.max_layer_share:.0%} of its filters"
        drafting.notes.append(f"{_count(walk.limited)} stayed so that {limit}.")
    units = walk.units()
    return Draft(
        units=tuple(units),
        filters=filters_of_units(drafting.layers, units),
        budget=drafting.budget,
        reached=walk.removed,
        notes=tuple(drafting.notes),
    )


def _percent(drafting: _Drafting, rule: PercentRule) -> None:
    """Budget in filters; what does not fit is skipped."""
    walk, free = drafting.walk, count_free_filters(drafting.layers)
    drafting.budget = round(rule.percent / 100 * free)
    for _, unit in drafting.ranked:
        if walk.removed + len(unit.members) <= drafting.budget:
            walk.take(unit)
    walk.round_widths(rule.round_to)
    if walk.removed < drafting.budget:
        drafting.notes.append(
            f"{rule.percent:g} % of the {free} free filters are {drafting.budget}; {walk.removed} go. Others are "
            "coupled to more than is left, the last of a layer or above its limit, locked, kept, needed for round "
            "widths, or not scored."
        )


def _threshold(drafting: _Drafting, rule: ThresholdRule, high_is_kept: bool) -> None:
    """All that ranks below the value; where low scores are kept, that is all above it."""
    limit = rule.value if high_is_kept else -rule.value
    for rank, unit in drafting.ranked:
        if rank >= limit:
            break
        drafting.walk.take(unit)
    drafting.walk.round_widths(rule.round_to)


def _shares_of_layers(drafting: _Drafting, rule: LayersRule) -> None:
    """Layer by layer in forward order; what went with an earlier layer, or by hand, counts."""
    walk, layers = drafting.walk, drafting.layers.layers
    wanted = _filters_wanted(drafting.layers, rule.shares)
    gone: set[int] = set()
    for layer, count in wanted.items():
        for _, unit in drafting.ranked:
            mine = sum(each == layer for each, _ in unit.members)
            fits = layers[layer].filters - walk.left[layer] + mine <= count
            if mine and unit.id not in gone and fits and walk.take(unit):
                gone.add(unit.id)
    walk.round_widths(rule.round_to)
    for layer, count in wanted.items():
        reached = layers[layer].filters - walk.left[layer]
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


def _target(drafting: _Drafting, rule: TargetRule) -> None:
    """The shortest walk after which no more than the value remains."""
    for _, unit in drafting.ranked:
        drafting.walk.take(unit)
    longest, table = drafting.walk, CostTable(drafting.layers)
    taken = longest.taken

    def is_reached(steps: int) -> bool:
        return _left(table, rule, _walked(drafting.layers, rule, longest.by_hand, taken[:steps])) <= rule.value

    steps = bisect_left(range(len(taken) + 1), True, key=is_reached)
    drafting.walk = _walked(drafting.layers, rule, longest.by_hand, taken[:steps])
    if steps > len(taken):
        drafting.walk.guarded, drafting.walk.limited = longest.guarded, longest.limited
        left = _left(table, rule, drafting.walk)
        drafting.notes.append(
            f"{left} {_METRICS[rule.metric]} remain, more than the {rule.value:.0f} wanted: nothing else may go."
        )


def _walked(layers: Layers, rule: TargetRule, by_hand: Sequence[Unit], units: Sequence[Unit]) -> Walk:
    walk = Walk(layers, by_hand, rule.max_layer_share)
    for unit in units:
        walk.take(unit)
    walk.round_widths(rule.round_to)
    return walk


def _left(table: CostTable, rule: TargetRule, walk: Walk) -> int:
    cost = table.cost(walk.units())
    return cost.parameters if rule.metric == "parameters" else cost.macs


_METRICS = {"parameters": "parameters", "macs": "MACs"}


def _filters(drafting: _Drafting, rule: FiltersRule) -> None:
    """Exactly these and what is coupled to them, but for what hands and locks keep."""
    wanted = set(units_of_filters(drafting.layers, rule.filters))
    check_removable(drafting.layers, wanted | set(drafting.walk.units()))
    chosen = [unit for _, unit in drafting.ranked if unit.id in wanted]
    for unit in chosen:
        drafting.walk.take(unit)
    drafting.walk.round_widths(rule.round_to)
    spared = len(wanted - {unit.id for unit in chosen} - set(drafting.walk.units()))
    if spared:
        drafting.notes.append(f"{_count(spared)} stayed, for they are locked or kept by hand.")


def _uneven(drafting: _Drafting, multiple: int) -> list[str]:
    """A sentence for every layer that was cut and yet has an uneven width."""
    pairs = zip(drafting.layers.layers, drafting.walk.left, strict=True)
    return [
        f"Layer {layer.name} keeps {left} filters, no multiple of {multiple}; hands or coupling leave no other way."
        for layer, left in pairs
        if left % multiple and left != layer.filters
    ]


def _touches(unit: Unit, locked: set[int]) -> bool:
    return any(layer in locked for layer, _ in unit.members)


def _check_hands(layers: Layers, kept: set[int], removed: list[int]) -> None:
    check_removable(layers, removed)
    both = kept.intersection(removed)
    if both:
        first = filters_of_units(layers, both)
        raise InvalidInput(f"Kept and removed by hand at once: {first}. Decide for one.", filters=first)


def _check_names(layers: Layers, names: Iterable[str]) -> None:
    known = {layer.name for layer in layers.layers}
    for name in names:
        if name not in known:
            raise InvalidInput(f"There is no layer {name} in this network; see its list of layers.", layer=name)


def _needed(scores: Scores | None, rule: PlanRule) -> Scores:
    if scores is None:
        raise InvalidInput(f"Rule {rule.rule} ranks filters by their scores, and there are none; score the node first.")
    return scores


def _count(units: int) -> str:
    return "1 unit" if units == 1 else f"{units} units"


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _share_of(
    layers: Layers, units: Collection[int], scores: Scores | None, values: Sequence[float | None] | None
) -> float | None:
    """Σ over removed free units / Σ over all free units; None where nothing is scored."""
    if scores is None or values is None:
        return None
    free, gone = {unit.id for unit in layers.units if unit.free}, set(units)
    known = [
        (unit, value) for unit, value in zip(scores.unit, values, strict=True) if unit in free and value is not None
    ]
    return min(1.0, _share(sum(value for unit, value in known if unit in gone), sum(value for _, value in known)))
