"""Removes units one by one, in the order of a ranking, but never empties a layer. `planning/greedy.ts` on the page does
the same.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil
from operator import itemgetter

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.domain.plans.scores import Scores

RankedUnits = list[tuple[float, Unit]]
"""Pairs of (signed score, unit) in ascending order: the first unit is removed first. The signed score is the score,
negated if units with low scores are kept.
"""


def rank_units(units: Iterable[Unit], scores: Scores) -> RankedUnits:
    """Return the free (removable) units that have a score, in the order of removal: sorted by signed score, then by
    group, lowest filter number and unit id, all ascending.
    """
    score_sign = 1.0 if scores.keep == "high" else -1.0
    value = {
        unit: score_sign * score for unit, score in zip(scores.unit, scores.score, strict=True) if score is not None
    }
    ranked_units = [(value[unit.id], *_tie_break_key(unit), unit) for unit in units if unit.free and unit.id in value]
    return [(row[0], row[-1]) for row in sorted(ranked_units, key=itemgetter(0, 1, 2, 3))]


def order_units_without_scores(units: Iterable[Unit]) -> RankedUnits:
    """Return the free (removable) units in an order that uses no scores: by group, lowest filter number and unit id,
    all ascending.
    """
    return [(0.0, unit) for unit in sorted((unit for unit in units if unit.free), key=_tie_break_key)]


def _tie_break_key(unit: Unit) -> tuple[int, int, int]:
    """Return the sort key for units whose scores are equal: (group, lowest filter number, unit id)."""
    members = unit.members
    lowest_number = members[0][1] if len(members) == 1 else min(number for _, number in members)
    return unit.group, lowest_number, unit.id


class GreedyRemoval:
    """Removes units, and keeps track of which were removed and how many filters remain in each layer."""

    def __init__(self, layers: Layers, removed_by_hand: Sequence[Unit], floor: float = 0.0) -> None:
        """Remove the units in `removed_by_hand`, even if layers fall below the floor. `round_widths` never puts these
        units back.

        floor: minimum share of each layer's filters that the rule must keep, rounded up to whole filters.
        """
        # Without the small term, rounding in binary would turn 0.7 · 10 into 8 instead of 7.
        self._min_filters = [ceil(floor * layer.filters - 1e-9) for layer in layers.layers]
        self._has_floor = floor > 0
        self.remaining_filters = [layer.filters for layer in layers.layers]
        self.removed_by_hand = list(removed_by_hand)
        self._removed_by_rule: dict[int, Unit] = {}
        self.removed_filters = 0
        self.units_kept_as_last = 0
        """Number of units that were kept because a layer would have lost its last filter."""
        self.units_kept_by_floor = 0
        """Number of units that were kept because a layer would have had fewer filters than the floor (a minimum share
        of its filters) allows.
        """
        for unit in removed_by_hand:
            self._update_filter_counts(unit, 1)

    @property
    def removed_by_rule(self) -> list[Unit]:
        """The units that were removed by the rule, in the order of their removal."""
        return list(self._removed_by_rule.values())

    def try_remove_unit(self, unit: Unit) -> bool:
        """Remove the unit unless that would leave a layer empty or with fewer filters than the floor allows. Return
        whether the unit was removed.
        """
        if self._would_empty_layer(unit):
            self.units_kept_as_last += 1
            return False
        if self._has_floor and self._would_fall_below_floor(unit):
            self.units_kept_by_floor += 1
            return False
        self._update_filter_counts(unit, 1)
        self._removed_by_rule[unit.id] = unit
        return True

    def units(self) -> list[int]:
        """Return the ids of all removed units, ascending."""
        return sorted(unit.id for unit in [*self.removed_by_hand, *self.removed_by_rule])

    def round_widths(self, round_to: int) -> None:
        """Put back units that the rule removed, the last removed first, until the width of every layer is a multiple of
        `round_to` or there are no more units to put back.
        """
        if round_to <= 1:
            return
        units_by_layer: list[list[Unit]] = [[] for _ in self.remaining_filters]
        for unit in self._removed_by_rule.values():
            for layer in {layer for layer, _ in unit.members}:
                units_by_layer[layer].append(unit)
        removed_count_before = -1
        # a unit put back into one layer also returns to the layers coupled with it
        while removed_count_before != self.removed_filters:
            removed_count_before = self.removed_filters
            for layer, layer_units in enumerate(units_by_layer):
                while layer_units and self.remaining_filters[layer] % round_to:
                    self.put_back_unit(layer_units.pop())

    def put_back_unit(self, unit: Unit) -> None:
        """Put back a unit that the rule removed. Do nothing if the rule did not remove it."""
        if self._removed_by_rule.pop(unit.id, None) is not None:
            self._update_filter_counts(unit, -1)

    def _would_empty_layer(self, unit: Unit) -> bool:
        if len(unit.members) == 1:
            return self.remaining_filters[unit.members[0][0]] <= 1
        counts = Counter(layer for layer, _ in unit.members)
        return any(self.remaining_filters[layer] <= count for layer, count in counts.items())

    def _would_fall_below_floor(self, unit: Unit) -> bool:
        counts = Counter(layer for layer, _ in unit.members)
        return any(self.remaining_filters[layer] - count < self._min_filters[layer] for layer, count in counts.items())

    def _update_filter_counts(self, unit: Unit, removal_sign: int) -> None:
        """Update the counts of removed and remaining filters. `removal_sign`: 1 to remove the unit, -1 to put it
        back.
        """
        self.removed_filters += removal_sign * len(unit.members)
        for layer, _ in unit.members:
            self.remaining_filters[layer] -= removal_sign
