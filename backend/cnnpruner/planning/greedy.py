"""Greedy removal: units one by one, lowest rank first, so that no layer is emptied; twin of `planning/greedy.ts`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import floor
from operator import itemgetter

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.domain.plans.scores import Scores

Ranked = list[tuple[float, Unit]]
"""Units in ascending keep-order with their rank: what is lowest goes first."""


def rank_units(units: Iterable[Unit], scores: Scores) -> Ranked:
    """Free units that have a score, ascending by (keep-order, group, lowest filter number, unit id)."""
    sign = 1.0 if scores.keep == "high" else -1.0
    value = {unit: sign * score for unit, score in zip(scores.unit, scores.score, strict=True) if score is not None}
    ranked = [(value[unit.id], *_place(unit), unit) for unit in units if unit.free and unit.id in value]
    return [(place[0], place[-1]) for place in sorted(ranked, key=itemgetter(0, 1, 2, 3))]


def rank_by_place(units: Iterable[Unit]) -> Ranked:
    """Free units in the order of (group, lowest filter number, unit id), where there are no scores."""
    return [(0.0, unit) for unit in sorted((unit for unit in units if unit.free), key=_place)]


def _place(unit: Unit) -> tuple[int, int, int]:
    members = unit.members
    lowest = members[0][1] if len(members) == 1 else min(number for _, number in members)
    return unit.group, lowest, unit.id


class GreedyRemoval:
    """Units removed so far, in order, and how many filters each layer has left."""

    def __init__(self, layers: Layers, by_hand: Sequence[Unit], max_layer_share: float = 1.0) -> None:
        """`by_hand` are gone before it begins, and are not put back by rounding; the limit binds the rest."""
        # The tiny term keeps 0.3 · 10 at 3 where binary fractions would make it 2.
        self._least = [layer.filters - floor(max_layer_share * layer.filters + 1e-9) for layer in layers.layers]
        self.max_layer_share = max_layer_share
        self.left = [layer.filters for layer in layers.layers]
        self.by_hand = list(by_hand)
        self._taken: dict[int, Unit] = {}
        self.removed = 0
        self.guarded = 0
        """Units that stayed because a layer would have lost its last filter."""
        self.limited = 0
        """Units that stayed because a layer would have lost more than `max_layer_share` of its filters."""
        for unit in by_hand:
            self._remove(unit, 1)

    @property
    def taken(self) -> list[Unit]:
        """What went by rule, in the order in which it went."""
        return list(self._taken.values())

    def take(self, unit: Unit) -> bool:
        """Remove the unit unless a layer would be empty or lose more than it may; whether it went."""
        if self._would_empty(unit):
            self.guarded += 1
            return False
        if self.max_layer_share < 1 and self._would_break(unit):
            self.limited += 1
            return False
        self._remove(unit, 1)
        self._taken[unit.id] = unit
        return True

    def units(self) -> list[int]:
        """Ids of all that goes, ascending."""
        return sorted(unit.id for unit in [*self.by_hand, *self.taken])

    def round_widths(self, multiple: int) -> None:
        """Put back the best of what was taken until widths are multiples, or all of a layer's taken units are back."""
        if multiple <= 1:
            return
        stacks: list[list[Unit]] = [[] for _ in self.left]
        for unit in self._taken.values():
            for layer in {layer for layer, _ in unit.members}:
                stacks[layer].append(unit)
        before = -1
        while before != self.removed:  # what one layer gets back, a coupled layer gets too
            before = self.removed
            for layer, stack in enumerate(stacks):
                while stack and self.left[layer] % multiple:
                    self._put_back(stack.pop())

    def _put_back(self, unit: Unit) -> None:
        if self._taken.pop(unit.id, None) is not None:
            self._remove(unit, -1)

    def _would_empty(self, unit: Unit) -> bool:
        if len(unit.members) == 1:
            return self.left[unit.members[0][0]] <= 1
        return any(self.left[layer] <= count for layer, count in Counter(layer for layer, _ in unit.members).items())

    def _would_break(self, unit: Unit) -> bool:
        counts = Counter(layer for layer, _ in unit.members)
        return any(self.left[layer] - count < self._least[layer] for layer, count in counts.items())

    def _remove(self, unit: Unit, times: int) -> None:
        self.removed += times * len(unit.members)
        for layer, _ in unit.members:
            self.left[layer] -= times
