"""Searches for the plan that keeps the most accuracy at a given cost: orders are compared by successive halving, and
then width is exchanged between the layers of the best plan.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from cnnpruner.domain.base import Accuracy
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.orders import Order, parse_criterion_and_price
from cnnpruner.domain.plans.rules import CostMetric, FiltersRule, PlanRule, TargetRule
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.plans.suggestions import Candidate, CandidateState, SearchState
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.greedy import rank_units
from cnnpruner.planning.orders import compute_rank_values, reorder_within_layers
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.search.candidates import WITHIN, orders_to_compare
from cnnpruner.planning.search.widths import Counts, WidthSpace, count_widths
from cnnpruner.planning.structure import filters_of_units, units_of_filters

FIRST_IMAGES = 256
"""Number of images on which all removal orders are compared first."""
KEPT_SHARE = 1 / 3
"""Share of the candidates that stay after each comparison."""
MIN_LEADERS = 4
"""Smallest number of candidates that stay after the first comparison, whose few images make it uncertain."""
MAX_ORDERS_WITH_WITHIN = 6
"""Largest number of the best removal orders that are tried once more with the criterion `WITHIN` inside of layers."""
ORDER_SHARE, COMPARISON_SHARE = 0.35, 0.5
"""Shares of the time after which no further order is tried, and after which the best ones are no longer compared on
more images. The rest is for exchanges.
"""
EXCHANGE_IMAGES = 1024
"""Largest number of images on which an exchange is judged."""
EXCHANGE_SHARES = (0.125, 0.0625)
"""Shares of a set's units that an exchange gives back: the first until nothing was gained for a while."""
BISECTIONS = 7
"""Number of plans of one removal order that are measured to find the cheapest one that reaches the accuracy goal."""
PATIENCE = 24
"""Number of exchanges without a gain after which the next smaller share is used, or the search ends."""


@dataclass(frozen=True)
class Measurement:
    """Loss and accuracy of a plan's reconstructed network on images that were used to choose."""

    loss: float
    accuracy: Accuracy


@dataclass(frozen=True)
class CompleteMeasurement:
    """All accuracies of a plan: three on the images that were used to choose, and one on the others."""

    raw: Accuracy
    recalibrated: Accuracy | None
    reconstructed: Measurement
    unseen: Accuracy | None
    """None if all images were used to choose."""


class Meter(Protocol):
    """Measures plans on a part of the selection images that is reserved for choosing."""

    @property
    def images(self) -> int:
        """Number of images that may be used to choose."""

    def measure(self, units: Sequence[int], images: int) -> Measurement:
        """Measure the reconstructed network on the first `images` images."""

    def measure_completely(self, units: Sequence[int]) -> CompleteMeasurement:
        """Measure the plan on all images, with a reconstruction of full size."""

    @property
    def complete_seconds(self) -> float:
        """Expected duration of `measure_completely`, in seconds, once something was measured."""


@dataclass(frozen=True)
class SearchTask:
    """The node to prune, the goal, and the scores by which units can be ranked."""

    layers: Layers
    table: CostTable
    metric: CostMetric
    limit: float | None
    """Largest allowed cost; None if `accuracy` is to be reached at the lowest cost."""
    accuracy: float | None
    """Lowest allowed accuracy after reconstruction, 0-1; None if there is a limit on the cost."""
    scores: dict[str, Scores]
    """Scores by criterion. Orders whose criterion is missing are not tried."""
    seconds: float
    seed: int


@dataclass
class _Entry:
    """A plan that has been measured at least once."""

    rule: PlanRule
    origin: Literal["order", "exchange"]
    units: tuple[int, ...]
    measured: Measurement
    images: int
    state: CandidateState = "measured"
    complete: CompleteMeasurement | None = None


