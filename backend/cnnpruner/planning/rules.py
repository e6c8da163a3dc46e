"""Chooses the units that a rule removes. Locks and overrides are respected, and the widths of layers can be rounded to
a multiple. `planning/rules.ts` on the page does the same.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.domain.plans.orders import parse_criterion_and_price
from cnnpruner.domain.plans.plans import COST_NAMES, Cost
from cnnpruner.domain.plans.rules import (
    FilterNumbers,
    FiltersRule,
    LayersRule,
    PercentRule,
    PlanRule,
    TargetRule,
    ThresholdRule,
)
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.greedy import GreedyRemoval, RankedUnits, order_units_without_scores, rank_units
from cnnpruner.planning.orders import compute_rank_values, reorder_within_layers
from cnnpruner.planning.structure import (
    count_free_filters,
    filters_of_units,
    find_units,
    require_removable_units,
    units_of_filters,
)


@dataclass(frozen=True)
class Draft:
    """The result of applying a rule: the units and filters that it removes."""

    units: tuple[int, ...]
    """Ids of the removed units, ascending."""
    filters: FilterNumbers
    """The removed filters, including all coupled ones: layer name → original filter numbers."""
    budget: int | None
    """Maximum number of filters that the rule `percent` removes; None for other rules."""
    reached: int
    """Number of removed filters."""
    skipped_units: tuple[int, ...]
    """Ids of units that were kept although units ranked after them were removed. A unit is kept if it has more filters
    than are left in the budget, or if the target turns out to be met without removing it.
    """
    notes: tuple[str, ...]
    """Sentences that say what the rule could not remove, and why."""


def draft_plan(
    layers: Layers,
    rule: PlanRule,
    scores: Scores | None,
    table: CostTable | None = None,
    within: Scores | None = None,
) -> Draft:
    """Apply a rule to a network.

    scores: the scores by the rule's criterion, not yet adjusted by its price; may be None only for the rule `filters`.
    table: the cost table of `layers`; built if None. within: scores by the rule's criterion `within`; None if the rule
    has none. Raises InvalidInput if scores are missing, if the overrides empty a layer, or if a layer or filter is
    unknown, already removed, frozen, or both kept and removed by overrides.
    """
    table = table or CostTable(layers)
    scores = _compute_rank_values(layers, rule, scores, table)
    if scores is not None and within is not None:
        scores = reorder_within_layers(layers, scores, within)
    pending_draft = _apply_overrides(layers, rule, scores)
    match rule:
        case PercentRule():
            remove_by_percent(pending_draft, rule)
        case ThresholdRule():
            remove_by_threshold(pending_draft, rule, _require_scores(scores, rule).keep == "high")
        case LayersRule():
            remove_by_layers(pending_draft, rule)
        case TargetRule():
            remove_by_target(pending_draft, rule, table)
        case FiltersRule():
            remove_listed_filters(pending_draft, rule)
        case _:
            assert_never(rule)
    return _build_draft(pending_draft, rule)


def _compute_rank_values(layers: Layers, rule: PlanRule, scores: Scores | None, table: CostTable) -> Scores | None:
    """Return the values by which the rule ranks units: the criterion's scores, adjusted by the rule's price (if it has
    one) and scope. Raises InvalidInput if the price is not valid.
    """
    if isinstance(rule, FiltersRule) or scores is None:
        return scores
    return compute_rank_values(layers, scores, parse_criterion_and_price(rule.criterion)[1], rule.scope, table)


@dataclass
class _PendingDraft:
    """A draft to which the overrides have been applied, but not yet the rule. The rule may only remove units of
    `ranked_units`.
    """

    layers: Layers
    removal: GreedyRemoval
    ranked_units: RankedUnits
    notes: list[str] = field(default_factory=list)
    budget: int | None = None
    skipped_units: list[int] = field(default_factory=list)
    """See `Draft.skipped_units`."""


def _apply_overrides(layers: Layers, rule: PlanRule, scores: Scores | None) -> _PendingDraft:
    """Apply the overrides and locks. Raises InvalidInput if they name unknown filters or contradict each other."""
    removed = units_of_filters(layers, rule.removed)
    kept = {unit.id for unit in find_units(layers, rule.kept)}
    _check_overrides(layers, kept, removed)
    _check_layer_names(layers, rule.locked)
    locked = {layer.index for layer in layers.layers if layer.name in rule.locked}
    excluded_units = kept | set(removed) | {u.id for u in layers.units if locked and _is_in_any_layer(u, locked)}
    removable_units = (
        [unit for unit in layers.units if unit.id not in excluded_units] if excluded_units else layers.units
    )
    removed_by_hand = find_units(layers, rule.removed)
    if isinstance(rule, FiltersRule) and scores is None:
        return _PendingDraft(
            layers, GreedyRemoval(layers, removed_by_hand, rule.floor), order_units_without_scores(removable_units)
        )
    return _PendingDraft(
        layers,
        GreedyRemoval(layers, removed_by_hand, rule.floor),
        rank_units(removable_units, _require_scores(scores, rule)),
    )


def _is_in_any_layer(unit: Unit, indices: set[int]) -> bool:
    return any(layer in indices for layer, _ in unit.members)


def _check_overrides(layers: Layers, kept: set[int], removed: list[int]) -> None:
    require_removable_units(layers, removed)
    contradictory_units = kept.intersection(removed)
    if contradictory_units:
        filters = filters_of_units(layers, contradictory_units)
        raise InvalidInput(
            f"You chose both to keep and to remove these filters: {filters}. Choose one of the two.", filters=filters
        )


def _check_layer_names(layers: Layers, names: Iterable[str]) -> None:
    """Raise InvalidInput if this network has no layer with one of these names."""
    layer_names = {layer.name for layer in layers.layers}
    for name in names:
        if name not in layer_names:
            raise InvalidInput(f"There is no layer {name} in this network; see its list of layers.", layer=name)


def _require_scores(scores: Scores | None, rule: PlanRule) -> Scores:
    """Return the scores. Raises InvalidInput if they are None."""
    if scores is None:
        raise InvalidInput(f"Rule {rule.rule} ranks filters by score, but this node has no scores; compute them first.")
    return scores


def _format_unit_count(units: int) -> str:
    return "1 unit" if units == 1 else f"{units} units"


def remove_by_percent(pending_draft: _PendingDraft, rule: PercentRule) -> None:
    """Remove the lowest-ranked units until the budget of filters is used up. Units with more filters than are left in
    the budget are skipped.
    """
    removal, free = pending_draft.removal, count_free_filters(pending_draft.layers)
    pending_draft.budget = round(rule.percent / 100 * free)
    too_large_units: list[int] = []
    for _, unit in pending_draft.ranked_units:
        if removal.removed_filters + len(unit.members) > pending_draft.budget:
            too_large_units.append(unit.id)
        elif removal.try_remove_unit(unit):
            pending_draft.skipped_units += too_large_units
            too_large_units = []
    removal.round_widths(rule.round_to)
    if removal.removed_filters < pending_draft.budget:
        pending_draft.notes.append(
            f"{rule.percent:g}% of {free} free filters is {pending_draft.budget}, but only {removal.removed_filters} "
            "can be removed. Each of the other filters is kept for one of these reasons: it is coupled to more filters "
            "than the budget has left; without it, its layer would be empty, keep fewer filters than the floor allows, "
            "or lose its round width; it is locked, or you chose to keep it; it has no score."
        )
    if pending_draft.skipped_units:
        pending_draft.notes.append(
            f"Skipped {_format_unit_count(len(pending_draft.skipped_units))} with more coupled filters than were left "
            f"in the budget of {pending_draft.budget} filters; units later in the removal order are removed instead."
        )


def remove_by_threshold(pending_draft: _PendingDraft, rule: ThresholdRule, keeps_high_values: bool) -> None:
    """Remove every unit whose rank value (by which the rule compares units) is below the threshold `rule.value` or, if
    units with low values are kept, above it.
    """
    limit = rule.value if keeps_high_values else -rule.value
    for signed_score, unit in pending_draft.ranked_units:
        if signed_score >= limit:
            break
        pending_draft.removal.try_remove_unit(unit)
    pending_draft.removal.round_widths(rule.round_to)


def remove_by_layers(pending_draft: _PendingDraft, rule: LayersRule) -> None:
    """Remove a share of the free (removable) filters of each layer, in forward order. Filters that have already been
    removed, by hand or because they are coupled to filters of earlier layers, count towards the share.
    """
    removal, layers = pending_draft.removal, pending_draft.layers.layers
    removal_count_by_layer = _count_filters_to_remove(pending_draft.layers, rule.shares)
    removed: set[int] = set()
    for layer, target in removal_count_by_layer.items():
        for _, unit in pending_draft.ranked_units:
            count = sum(index == layer for index, _ in unit.members)
            is_within_target = layers[layer].filters - removal.remaining_filters[layer] + count <= target
            if count and unit.id not in removed and is_within_target and removal.try_remove_unit(unit):
                removed.add(unit.id)
    removal.round_widths(rule.round_to)
    for layer, target in removal_count_by_layer.items():
        removed_count = layers[layer].filters - removal.remaining_filters[layer]
        if removed_count != target:
            pending_draft.notes.append(
                f"Layer {layers[layer].name} should lose {target} filters but loses {removed_count} filters."
            )
    pending_draft.notes += _describe_frozen_layers(pending_draft.layers, rule.shares)


def _describe_frozen_layers(layers: Layers, shares: Mapping[str, float]) -> list[str]:
    """Return a sentence for every layer that the rule should prune but that has no filters that can be removed."""
    free = {layer for unit in layers.units if unit.free for layer, _ in unit.members}
    reasons = {layer: unit.reason for unit in layers.units for layer, _ in unit.members}
    frozen = [layer for layer in layers.layers if shares.get(layer.name, 0) > 0 and layer.index not in free]
    return [f"Layer {layer.name} loses no filters: {reasons.get(layer.index)}." for layer in frozen]


def _count_filters_to_remove(layers: Layers, shares: Mapping[str, float]) -> dict[int, int]:
    """Return a dict from layer index, in forward order, to the number of filters to remove from the layer."""
    _check_layer_names(layers, shares)
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise InvalidInput(f"The share for layer {name} is {share}; give a number from 0 to 1.", layer=name)
    free = Counter(layer for unit in layers.units if unit.free for layer, _ in unit.members)
    requested_layers = [layer for layer in layers.layers if layer.name in shares]
    return {layer.index: round(shares[layer.name] * free[layer.index]) for layer in requested_layers}


def remove_by_target(pending_draft: _PendingDraft, rule: TargetRule, table: CostTable) -> None:
    """Remove units in the order of the ranking until the cost is at most the target. If the target cannot be reached,
    remove as many units as possible.

    If widths are not rounded, then put back those units, highest rank first, that need not be removed to meet the
    target.
    """
    for _, unit in pending_draft.ranked_units:
        pending_draft.removal.try_remove_unit(unit)
    full_removal = pending_draft.removal
    removed_by_hand, removed_by_rule = full_removal.removed_by_hand, full_removal.removed_by_rule

    def is_target_reached(unit_count: int) -> bool:
        return (
            _remaining_cost(
                table, rule, _remove_units(pending_draft.layers, rule, removed_by_hand, removed_by_rule[:unit_count])
            )
            <= rule.value
        )

    unit_count = bisect_left(range(len(removed_by_rule) + 1), True, key=is_target_reached)
    pending_draft.removal = _remove_units(pending_draft.layers, rule, removed_by_hand, removed_by_rule[:unit_count])
    if unit_count > len(removed_by_rule):
        pending_draft.removal.units_kept_as_last, pending_draft.removal.units_kept_by_floor = (
            full_removal.units_kept_as_last,
            full_removal.units_kept_by_floor,
        )
    elif rule.round_to == 1:  # a single unit put back would break a round width
        _put_back_spare_units(pending_draft, rule, table)
    pending_draft.notes.append(_describe_distance_to_target(rule, _remaining_cost(table, rule, pending_draft.removal)))


def _put_back_spare_units(pending_draft: _PendingDraft, rule: TargetRule, table: CostTable) -> None:
    """Put back each removed unit, highest rank first, if the target is still met without its removal.

    Putting back a unit never reduces the cost. So once a unit of one kind is too expensive to put back, all other units
    of this kind are too expensive, too.
    """
    removal, too_expensive_unit_kinds = pending_draft.removal, set[bytes]()
    for unit in reversed(removal.removed_by_rule):
        kind = table.kind(unit.id)
        if kind not in too_expensive_unit_kinds and _cost_with_unit_put_back(table, rule, removal, unit) <= rule.value:
            removal.put_back_unit(unit)
            pending_draft.skipped_units.append(unit.id)
        else:
            too_expensive_unit_kinds.add(kind)


def _cost_with_unit_put_back(table: CostTable, rule: TargetRule, removal: GreedyRemoval, unit: Unit) -> int:
    """Return what the network would cost, in the rule's metric, if `unit` were put back."""
    return _cost_in_rule_metric(table.cost([other for other in removal.units() if other != unit.id]), rule)


