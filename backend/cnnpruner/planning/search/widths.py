"""Widths of a plan: how many units each set of interchangeable units loses, and exchanges of width between two sets at
the same cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.domain.plans.plans import Cost
from cnnpruner.domain.plans.rules import CostMetric
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.greedy import GreedyRemoval, RankedUnits
from cnnpruner.planning.structure import filters_of_units, units_by_layers

Counts = tuple[int, ...]
"""Number of units that are removed from each set, in the order of `WidthSpace.orders`."""


@dataclass(frozen=True)
class WidthSpace:
    """All plans that remove the first units of each set's order, and keep within a cost and a floor."""

    layers: Layers
    table: CostTable
    ranked_units: RankedUnits
    """All free units, the first to be removed first."""
    metric: CostMetric
    limit: float
    """Largest allowed cost, in the unit of `metric`."""
    floor: float
    """Smallest share of each layer's filters that stays, 0-1."""

    @cached_property
    def orders(self) -> list[list[int]]:
        """For each set of interchangeable units, their ids, the first to be removed first."""
        position = {unit.id: index for index, (_, unit) in enumerate(self.ranked_units)}
        sets = [[unit for unit in unit_ids if unit in position] for unit_ids in units_by_layers(self.layers)]
        return [sorted(unit_ids, key=position.__getitem__) for unit_ids in sets if unit_ids]

    def count(self, units: Sequence[int]) -> Counts:
        """Return how many of `units` belong to each set."""
        removed = set(units)
        return tuple(sum(unit in removed for unit in order) for order in self.orders)

    def units(self, counts: Counts) -> list[int]:
        """Return the ids of the units that are removed with these counts."""
        return [unit for order, count in zip(self.orders, counts, strict=True) for unit in order[:count]]

    def is_allowed(self, counts: Counts) -> bool:
        """Return whether every layer keeps at least one filter and the floor's share of its filters."""
        removal = GreedyRemoval(self.layers, [], self.floor)
        return all(removal.try_remove_unit(self._units_by_id[unit]) for unit in self.units(counts))

    def is_within_limit(self, counts: Counts) -> bool:
        """Return whether the cost is at most the limit."""
        return self._cost_of(self.table.cost(self.units(counts))) <= self.limit

    def exchange(self, counts: Counts, wider: int, narrower: int, units: int) -> Counts | None:
        """Return counts with which the set `wider` gets `units` units back and the set `narrower` loses as many as are
        needed to meet the limit. Return None if there are no such counts.

        If the limit then has room for more units, units of all sets are put back, the largest sets last.
        """
        if wider == narrower or counts[wider] == 0:
            return None
        changed = list(counts)
        changed[wider] -= min(units, counts[wider])
        while not self.is_within_limit(tuple(changed)):
            if changed[narrower] == len(self.orders[narrower]):
                return None
            changed[narrower] += 1
        filled = self._put_back_spare_units(changed, wider, narrower)
        return filled if filled != counts and self.is_allowed(filled) else None

    def _put_back_spare_units(self, counts: list[int], wider: int, narrower: int) -> Counts:
        others = [index for index in range(len(counts)) if index not in (wider, narrower)]
        others.sort(key=lambda index: len(self.orders[index]))
        for index in [wider, *others, narrower]:
            while counts[index] > 0:
                counts[index] -= 1
                if not self.is_within_limit(tuple(counts)):
                    counts[index] += 1
                    break
        return tuple(counts)

    @cached_property
    def _units_by_id(self) -> dict[int, Unit]:
        return {unit.id: unit for _, unit in self.ranked_units}

    def _cost_of(self, cost: Cost) -> float:
        return float(getattr(cost, self.metric))


def count_widths(layers: Layers, units: Sequence[int]) -> dict[str, int]:
    """Return the number of filters that stay in each layer, by layer name, if `units` are removed."""
    removed = filters_of_units(layers, units)
    return {layer.name: layer.filters - len(removed.get(layer.name, ())) for layer in layers.layers}
