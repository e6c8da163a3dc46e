"""Searches for the plan that keeps the most accuracy at a given cost. First, successive halving compares orders in
which units can be removed. Then, exchanges improve the best plan: one layer gets filters back, and another loses some.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnpruner.domain.plans.orders import Order, parse_criterion_and_price
from cnnpruner.domain.plans.rules import FiltersRule, PlanRule, TargetRule
from cnnpruner.domain.plans.suggestions import Candidate, CandidateState, SearchState
from cnnpruner.jobs.suggestions.measurements import CompleteMeasurement, Measurement, PlanEvaluator, SearchTask
from cnnpruner.planning.greedy import rank_units
from cnnpruner.planning.orders import compute_rank_values, reorder_within_layers
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.search.candidates import WITHIN_CRITERION, orders_to_compare
from cnnpruner.planning.search.widths import RemovalCounts, WidthSearchSpace, compute_widths
from cnnpruner.planning.structure import filters_of_units, units_of_filters

FIRST_COMPARISON_IMAGES = 256
"""Number of images used for the first comparison of all removal orders."""
SURVIVOR_SHARE = 1 / 3
"""Share of the candidates (plans) that survive each comparison."""
MIN_SURVIVORS = 4
"""Minimum number of candidates that survive the first comparison, which is uncertain because it uses few images."""
MAX_WITHIN_LAYER_TRIALS = 6
"""Maximum number of removal orders, best first, that are tried again with `WITHIN_CRITERION` to rank the units of each
layer.
"""
ORDER_TIME_SHARE, COMPARISON_TIME_SHARE = 0.35, 0.5
"""Shares of the search time after which no new removal order is tried, and after which the surviving orders are no
longer compared on more images. The remaining time is for exchanges.
"""
MAX_EXCHANGE_IMAGES = 1024
"""Maximum number of images used to judge an exchange of filters between layers."""
EXCHANGE_SHARES = (0.125, 0.0625)
"""Shares of its units that a layer (or set of coupled layers) gets back in an exchange: the larger share is used until
`MAX_FAILED_EXCHANGES` exchanges bring no gain, then the smaller one.
"""
BISECTION_STEPS = 7
"""Number of bisection steps, each of which measures a plan, to find the cheapest plan of a removal order that reaches
the accuracy goal.
"""
MAX_FAILED_EXCHANGES = 24
"""Number of consecutive exchanges without a gain after which the next share in `EXCHANGE_SHARES` is used, or the search
ends.
"""


@dataclass
class _MeasuredPlan:
    """A plan that has been measured at least once."""

    rule: PlanRule
    origin: Literal["order", "exchange"]
    units: tuple[int, ...]
    measurement: Measurement
    images: int
    state: CandidateState = "measured"
    complete_measurement: CompleteMeasurement | None = None


class PlanSearch:
    """A single search for the best plan. It can continue from the state that an interrupted search published."""

    def __init__(
        self,
        task: SearchTask,
        evaluator: PlanEvaluator,
        publish: Callable[[SearchState], None],
        previous_state: SearchState,
    ) -> None:
        self._task, self._evaluator, self._publish_state = task, evaluator, publish
        self._known = {
            (candidate.rule.model_dump_json(), candidate.images): Measurement(candidate.loss, candidate.reconstructed)
            for candidate in previous_state.candidates
        }
        self._previous_state = previous_state
        self._started_at = time.monotonic() - previous_state.elapsed_s
        self._entries: list[_MeasuredPlan] = []
        self._exchanges, self._gains = previous_state.exchanges, previous_state.gains
        self._limit = 0.0

    def run(self) -> SearchState:
        """Run the search and return its final state, in which one candidate is marked as `best`, unless no plan reaches
        the goal.
        """
        task = self._task
        default_order = orders_to_compare(task.metric)[0]
        unpruned_cost = self._compute_cost(())
        self._limit = self._find_lowest_cost(default_order, 0, unpruned_cost) if task.limit is None else task.limit
        self._compare_orders()
        if self._entries:
            if task.limit is None:
                self._tighten_limit()
            self._exchange_widths()
            self._measure_best_plan()
        return self._build_state()

    def _compare_orders(self) -> None:
        images = min(FIRST_COMPARISON_IMAGES, self._evaluator.images)
        default_order, *other_orders = orders_to_compare(self._task.metric)
        for order in (default_order, default_order.model_copy(update={"within": WITHIN_CRITERION}), *other_orders):
            if self._entries and self._is_time_share_used(ORDER_TIME_SHARE):
                break
            self._try_order(order, images)
        survivors = self._select_survivors(self._entries, MIN_SURVIVORS, MAX_WITHIN_LAYER_TRIALS)
        survivors += [entry for survivor in survivors if (entry := self._try_within_criterion(survivor)) is not None]
        max_images = min(MAX_EXCHANGE_IMAGES, self._evaluator.images)
        while survivors and images < max_images:
            images = min(2 * images, max_images)
            # The best ones first: if the time runs out, those that were measured on more images are the better ones.
            for entry in sorted(survivors, key=_sort_key):
                self._measure_again(entry, images)
            survivors = self._select_survivors(survivors, 1, len(survivors))
        self._mark_best_plan()

    def _find_lowest_cost(self, order: Order, insufficient_cost: float, sufficient_cost: float) -> float:
        """Return the lowest cost at which a plan with this removal order reaches the accuracy goal. It is found by
        bisection between a cost that is too low and one that is sufficient.
        """
        assert self._task.accuracy is not None
        for _ in range(BISECTION_STEPS):
            middle = (insufficient_cost + sufficient_cost) / 2
            units = self._draft_units(order, middle)
            is_goal_reached = units is not None and self._reaches_accuracy_goal(units)
            insufficient_cost, sufficient_cost = (
                (insufficient_cost, middle) if is_goal_reached else (middle, sufficient_cost)
            )
        return sufficient_cost

    def _reaches_accuracy_goal(self, units: Sequence[int]) -> bool:
        return self._meets_accuracy_goal(
            self._evaluator.measure(units, min(MAX_EXCHANGE_IMAGES, self._evaluator.images))
        )

    def _meets_accuracy_goal(self, measurement: Measurement) -> bool:
        """Return whether a plan reaches the accuracy goal; always True if the goal is a cost."""
        return self._task.accuracy is None or measurement.accuracy.accuracy >= self._task.accuracy

    def _tighten_limit(self) -> None:
        """Replace the best plan with the cheapest one that removes filters in the same order and still reaches the
        accuracy goal.
        """
        best = self._best_plan()
        order = _order_of(best)
        self._limit = self._find_lowest_cost(order, self._limit / 2, self._limit)
        self._try_order(order, best.images)
        self._mark_best_plan()

    def _draft_units(self, order: Order, limit: float) -> tuple[int, ...] | None:
        """Return the units to remove, in this removal order, so that the cost is within the limit. Return None if
        scores are missing, or if the limit cannot be met.
        """
        scores = self._task.scores.get(parse_criterion_and_price(order.criterion)[0])
        within = None if order.within is None else self._task.scores.get(order.within)
        if scores is None or (order.within is not None and within is None):
            return None
        units = draft_plan(self._task.layers, self._make_rule(order, limit), scores, self._task.table, within).units
        return units if self._compute_cost(units) <= limit else None

    def _make_rule(self, order: Order, limit: float) -> TargetRule:
        return TargetRule(metric=self._task.metric, value=limit, **order.model_dump())

    def _compute_cost(self, units: Sequence[int]) -> float:
        return float(getattr(self._task.table.cost(units), self._task.metric))

    def _try_order(self, order: Order, images: int) -> _MeasuredPlan | None:
        """Make and measure the plan with this removal order. Return None if no such plan is within the cost limit, or
        if it equals an earlier plan.
        """
        units = self._draft_units(order, self._limit)
        if units is None or any(entry.units == units for entry in self._entries):
            return None
        rule = self._make_rule(order, self._limit)
        entry = _MeasuredPlan(rule, "order", units, self._measure_plan(rule, units, images), images)
        self._entries.append(entry)
        self._publish()
        return entry

    def _try_within_criterion(self, survivor: _MeasuredPlan) -> _MeasuredPlan | None:
        """Measure the plan with the survivor's removal order, but with the units of each layer ranked by
        `WITHIN_CRITERION`. Use as many images as for the survivor. Return None if there is no such plan, or no time for
        it.
        """
        if _order_of(survivor).within is not None or self._is_time_share_used(COMPARISON_TIME_SHARE):
            return None
        return self._try_order(_order_of(survivor).model_copy(update={"within": WITHIN_CRITERION}), survivor.images)

    def _select_survivors(self, entries: Sequence[_MeasuredPlan], min_size: int, max_size: int) -> list[_MeasuredPlan]:
        """Return the `SURVIVOR_SHARE` of the entries with the lowest loss, but at least `min_size` and at most
        `max_size` entries. Mark the others as eliminated.
        """
        ranked_plans = sorted(entries, key=lambda entry: entry.measurement.loss)
        survivor_count = max(min_size, min(max_size, round(SURVIVOR_SHARE * len(ranked_plans))))
        for entry in ranked_plans[survivor_count:]:
            entry.state = "eliminated"
        return ranked_plans[:survivor_count]

    def _exchange_widths(self) -> None:
        """Exchange filters between layers of the best plan, as long as time remains; keep each exchange that reduces
        the loss.
        """
        best = self._best_plan()
        search_space = self._make_search_space(best)
        start = self._resume_exchange(best) or best
        counts, loss = search_space.count(start.units), start.measurement.loss
        generator = np.random.default_rng((self._task.seed, self._exchanges))
        for share in EXCHANGE_SHARES:
            failed_exchanges = 0
            while failed_exchanges < MAX_FAILED_EXCHANGES and not self._is_time_up():
                failed_exchanges += 1
                new_counts = search_space.draw_exchange(counts, share, generator)
                if new_counts is None:
                    continue
                self._exchanges += 1
                entry = self._measure_exchange(search_space, new_counts, best.images)
                if entry.measurement.loss < loss and self._meets_accuracy_goal(entry.measurement):
                    counts, loss, failed_exchanges = new_counts, entry.measurement.loss, 0
                    self._accept_exchange(entry)

    def _resume_exchange(self, best: _MeasuredPlan) -> _MeasuredPlan | None:
        """Restore and return the plan that an interrupted search had found by exchanges; None if there is none."""
        for candidate in self._previous_state.candidates:
            if candidate.origin == "exchange" and isinstance(candidate.rule, FiltersRule):
                units = tuple(units_of_filters(self._task.layers, candidate.rule.filters))
                measurement = self._measure_plan(candidate.rule, units, best.images)
                entry = _MeasuredPlan(candidate.rule, "exchange", units, measurement, best.images)
                self._entries.append(entry)
                self._mark_best_plan()
                return entry
        return None

    def _measure_exchange(self, search_space: WidthSearchSpace, counts: RemovalCounts, images: int) -> _MeasuredPlan:
        units = tuple(sorted(search_space.units(counts)))
        rule = FiltersRule(filters=filters_of_units(self._task.layers, units))
        return _MeasuredPlan(rule, "exchange", units, self._measure_plan(rule, units, images), images)

    def _accept_exchange(self, entry: _MeasuredPlan) -> None:
        """Replace the plan of the previous exchange by this better one."""
        self._gains += 1
        self._entries = [other for other in self._entries if other.origin == "order"] + [entry]
        self._mark_best_plan()
        self._publish()

    def _make_search_space(self, entry: _MeasuredPlan) -> WidthSearchSpace:
        """Return the search space of plans that rank units as this plan does, but can remove other numbers of units
        from each layer.
        """
        rule, task = entry.rule, self._task
        assert isinstance(rule, TargetRule)
        criterion, price = parse_criterion_and_price(rule.criterion)
        scores = compute_rank_values(task.layers, task.scores[criterion], price, rule.scope, task.table)
        if rule.within is not None:
            scores = reorder_within_layers(task.layers, scores, task.scores[rule.within])
        ranked_units = rank_units(task.layers.units, scores)
        return WidthSearchSpace(task.layers, task.table, ranked_units, task.metric, self._limit, rule.floor)

    def _measure_best_plan(self) -> None:
        """Measure the best plan completely. If exchanges have changed it and time remains, also measure the plan before
        the exchanges, and mark the more accurate of the two as the best.
        """
        best = self._best_plan()
        best.complete_measurement = self._evaluator.measure_completely(best.units)
        self._publish()
        start = self._best_order_plan()
        if start is not best and not self._is_time_up():
            start.complete_measurement = self._evaluator.measure_completely(start.units)
            if (
                start.complete_measurement.reconstructed.accuracy.correct
                > best.complete_measurement.reconstructed.accuracy.correct
            ):
                best.state, start.state = "measured", "best"
            self._publish()

    def _measure_again(self, entry: _MeasuredPlan, images: int) -> None:
        if self._is_time_share_used(COMPARISON_TIME_SHARE):
            return
        entry.measurement, entry.images = self._measure_plan(entry.rule, entry.units, images), images
        self._publish()

    def _measure_plan(self, rule: PlanRule, units: Sequence[int], images: int) -> Measurement:
        """Measure a plan, unless an interrupted search has already done so."""
        known_measurement = self._known.get((rule.model_dump_json(), images))
        return self._evaluator.measure(units, images) if known_measurement is None else known_measurement

    def _best_plan(self) -> _MeasuredPlan:
        return next(entry for entry in self._entries if entry.state == "best")

    def _best_order_plan(self) -> _MeasuredPlan:
        return min((entry for entry in self._entries_within_limit() if entry.origin == "order"), key=_sort_key)

    def _mark_best_plan(self) -> None:
        """Mark one entry as the best: of those within the cost limit that were measured on the most images, the one
        with the lowest loss.
        """
        for entry in self._entries:
            if entry.state == "best":
                entry.state = "measured"
        if self._entries:
            min(self._entries_within_limit(), key=_sort_key).state = "best"

    def _entries_within_limit(self) -> list[_MeasuredPlan]:
        """Return the entries within the current cost limit, which the search lowers if the goal is an accuracy."""
        return [entry for entry in self._entries if self._compute_cost(entry.units) <= self._limit]

    def _is_time_share_used(self, share: float) -> bool:
        """Return whether more than this share of the search time has passed."""
        return self._elapsed_s() > share * self._task.seconds

    def _is_time_up(self) -> bool:
        """Return whether the remaining time only suffices for the complete measurement of the best plan."""
        return self._elapsed_s() + self._evaluator.complete_measurement_s > self._task.seconds

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._started_at

    def _publish(self) -> None:
        self._publish_state(self._build_state())

    def _build_state(self) -> SearchState:
        entries = sorted(self._entries, key=lambda entry: (entry.state != "best", *_sort_key(entry)))
        return SearchState(
            candidates=[self._to_candidate(entry) for entry in entries],
            exchanges=self._exchanges,
            gains=self._gains,
            elapsed_s=self._elapsed_s(),
        )

    def _to_candidate(self, entry: _MeasuredPlan) -> Candidate:
        complete_measurement = entry.complete_measurement
        measurement = entry.measurement if complete_measurement is None else complete_measurement.reconstructed
        return Candidate(
            rule=entry.rule,
            origin=entry.origin,
            cost=self._task.table.cost(entry.units),
            widths=compute_widths(self._task.layers, entry.units),
            loss=measurement.loss,
            images=measurement.accuracy.images,
            raw=complete_measurement and complete_measurement.raw,
            recalibrated=complete_measurement and complete_measurement.recalibrated,
            reconstructed=measurement.accuracy,
            unseen=complete_measurement and complete_measurement.unseen,
            state=entry.state,
        )


def _sort_key(entry: _MeasuredPlan) -> tuple[int, float]:
    """Return the sort key of an entry: entries measured on more images come first; among equals, those with a lower
    loss.
    """
    return -entry.images, entry.measurement.loss


def _order_of(entry: _MeasuredPlan) -> Order:
    """Return the removal order by which the plan of a search entry was made."""
    return Order.model_validate({name: getattr(entry.rule, name) for name in Order.model_fields})
