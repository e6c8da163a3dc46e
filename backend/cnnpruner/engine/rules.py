"""What each rule of DESIGN removes. Every function takes units from the walk of a draft and says what it left."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from cnnpruner.domain.layers import Layers, Unit
from cnnpruner.domain.plans import FiltersRule, LayersRule, PercentRule, TargetRule, ThresholdRule
from cnnpruner.engine.cost import CostTable
from cnnpruner.engine.drafting import Drafting, check_names, count_units
from cnnpruner.engine.structure import check_removable, count_free_filters, units_of_filters
from cnnpruner.engine.walk import Walk
from cnnpruner.errors import InvalidInput


def by_percent(drafting: Drafting, rule: PercentRule) -> None:
    """Budget in filters; what does not fit is skipped."""
    walk, free = drafting.walk, count_free_filters(drafting.layers)
    drafting.budget = round(rule.percent / 100 * free)
    too_large: list[int] = []
    for _, unit in drafting.ranked:
        if walk.removed + len(unit.members) > drafting.budget:
            too_large.append(unit.id)
        elif walk.take(unit):
            drafting.passed_over += too_large
            too_large = []
    walk.round_widths(rule.round_to)
    if walk.removed < drafting.budget:
        drafting.notes.append(
            f"{rule.percent:g} % of the {free} free filters are {drafting.budget}; {walk.removed} go. Others are "
            "coupled to more than is left, the last of a layer or above its limit, locked, kept, needed for round "
            "widths, or not scored."
        )
    if drafting.passed_over:
        drafting.notes.append(
            f"{count_units(len(drafting.passed_over))} stayed though others that rank higher go: each has more coupled "
            f"filters than were left of the {drafting.budget}."
        )


def by_threshold(drafting: Drafting, rule: ThresholdRule, high_is_kept: bool) -> None:
    """All that ranks below the value; where low scores are kept, that is all above it."""
    limit = rule.value if high_is_kept else -rule.value
    for rank, unit in drafting.ranked:
        if rank >= limit:
            break
        drafting.walk.take(unit)
    drafting.walk.round_widths(rule.round_to)


def by_layers(drafting: Drafting, rule: LayersRule) -> None:
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
    check_names(layers, shares)
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise InvalidInput(f"The share of layer {name} is {share}; give a number from 0 to 1.", layer=name)
    free = Counter(layer for unit in layers.units if unit.free for layer, _ in unit.members)
    named = [layer for layer in layers.layers if layer.name in shares]
    return {layer.index: round(shares[layer.name] * free[layer.index]) for layer in named}


def by_target(drafting: Drafting, rule: TargetRule) -> None:
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


def by_filters(drafting: Drafting, rule: FiltersRule) -> None:
    """Exactly these and what is coupled to them, but for what hands and locks keep."""
    wanted = set(units_of_filters(drafting.layers, rule.filters))
    check_removable(drafting.layers, wanted | set(drafting.walk.units()))
    chosen = [unit for _, unit in drafting.ranked if unit.id in wanted]
    for unit in chosen:
        drafting.walk.take(unit)
    drafting.walk.round_widths(rule.round_to)
    spared = len(wanted - {unit.id for unit in chosen} - set(drafting.walk.units()))
    if spared:
        drafting.notes.append(f"{count_units(spared)} stayed, for they are locked or kept by hand.")