def _describe_distance_to_target(rule: TargetRule, cost: int) -> str:
    """Return a sentence that says how far the remaining cost is from the target."""
    remaining_text = f"{cost} {COST_NAMES[rule.metric]} remain"
    if cost > rule.value:
        return f"{remaining_text}, still above the target of {rule.value:.0f}: no more filters can be removed."
    distance_to_target = rule.value - cost
    return (
        f"{remaining_text}, {distance_to_target:.0f} less than the target of {rule.value:.0f}."
        if distance_to_target >= 0.5
        else f"{remaining_text}, exactly the target of {rule.value:.0f}."
    )


def _remove_units(
    layers: Layers, rule: TargetRule, removed_by_hand: Sequence[Unit], units: Sequence[Unit]
) -> GreedyRemoval:
    removal = GreedyRemoval(layers, removed_by_hand, rule.floor)
    for unit in units:
        removal.try_remove_unit(unit)
    removal.round_widths(rule.round_to)
    return removal


def _remaining_cost(table: CostTable, rule: TargetRule, removal: GreedyRemoval) -> int:
    return _cost_in_rule_metric(table.cost(removal.units()), rule)


def _cost_in_rule_metric(cost: Cost, rule: TargetRule) -> int:
    return int(getattr(cost, rule.metric))


