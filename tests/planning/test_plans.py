"""Rules on small structures, and the cases shared with the TypeScript twin."""

import json
from collections.abc import Mapping
from typing import Literal

import pytest
import torch
from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.rules import FiltersRule, LayersRule, PercentRule, TargetRule, ThresholdRule
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.shares import compute_shares
from cnnpruner.planning.structure import remove_units
from tests.planning import plan_fixtures
from tests.zoo import IMAGE, make
from tests.zoo.layers import conv


@pytest.fixture(scope="module")
def chain() -> Layers:
    """Two convolutions with 4 and 6 filters (units 0-3 and 4-9) and 10 classes (10-19)."""
    network = nn.Sequential(conv(3, 4), conv(4, 6), nn.Flatten(), nn.Linear(24, 10))
    return trace_layers(network, torch.zeros(1, 3, 2, 2))


def scores_of(layers: Layers, values: Mapping[int, float | None], keep: Literal["high", "low"] = "high") -> Scores:
    """Scores by unit id; 1.0 for the others."""
    score = [values.get(unit.id, 1.0) for unit in layers.units]
    scores = plan_fixtures.make_scores(layers, 0, keep)
    return scores.model_copy(update={"score": score, "sensitivity": score, "instability": None})


RISING = {unit: (unit + 1) / 10 for unit in range(10)}


def test_percent_removes_the_lowest_filters_up_to_the_budget(chain: Layers) -> None:
    draft = draft_plan(chain, PercentRule(percent=50), scores_of(chain, {2: 0.1, 5: 0.2, 8: 0.3, 0: 0.4, 9: 0.5}))
    assert draft.units == (0, 2, 5, 8, 9)
    assert draft.filters == {"0": [0, 2], "1": [1, 4, 5]}
    assert (draft.budget, draft.reached, draft.notes) == (5, 5, ())


def test_coupled_filters_that_do_not_fit_the_budget_are_skipped_and_reported() -> None:
    layers = plan_fixtures.structure("resnet_a")
    coupled = [unit.id for unit in layers.units if unit.free and len(unit.members) > 2][:3]
    lone = [unit.id for unit in layers.units if unit.free and len(unit.members) == 1]
    scores = scores_of(layers, {**dict.fromkeys(coupled, 0.1), **dict.fromkeys(lone, 0.2)})
    free = sum(len(unit.members) for unit in layers.units if unit.free)
    draft = draft_plan(layers, PercentRule(percent=100 * 2 / free), scores)
    assert (draft.budget, draft.reached, draft.skipped_units) == (2, 2, tuple(coupled))
    assert draft.notes == (
        "Skipped 3 units with more coupled filters than were left in the budget of 2 filters; "
        "units later in the removal order are removed instead.",
    )
    assert draft_plan(layers, PercentRule(percent=0), scores).skipped_units == ()


def test_budget_is_rounded_half_to_even(chain: Layers) -> None:
    budgets = [draft_plan(chain, PercentRule(percent=p), scores_of(chain, RISING)).budget for p in (25, 35, 44, 46)]
    assert budgets == [2, 4, 4, 5]


def test_zero_percent_removes_nothing_and_100_percent_leaves_one_filter_per_layer(chain: Layers) -> None:
    nothing = draft_plan(chain, PercentRule(percent=0), scores_of(chain, RISING))
    assert (nothing.units, nothing.filters, nothing.reached, nothing.notes) == ((), {}, 0, ())
    all_ = draft_plan(chain, PercentRule(percent=100), scores_of(chain, RISING))
    assert all_.units == (0, 1, 2, 4, 5, 6, 7, 8)  # the best of each layer is kept
    assert (all_.budget, all_.reached) == (10, 8)
    assert "is 10, but only 8 can be removed" in all_.notes[0]
    assert all_.notes[1] == "Kept 2 units so that every layer has at least one filter."


def test_the_last_filter_of_a_layer_is_skipped_and_others_are_removed(chain: Layers) -> None:
    draft = draft_plan(chain, PercentRule(percent=50), scores_of(chain, RISING))
    assert draft.units == (0, 1, 2, 4, 5)


def test_the_highest_scores_are_removed_if_low_ones_are_kept(chain: Layers) -> None:
    draft = draft_plan(chain, PercentRule(percent=30), scores_of(chain, RISING, keep="low"))
    assert draft.units == (7, 8, 9)
    above = draft_plan(chain, ThresholdRule(value=0.75), scores_of(chain, RISING, keep="low"))
    assert above.units == (7, 8, 9)


def test_ties_are_ordered_by_group_and_number(chain: Layers) -> None:
    draft = draft_plan(chain, PercentRule(percent=40), scores_of(chain, dict.fromkeys(range(10), 0.5)))
    assert draft.units == (0, 1, 2, 4)


