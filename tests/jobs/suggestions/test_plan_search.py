"""The search for the best plan, with a loss that the test knows."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cnnpruner.domain.plans.suggestions import SearchState
from cnnpruner.jobs.suggestions.measurements import CompleteMeasurement, Measurement, SearchTask
from cnnpruner.jobs.suggestions.plan_search import PlanSearch
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.intervals import accuracy_with_interval
from cnnpruner.planning.search.candidates import CRITERIA_TO_COMPARE, WITHIN_CRITERION
from tests.planning.plan_fixtures import make_scores, structure

LAYERS = structure("resnet_a")
TABLE = CostTable(LAYERS)
FULL = TABLE.cost([]).macs


class KnownEvaluator:
    """An evaluator whose loss grows with the value of the removed units, which the test chooses."""

    def __init__(self, seed: int = 0, images: int = 2000) -> None:
        scores = make_scores(LAYERS, seed).score
        self.value = {unit.id: abs(score or 0.0) for unit, score in zip(LAYERS.units, scores, strict=True)}
        self.total = sum(self.value.values())
        self.images = images
        self.complete_measurement_s = 0.0
        self.calls: list[tuple[int, int]] = []

    def measure(self, units: Sequence[int], images: int) -> Measurement:
        """Return the share of the value that was removed as the loss."""
        self.calls.append((len(units), images))
        loss = sum(self.value[unit] for unit in units) / self.total
        return Measurement(loss, accuracy_with_interval(round((1 - loss) * images), images))

    def measure_completely(self, units: Sequence[int]) -> CompleteMeasurement:
        """Measure on all images."""
        measurement = self.measure(units, self.images)
        return CompleteMeasurement(measurement.accuracy, measurement.accuracy, measurement, measurement.accuracy)


def make_task(limit: float | None = FULL * 0.5, accuracy: float | None = None, seconds: float = 30.0) -> SearchTask:
    names = [*CRITERIA_TO_COMPARE, WITHIN_CRITERION]
    scores = {name: make_scores(LAYERS, seed).model_copy(update={"criterion": name}) for seed, name in enumerate(names)}
    return SearchTask(LAYERS, TABLE, "macs", limit, accuracy, scores, seconds, seed=0)


def search(
    evaluator: KnownEvaluator, task: SearchTask, previous: SearchState | None = None
) -> tuple[SearchState, list[SearchState]]:
    states: list[SearchState] = []
    return PlanSearch(task, evaluator, states.append, previous or SearchState()).run(), states


def test_the_best_plan_meets_the_cost_and_has_the_lowest_loss() -> None:
    state, _ = search(KnownEvaluator(), make_task())
    best = state.candidates[0]
    assert best.state == "best"
    assert [candidate.state for candidate in state.candidates].count("best") == 1
    assert all(candidate.cost.macs <= FULL * 0.5 for candidate in state.candidates)
    compared = [candidate for candidate in state.candidates if candidate.state != "eliminated"]
    assert best.loss == min(candidate.loss for candidate in compared)
    assert best.unseen is not None and best.raw is not None


def test_exchanges_only_replace_a_plan_that_has_a_higher_loss() -> None:
    evaluator = KnownEvaluator(seed=5)
    state, states = search(evaluator, make_task())
    losses = [s.candidates[0].loss for s in states if s.candidates[0].origin == "exchange"]
    assert state.gains > 0 and losses == sorted(losses, reverse=True)
    assert state.exchanges >= state.gains
    orders = [candidate for candidate in state.candidates if candidate.origin == "order" and candidate.images >= 1024]
    assert state.candidates[0].loss < min(candidate.loss for candidate in orders)


def test_fewer_and_fewer_orders_are_measured_on_more_and_more_images() -> None:
    state, _ = search(KnownEvaluator(), make_task())
    by_images = [
        sum(candidate.images >= images for candidate in state.candidates if candidate.origin == "order")
        for images in (256, 512, 1024)
    ]
    assert by_images[0] > by_images[1] > by_images[2] >= 1
    assert any(candidate.rule.model_dump().get("within") == WITHIN_CRITERION for candidate in state.candidates)


@pytest.mark.parametrize("seed", range(6))
def test_an_accuracy_is_held_at_the_lowest_cost_that_was_found(seed: int) -> None:
    evaluator = KnownEvaluator(seed)
    state, _ = search(evaluator, make_task(limit=None, accuracy=0.8))
    best = state.candidates[0]
    assert best.reconstructed.accuracy >= 0.8
    assert best.cost.macs < FULL
    limits = [candidate.rule.value for candidate in state.candidates if candidate.rule.rule == "target"]
    assert best.cost.macs <= min(limits), "the cheaper plan wins, although others have a lower loss"


def test_an_interrupted_search_repeats_no_measurement() -> None:
    first = KnownEvaluator()
    complete, states = search(first, make_task())
    interrupted = states[len(states) // 2]
    second = KnownEvaluator()
    resumed, _ = search(second, make_task(), interrupted)
    known = len(interrupted.candidates)
    assert known > 3
    assert len(second.calls) <= len(first.calls) - known + 1 + complete.exchanges
    assert resumed.candidates[0].loss <= interrupted.candidates[0].loss + 1e-12


def test_without_time_the_first_order_is_still_measured() -> None:
    state, _ = search(KnownEvaluator(), make_task(seconds=0.0))
    assert len(state.candidates) >= 1
    assert state.candidates[0].state == "best"


def test_a_goal_that_no_plan_reaches_leaves_nothing() -> None:
    state, states = search(KnownEvaluator(), make_task(limit=1.0))
    assert state.candidates == [] and states == []


@pytest.mark.parametrize("missing", CRITERIA_TO_COMPARE)
def test_orders_without_scores_are_left_out(missing: str) -> None:
    task = make_task()
    task = replace(task, scores={name: scores for name, scores in task.scores.items() if name != missing})
    state, _ = search(KnownEvaluator(), task)
    assert not any(missing in str(candidate.rule.model_dump().get("criterion")) for candidate in state.candidates)