def remove_listed_filters(pending_draft: _PendingDraft, rule: FiltersRule) -> None:
    """Remove the listed filters and the filters coupled to them, except those kept by an override or a lock."""
    requested_units = set(units_of_filters(pending_draft.layers, rule.filters))
    require_removable_units(pending_draft.layers, requested_units | set(pending_draft.removal.units()))
    removable_units = [unit for _, unit in pending_draft.ranked_units if unit.id in requested_units]
    for unit in removable_units:
        pending_draft.removal.try_remove_unit(unit)
    pending_draft.removal.round_widths(rule.round_to)
    kept = len(requested_units - {unit.id for unit in removable_units} - set(pending_draft.removal.units()))
    if kept:
        pending_draft.notes.append(
            f"Did not remove {_format_unit_count(kept)}: the layer is locked, or you chose to keep the filters."
        )


def _build_draft(pending_draft: _PendingDraft, rule: PlanRule) -> Draft:
    removal = pending_draft.removal
    if rule.round_to > 1:
        pending_draft.notes += _describe_unrounded_widths(pending_draft, rule.round_to)
    if removal.units_kept_as_last:
        pending_draft.notes.append(
            f"Kept {_format_unit_count(removal.units_kept_as_last)} so that every layer has at least one filter."
        )
    if removal.units_kept_by_floor:
        pending_draft.notes.append(
            f"Kept {_format_unit_count(removal.units_kept_by_floor)} so that every layer keeps at least "
            f"{100 * rule.floor:.3g}% of its filters."
        )
    units = removal.units()
    return Draft(
        units=tuple(units),
        filters=filters_of_units(pending_draft.layers, units),
        budget=pending_draft.budget,
        reached=removal.removed_filters,
        skipped_units=tuple(sorted(pending_draft.skipped_units)),
        notes=tuple(pending_draft.notes),
    )


def _describe_unrounded_widths(pending_draft: _PendingDraft, round_to: int) -> list[str]:
    """Return a sentence for every pruned layer whose width is not a multiple of `round_to`."""
    pairs = zip(pending_draft.layers.layers, pending_draft.removal.remaining_filters, strict=True)
    return [
        f"Layer {layer.name} keeps {width} filters, which is not a multiple of {round_to}, "
        "because of overrides or coupled filters."
        for layer, width in pairs
        if width % round_to and width != layer.filters
    ]