def test_threshold_removes_scores_strictly_below_it(chain: Layers) -> None:
    assert draft_plan(chain, ThresholdRule(value=0.2), scores_of(chain, RISING)).units == (0,)
    assert draft_plan(chain, ThresholdRule(value=0.21), scores_of(chain, RISING)).units == (0, 1)
    assert draft_plan(chain, ThresholdRule(value=9), scores_of(chain, RISING)).units == (0, 1, 2, 4, 5, 6, 7, 8)
    assert draft_plan(chain, ThresholdRule(value=-1), scores_of(chain, RISING)).units == ()


def test_units_without_a_score_are_kept(chain: Layers) -> None:
    draft = draft_plan(chain, PercentRule(percent=50), scores_of(chain, RISING | {0: None, 4: None}))
    assert draft.units == (1, 2, 3, 5, 6)


def test_rule_layers_removes_a_share_of_each_layer(chain: Layers) -> None:
    draft = draft_plan(chain, LayersRule(shares={"1": 0.5, "0": 0.25}), scores_of(chain, RISING))
    assert draft.filters == {"0": [0], "1": [0, 1, 2]}
    full = draft_plan(chain, LayersRule(shares={"0": 1.0}), scores_of(chain, RISING))
    assert full.filters == {"0": [0, 1, 2]}
    assert full.notes[0] == "Layer 0 should lose 4 filters but loses 3 filters."
    with pytest.raises(InvalidInput, match="There is no layer 7"):
        draft_plan(chain, LayersRule(shares={"7": 0.5}), scores_of(chain, RISING))
    with pytest.raises(InvalidInput, match=r"The share for layer 0 is 1\.5; give a number from 0 to 1"):
        draft_plan(chain, LayersRule(shares={"0": 1.5}), scores_of(chain, RISING))


def test_share_of_a_frozen_layer_removes_nothing_and_says_why(chain: Layers) -> None:
    last = chain.layers[-1].name
    draft = draft_plan(chain, LayersRule(shares={last: 0.5}), scores_of(chain, RISING))
    assert draft.filters == {}
    assert draft.notes == (f"Layer {last} loses no filters: its outputs are the 10 classes.",)
    assert draft_plan(chain, LayersRule(shares={last: 0.0}), scores_of(chain, RISING)).notes == ()


def test_shares_of_coupled_layers_count_once() -> None:
    layers = trace_layers(make("resnet_b"), torch.zeros(1, *IMAGE))
    scores = plan_fixtures.make_scores(layers, 0)
    names = {"stem.0": 0.5, "blocks.0.conv2": 0.5}
    draft = draft_plan(layers, LayersRule(shares=names), scores)
    assert {name: len(numbers) for name, numbers in draft.filters.items()} == {"stem.0": 4, "blocks.0.conv2": 4}


@pytest.mark.parametrize("metric", ["parameters", "macs"])
def test_target_is_met_by_the_shortest_greedy_removal(chain: Layers, metric: Literal["parameters", "macs"]) -> None:
    table, scores = CostTable(chain), scores_of(chain, RISING)
    now: int = getattr(table.cost([]), metric)
    draft = draft_plan(chain, TargetRule(metric=metric, value=now * 0.5), scores)
    assert getattr(table.cost(draft.units), metric) <= now * 0.5
    shorter = draft_plan(chain, PercentRule(percent=10 * (draft.reached - 1)), scores)
    assert getattr(table.cost(shorter.units), metric) > now * 0.5
    assert draft_plan(chain, TargetRule(metric=metric, value=now), scores).units == ()


def test_unreachable_target_says_what_remains(chain: Layers) -> None:
    draft = draft_plan(chain, TargetRule(metric="parameters", value=3), scores_of(chain, RISING))
    assert draft.reached == 8
    assert draft.notes[0] == "86 parameters remain, still above the target of 3: no more filters can be removed."


def test_rule_filters_removes_coupled_filters_and_needs_no_scores() -> None:
    layers = trace_layers(make("depthwise"), torch.zeros(1, *IMAGE))
    draft = draft_plan(layers, FiltersRule(filters={"twice.0": [7]}), None)
    assert draft.filters == {"stem.0": [3], "narrow.0": [3], "twice.0": [6, 7]}
    assert draft.reached == 4
    with pytest.raises(InvalidInput, match=r"Layer wide\.0 would lose all its filters"):
        draft_plan(layers, FiltersRule(filters={"wide.0": list(range(16))}), None)
    with pytest.raises(InvalidInput, match="Filter 2 of layer fc cannot be removed: its outputs are the 10 classes"):
        draft_plan(layers, FiltersRule(filters={"fc": [2]}), None)


def test_rules_that_rank_by_score_are_refused_without_scores(chain: Layers) -> None:
    with pytest.raises(InvalidInput, match="Rule percent ranks filters by score, but this node has no scores"):
        draft_plan(chain, PercentRule(percent=10), None)


