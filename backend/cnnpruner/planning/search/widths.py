"""Changes how many units a plan removes from each set of interchangeable units: in an exchange, one set gets units back
and another loses some, so that the cost stays within a limit. Units are interchangeable if they have the same number of
filters in the same layers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.domain.plans.plans import Cost
from cnnpruner.domain.plans.rules import CostMetric
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.greedy import GreedyRemoval, RankedUnits
from cnnpruner.planning.structure import filters_of_units, find_interchangeable_units

RemovalCounts = tuple[int, ...]
"""Number of removed units in each set of interchangeable units, in the order of `WidthSearchSpace.removal_orders`."""


@dataclass(frozen=True)
class WidthSearchSpace:
    """All plans that respect a cost limit and a floor (a minimum share of filters to keep in each layer), and that
    remove the lowest-ranked units of each set of interchangeable units.
    """

    layers: Layers
    table: CostTable
    ranked_units: RankedUnits
    """The free (removable) units, in the order of removal."""
    metric: CostMetric
    limit: float
    """Maximum cost, in the unit of `metric`."""
    floor: float
    """Minimum share of each layer's filters that a plan must keep, 0-1."""

    @cached_property
    def removal_orders(self) -> list[list[int]]:
        """The unit ids of each set of interchangeable units, in the order of removal."""
        position = {unit.id: index for index, (_, unit) in enumerate(self.ranked_units)}
        sets = [[unit for unit in unit_ids if unit in position] for unit_ids in find_interchangeable_units(self.layers)]
        return [sorted(unit_ids, key=position.__getitem__) for unit_ids in sets if unit_ids]

    def count(self, units: Sequence[int]) -> RemovalCounts:
        """Return how many of `units` belong to each set."""
        removed = set(units)
        return tuple(sum(unit in removed for unit in order) for order in self.removal_orders)

    def units(self, counts: RemovalCounts) -> list[int]:
        """Return the ids of the units that are removed with these counts."""
        return [unit for order, count in zip(self.removal_orders, counts, strict=True) for unit in order[:count]]

    def respects_floor(self, counts: RemovalCounts) -> bool:
        """Return whether every layer keeps at least one filter, and at least the share `floor` of its filters."""
        removal = GreedyRemoval(self.layers, [], self.floor)
        return all(removal.try_remove_unit(self._unit_by_id[unit]) for unit in self.units(counts))

    def is_within_limit(self, counts: RemovalCounts) -> bool:
        """Return whether the cost is at most the limit."""
        return self._cost_in_metric(self.table.cost(self.units(counts))) <= self.limit

    def draw_exchange(
        self, counts: RemovalCounts, share: float, generator: np.random.Generator
    ) -> RemovalCounts | None:
        """Return the counts after an exchange between two random sets of units; None if that exchange is not possible.

        share: share of its units that the first set gets back.
        """
        wider_set, narrower_set = (int(index) for index in generator.integers(len(self.removal_orders), size=2))
        units = max(1, round(share * len(self.removal_orders[wider_set])))
        return self.exchange(counts, wider_set, narrower_set, units)

    def exchange(self, counts: RemovalCounts, wider_set: int, narrower_set: int, units: int) -> RemovalCounts | None:
        """Return counts with which `wider_set` gets `units` units back and `narrower_set` loses as many as are
        needed to meet the limit. Return None if there are no such counts.

        If the limit then has room for more units, units of all sets are put back, the largest sets last.
        """
        if wider_set == narrower_set or counts[wider_set] == 0:
            return None
        new_counts = list(counts)
        new_counts[wider_set] -= min(units, counts[wider_set])
        while not self.is_within_limit(tuple(new_counts)):
            if new_counts[narrower_set] == len(self.removal_orders[narrower_set]):
                return None
            new_counts[narrower_set] += 1
        filled_counts = self._put_back_spare_units(new_counts, wider_set, narrower_set)
        return filled_counts if filled_counts != counts and self.respects_floor(filled_counts) else None

    def _put_back_spare_units(self, counts: list[int], wider_set: int, narrower_set: int) -> RemovalCounts:
        other_indices = [index for index in range(len(counts)) if index not in (wider_set, narrower_set)]
        other_indices.sort(key=lambda index: len(self.removal_orders[index]))
        for index in [wider_set, *other_indices, narrower_set]:
            while counts[index] > 0:
                counts[index] -= 1
                if not self.is_within_limit(tuple(counts)):
                    counts[index] += 1
                    break
        return tuple(counts)

    @cached_property
    def _unit_by_id(self) -> dict[int, Unit]:
        return {unit.id: unit for _, unit in self.ranked_units}

    def _cost_in_metric(self, cost: Cost) -> float:
        return float(getattr(cost, self.metric))


def compute_widths(layers: Layers, units: Sequence[int]) -> dict[str, int]:
    """Return the number of filters that remain in each layer, by layer name, if `units` are removed."""
    removed = filters_of_units(layers, units)
    return {layer.name: layer.filters - len(removed.get(layer.name, ())) for layer in layers.layers}