class PlanSearch:
    """A search, which is run once. It can continue from the state that an interrupted search published."""

    def __init__(
        self, task: SearchTask, meter: Meter, publish: Callable[[SearchState], None], previous: SearchState
    ) -> None:
        self._task, self._meter, self._publish_state = task, meter, publish
        self._known = {
            (candidate.rule.model_dump_json(), candidate.images): Measurement(candidate.loss, candidate.reconstructed)
            for candidate in previous.candidates
        }
        self._previous = previous
        self._started_at = time.monotonic() - previous.elapsed_s
        self._entries: list[_Entry] = []
        self._exchanges, self._gains = previous.exchanges, previous.gains
        self._limit = 0.0

    def run(self) -> SearchState:
        """Return the final state of the search. `state` is `best` for one candidate, unless no plan reaches the
        goal.
        """
        task = self._task
        default_order = orders_to_compare(task.metric)[0]
        full_cost = self._cost(())
        self._limit = self._lowest_cost(default_order, 0, full_cost) if task.limit is None else task.limit
        self._compare_orders()
        if self._entries:
            if task.limit is None:
                self._lower_limit()
            self._exchange_widths()
            self._measure_best()
        return self._state()

    def _compare_orders(self) -> None:
        images = min(FIRST_IMAGES, self._meter.images)
        default_order, *others = orders_to_compare(self._task.metric)
        for order in (default_order, default_order.model_copy(update={"within": WITHIN}), *others):
            if self._entries and self._is_over(ORDER_SHARE):
                break
            self._try_order(order, images)
        leaders = self._keep_leaders(self._entries, MIN_LEADERS, MAX_ORDERS_WITH_WITHIN)
        leaders += [entry for leader in leaders if (entry := self._try_within(leader)) is not None]
        largest = min(EXCHANGE_IMAGES, self._meter.images)
        while leaders and images < largest:
            images = min(2 * images, largest)
            # The best ones first: if the time runs out, those that were measured on more images are the better ones.
            for entry in sorted(leaders, key=_rank):
                self._measure_again(entry, images)
            leaders = self._keep_leaders(leaders, 1, len(leaders))
        self._mark_best()

    def _lowest_cost(self, order: Order, too_low: float, enough: float) -> float:
        """Return the lowest cost at which the plans of the order reach the accuracy, found by bisection between a cost
        that is too low and one that is enough.
        """
        assert self._task.accuracy is not None
        for _ in range(BISECTIONS):
            middle = (too_low + enough) / 2
            units = self._draft(order, middle)
            is_reached = units is not None and self._reaches_accuracy(units)
            too_low, enough = (too_low, middle) if is_reached else (middle, enough)
        return enough

    def _reaches_accuracy(self, units: Sequence[int]) -> bool:
        return self._has_accuracy(self._meter.measure(units, min(EXCHANGE_IMAGES, self._meter.images)))

    def _has_accuracy(self, measured: Measurement) -> bool:
        """Return whether a plan has the accuracy that is the goal; True if the goal is a cost."""
        return self._task.accuracy is None or measured.accuracy.accuracy >= self._task.accuracy

    def _lower_limit(self) -> None:
        """Replace the best plan with the cheapest one that removes filters in the same order and still reaches the
        accuracy goal.
        """
        best = self._best()
        order = _order_of(best)
        self._limit = self._lowest_cost(order, self._limit / 2, self._limit)
        self._try_order(order, best.images)
        self._mark_best()

    def _draft(self, order: Order, limit: float) -> tuple[int, ...] | None:
        """Return the units that the order's plan removes to meet the limit. Return None if scores are missing or if the
        limit cannot be met.
        """
        scores = self._task.scores.get(parse_criterion_and_price(order.criterion)[0])
        within = None if order.within is None else self._task.scores.get(order.within)
        if scores is None or (order.within is not None and within is None):
            return None
        units = draft_plan(self._task.layers, self._rule(order, limit), scores, self._task.table, within).units
        return units if self._cost(units) <= limit else None

    def _rule(self, order: Order, limit: float) -> TargetRule:
        return TargetRule(metric=self._task.metric, value=limit, **order.model_dump())

    def _cost(self, units: Sequence[int]) -> float:
        return float(getattr(self._task.table.cost(units), self._task.metric))

    def _try_order(self, order: Order, images: int) -> _Entry | None:
        """Measure the plan of an order. Return None if it cannot be made, misses the goal or equals another plan."""
        units = self._draft(order, self._limit)
        if units is None or any(entry.units == units for entry in self._entries):
            return None
        rule = self._rule(order, self._limit)
        entry = _Entry(rule, "order", units, self._measure(rule, units, images), images)
        self._entries.append(entry)
        self._publish()
        return entry

    def _try_within(self, leader: _Entry) -> _Entry | None:
        """Measure the leader's order with the criterion `WITHIN` inside of layers, on as many images as the leader.
        Return None if there is no such plan, or no time for it.
        """
        if _order_of(leader).within is not None or self._is_over(COMPARISON_SHARE):
            return None
        return self._try_order(_order_of(leader).model_copy(update={"within": WITHIN}), leader.images)

    def _keep_leaders(self, entries: Sequence[_Entry], smallest: int, largest: int) -> list[_Entry]:
        """Return the share of the entries with the lowest loss, but at least `smallest` and at most `largest` of them,
        and mark the others as eliminated.
        """
        ranked = sorted(entries, key=lambda entry: entry.measured.loss)
        kept = max(smallest, min(largest, round(KEPT_SHARE * len(ranked))))
        for entry in ranked[kept:]:
            entry.state = "eliminated"
        return ranked[:kept]

    def _exchange_widths(self) -> None:
        """Move width between layers of the best plan as long as that reduces the loss and time remains."""
        best = self._best()
        space = self._width_space(best)
        resumed = self._resume_exchange(best)
        counts, loss = space.count((resumed or best).units), (resumed or best).measured.loss
        generator = np.random.default_rng((self._task.seed, self._exchanges))
        for share in EXCHANGE_SHARES:
            misses = 0
            while misses < PATIENCE and not self._is_time_up():
                misses += 1
                changed = _draw_exchange(space, counts, share, generator)
                if changed is None:
                    continue
                self._exchanges += 1
                entry = self._measure_exchange(space, changed, best.images)
                if entry.measured.loss < loss and self._has_accuracy(entry.measured):
                    counts, loss, misses = changed, entry.measured.loss, 0
                    self._accept(entry)

    def _resume_exchange(self, best: _Entry) -> _Entry | None:
        """Return the entry of the exchange that an interrupted search had found, if there is one."""
        for candidate in self._previous.candidates:
            if candidate.origin == "exchange" and isinstance(candidate.rule, FiltersRule):
                units = tuple(units_of_filters(self._task.layers, candidate.rule.filters))
                measured = self._measure(candidate.rule, units, best.images)
                entry = _Entry(candidate.rule, "exchange", units, measured, best.images)
                self._entries.append(entry)
                self._mark_best()
                return entry
        return None

    def _measure_exchange(self, space: WidthSpace, counts: Counts, images: int) -> _Entry:
        units = tuple(sorted(space.units(counts)))
        rule = FiltersRule(filters=filters_of_units(self._task.layers, units))
        return _Entry(rule, "exchange", units, self._measure(rule, units, images), images)

    def _accept(self, entry: _Entry) -> None:
        """Let the entry take the place of the previous exchange."""
        self._gains += 1
        self._entries = [other for other in self._entries if other.origin == "order"] + [entry]
        self._mark_best()
        self._publish()

    def _width_space(self, entry: _Entry) -> WidthSpace:
        """Return the plans that differ from the entry only in the number of units that each layer loses."""
        rule, task = entry.rule, self._task
        assert isinstance(rule, TargetRule)
        criterion, price = parse_criterion_and_price(rule.criterion)
        scores = compute_rank_values(task.layers, task.scores[criterion], price, rule.scope, task.table)
        if rule.within is not None:
            scores = reorder_within_layers(task.layers, scores, task.scores[rule.within])
        ranked_units = rank_units(task.layers.units, scores)
        return WidthSpace(task.layers, task.table, ranked_units, task.metric, self._limit, rule.floor)

    def _measure_best(self) -> None:
        """Measure the best plan completely. If exchanges have changed it and time remains, measure the plan before the
        exchanges, too, and let the more accurate one win.
        """
        best = self._best()
        best.complete = self._meter.measure_completely(best.units)
        self._publish()
        start = self._best_order()
        if start is not best and not self._is_time_up():
            start.complete = self._meter.measure_completely(start.units)
            if start.complete.reconstructed.accuracy.correct > best.complete.reconstructed.accuracy.correct:
                best.state, start.state = "measured", "best"
            self._publish()

    def _measure_again(self, entry: _Entry, images: int) -> None:
        if self._is_over(COMPARISON_SHARE):
            return
        entry.measured, entry.images = self._measure(entry.rule, entry.units, images), images
        self._publish()

    def _measure(self, rule: PlanRule, units: Sequence[int], images: int) -> Measurement:
        """Measure a plan, unless an interrupted search has already done so."""
        known = self._known.get((rule.model_dump_json(), images))
        return self._meter.measure(units, images) if known is None else known

    def _best(self) -> _Entry:
        return next(entry for entry in self._entries if entry.state == "best")

    def _best_order(self) -> _Entry:
        return min((entry for entry in self._entries_within_limit() if entry.origin == "order"), key=_rank)

    def _mark_best(self) -> None:
        """Let the entry with the lowest loss be the best, among those within the limit that were measured on the most
        images.
        """
        for entry in self._entries:
            if entry.state == "best":
                entry.state = "measured"
        if self._entries:
            min(self._entries_within_limit(), key=_rank).state = "best"

    def _entries_within_limit(self) -> list[_Entry]:
        """Return the entries that meet the present limit, which an accuracy as the goal may have lowered."""
        return [entry for entry in self._entries if self._cost(entry.units) <= self._limit]

    def _is_over(self, share: float) -> bool:
        """Return whether more than this share of the time has passed."""
        return self._elapsed_s() > share * self._task.seconds

    def _is_time_up(self) -> bool:
        """Return whether only the time for the complete measurement is left."""
        return self._elapsed_s() + self._meter.complete_seconds > self._task.seconds

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._started_at

    def _publish(self) -> None:
        self._publish_state(self._state())

    def _state(self) -> SearchState:
        entries = sorted(self._entries, key=lambda entry: (entry.state != "best", *_rank(entry)))
        return SearchState(
            candidates=[self._to_candidate(entry) for entry in entries],
            exchanges=self._exchanges,
            gains=self._gains,
            elapsed_s=self._elapsed_s(),
        )

    def _to_candidate(self, entry: _Entry) -> Candidate:
        complete = entry.complete
        measured = entry.measured if complete is None else complete.reconstructed
        return Candidate(
            rule=entry.rule,
            origin=entry.origin,
            cost=self._task.table.cost(entry.units),
            widths=count_widths(self._task.layers, entry.units),
            loss=measured.loss,
            images=measured.accuracy.images,
            raw=complete and complete.raw,
            recalibrated=complete and complete.recalibrated,
            reconstructed=measured.accuracy,
            unseen=complete and complete.unseen,
            state=entry.state,
        )


def _rank(entry: _Entry) -> tuple[int, float]:
    """Return the sort key of an entry: those measured on the most images first, then those with the lowest loss."""
    return -entry.images, entry.measured.loss


def _order_of(entry: _Entry) -> Order:
    """Return the removal order by which the plan of a search entry was made."""
    return Order.model_validate({name: getattr(entry.rule, name) for name in Order.model_fields})


def _draw_exchange(space: WidthSpace, counts: Counts, share: float, generator: np.random.Generator) -> Counts | None:
    """Return the counts after moving width between two random sets; None if that is not possible.

    share: share of the units of the first set that it gets back.
    """
    wider, narrower = (int(index) for index in generator.integers(len(space.orders), size=2))
    return space.exchange(counts, wider, narrower, max(1, round(share * len(space.orders[wider]))))