def test_overrides_are_applied_first_and_count_towards_the_budget(chain: Layers) -> None:
    rule = PercentRule(percent=50, removed={"0": [3], "1": [5]}, kept={"0": [0], "1": [0]})
    draft = draft_plan(chain, rule, scores_of(chain, RISING))
    assert draft.units == (1, 2, 3, 5, 9)
    assert draft.reached == draft.budget == 5
    with pytest.raises(InvalidInput, match=r"both to keep and to remove these filters: \{'0': \[3\]\}"):
        draft_plan(chain, PercentRule(percent=50, removed={"0": [3]}, kept={"0": [3]}), scores_of(chain, RISING))
    with pytest.raises(InvalidInput, match="Layer 0 would lose all its filters"):
        draft_plan(chain, PercentRule(percent=0, removed={"0": [0, 1, 2, 3]}), scores_of(chain, RISING))


def test_filters_removed_by_hand_may_exceed_the_budget(chain: Layers) -> None:
    draft = draft_plan(chain, PercentRule(percent=0, removed={"0": [3]}), scores_of(chain, RISING))
    assert draft.units == (3,)


def test_nothing_is_removed_from_locked_layers(chain: Layers) -> None:
    draft = draft_plan(chain, PercentRule(percent=50, locked=["0"]), scores_of(chain, RISING))
    assert draft.filters == {"1": [0, 1, 2, 3, 4]}
    with pytest.raises(InvalidInput, match="There is no layer x"):
        draft_plan(chain, PercentRule(percent=50, locked=["x"]), scores_of(chain, RISING))


def test_rounding_widths_puts_the_best_filters_back(chain: Layers) -> None:
    draft = draft_plan(chain, PercentRule(percent=50, round_to=2), scores_of(chain, RISING))
    assert draft.filters == {"0": [0, 1], "1": [0, 1]}
    by_hand = draft_plan(chain, PercentRule(percent=0, round_to=4, removed={"0": [0]}), scores_of(chain, RISING))
    assert by_hand.filters == {"0": [0]}
    assert by_hand.notes == (
        "Layer 0 keeps 3 filters, which is not a multiple of 4, because of overrides or coupled filters.",
    )


@pytest.mark.parametrize("multiple", [2, 4, 8])
def test_coupled_layers_have_round_widths_too(multiple: int) -> None:
    layers = trace_layers(make("resnet_b"), torch.zeros(1, *IMAGE))
    draft = draft_plan(layers, PercentRule(percent=60, round_to=multiple), plan_fixtures.make_scores(layers, 3))
    child = remove_units(layers, draft.units)
    assert all(layer.filters % multiple == 0 for layer in child.layers if not layer.output)
    assert draft.reached > 0 or multiple == 8


def test_a_second_plan_takes_its_percentage_of_the_remaining_filters(chain: Layers) -> None:
    child = remove_units(chain, [0, 1])
    draft = draft_plan(child, PercentRule(percent=50), scores_of(child, RISING))
    assert (draft.budget, draft.units) == (4, (2, 4, 5, 6))
    assert draft.filters == {"0": [2], "1": [0, 1, 2]}


def test_shares_of_a_plan_are_computed_from_scores_and_cost(chain: Layers) -> None:
    scores, table = scores_of(chain, RISING), CostTable(chain)
    shares = compute_shares(chain, [0, 9], scores, table.cost([]), table.cost([0, 9]))
    assert shares.filters == pytest.approx(0.2)
    assert shares.sensitivity == pytest.approx(1.1 / 5.5)
    assert shares.instability is None
    assert shares.parameters == pytest.approx(1 - table.cost([0, 9]).parameters / table.cost([]).parameters)


@pytest.mark.parametrize("name", sorted(plan_fixtures.FILES))
def test_cases_shared_with_typescript_are_up_to_date(name: str) -> None:
    written = json.loads((plan_fixtures.FOLDER / name).read_text())
    # through JSON, as TypeScript reads it
    current = json.loads(plan_fixtures.render(plan_fixtures.FILES[name]()))
    assert written == current, f"{name} is stale; {plan_fixtures.CURE}"


def test_the_rule_removes_no_more_from_a_layer_than_its_limit(chain: Layers) -> None:
    scores = plan_fixtures.make_scores(chain, 1)
    unlimited = draft_plan(chain, PercentRule(percent=80), scores)
    limited = draft_plan(chain, PercentRule(percent=80, max_layer_share=0.3), scores)
    before = [layer.filters for layer in chain.layers]
    lost = [
        filters - layer.filters
        for filters, layer in zip(before, remove_units(chain, limited.units).layers, strict=True)
    ]
    assert limited.reached < unlimited.reached
    assert all(count <= 0.3 * filters for count, filters in zip(lost, before, strict=True))
    assert max(count / filters for count, filters in zip(lost, before, strict=True)) > 0.3 - 1 / min(before)
    assert any("every layer keeps at least 70% of its filters" in note for note in limited.notes)
    assert not draft_plan(chain, PercentRule(percent=80, max_layer_share=0), scores).units


def test_filters_removed_by_hand_may_exceed_the_limit_of_a_layer(chain: Layers) -> None:
    name = chain.layers[0].name
    numbers = chain.layers[0].numbers[:-1]
    rule = PercentRule(percent=0, max_layer_share=0.1, removed={name: numbers})
    assert draft_plan(chain, rule, plan_fixtures.make_scores(chain, 1)).filters[name] == numbers
