"""Rank values with price, places within a scope, the floor, and exact targets, on small structures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.orders import (
    DEFAULT_FLOOR,
    DEFAULT_ORDER,
    PAPER_ORDER,
    Price,
    format_order,
    parse_criterion_and_price,
)
from cnnpruner.domain.plans.rules import LayersRule, PercentRule, TargetRule, ThresholdRule
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.orders import compute_rank_values, unit_prices
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.structure import remove_units
from tests.planning import plan_fixtures
from tests.zoo import IMAGE, make
from tests.zoo.layers import conv

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def chain() -> Layers:
    """Two convolutions with 4 and 6 filters (units 0-3 and 4-9) on 2 × 2 pixels, and 10 classes (10-19)."""
    network = nn.Sequential(conv(3, 4), conv(4, 6), nn.Flatten(), nn.Linear(24, 10))
    return trace_layers(network, torch.zeros(1, 3, 2, 2))


def scores_of(layers: Layers, values: Mapping[int, float], keep: Literal["high", "low"] = "high") -> Scores:
    """Scores by unit id; 1.0 for the others."""
    score = [values.get(unit.id, 1.0) for unit in layers.units]
    return plan_fixtures.make_scores(layers, 0, keep).model_copy(update={"score": score, "instability": None})


def test_a_price_is_what_the_network_saves_without_the_unit_relative_to_the_mean(chain: Layers) -> None:
    # MACs on 4 pixels: a filter of layer 0 costs 3·9·4 there and 6·9·4 in layer 1; of layer 1, 4·9·4 and 4·10 classes
    first, second = 27 * 4 + 54 * 4, 36 * 4 + 40
    mean = (4 * first + 6 * second) / 10
    prices = unit_prices(chain, CostTable(chain), "macs")
    np.testing.assert_allclose(prices[:10], [first / mean] * 4 + [second / mean] * 6)
    assert np.mean(prices[:10]) == pytest.approx(1)


@pytest.mark.parametrize(("metric", "field"), [("macs", "macs"), ("parameters", "parameters"), ("bytes", "size_bytes")])
@pytest.mark.parametrize("name", ["resnet_a", "concat", "shuffle"])
def test_prices_follow_from_the_cost_with_and_without_each_unit(
    name: str, metric: Literal["macs", "parameters", "bytes"], field: str
) -> None:
    layers = plan_fixtures.structure(name)
    table = CostTable(layers)
    now = getattr(table.cost([]), field)
    savings = np.array([now - getattr(table.cost([unit.id]), field) for unit in layers.units])
    free = np.array([unit.free for unit in layers.units])
    np.testing.assert_allclose(unit_prices(layers, table, metric), np.maximum(savings / savings[free].mean(), 1e-6))


def test_a_price_divides_what_is_worth_keeping_and_multiplies_what_is_not(chain: Layers) -> None:
    prices = unit_prices(chain, CostTable(chain), "macs")
    scores = scores_of(chain, {0: 2.0, 1: -2.0, 4: 0.0})
    for exponent, factor in ((0.5, np.sqrt(prices)), (1.0, prices), (0.25, prices**0.25)):
        values = compute_rank_values(chain, scores, Price("macs", exponent), "network").score
        assert [values[0], values[1], values[4]] == pytest.approx([2 / factor[0], -2 * factor[1], 0.0])
    low = compute_rank_values(chain, scores_of(chain, {0: 2.0, 1: -2.0}, "low"), Price("macs", 1.0), "network")
    assert (low.keep, low.criterion) == ("low", "taylor/macs^1")
    assert [low.score[0], low.score[1]] == pytest.approx([2 * prices[0], -2 / prices[1]])  # high is removed first


def test_rules_remove_first_what_is_cheap_to_lose_and_expensive_to_have(chain: Layers) -> None:
    equal = scores_of(chain, dict.fromkeys(range(10), 0.5) | {9: 0.2})
    assert draft_plan(chain, PercentRule(percent=20), equal).units == (0, 9)
    priced = PercentRule(percent=20, criterion="taylor/macs^1")
    assert draft_plan(chain, priced, scores_of(chain, dict.fromkeys(range(4, 10), 0.5) | {0: 0.51})).units == (0, 4)
    value = compute_rank_values(chain, equal, Price("macs", 1.0), "network").score[0]
    assert value is not None
    below = ThresholdRule(value=value + 1e-9, criterion="taylor/macs^1")
    assert draft_plan(chain, below, equal).units == (0, 1, 2, 9)  # filter 3 stays as the last one of its layer


def test_a_price_is_written_and_read_in_one_spelling() -> None:
    assert parse_criterion_and_price("loss_change") == ("loss_change", None)
    assert parse_criterion_and_price("l1:per_weight=true/bytes^0.50") == ("l1:per_weight=true", Price("bytes", 0.5))
    assert parse_criterion_and_price("loss_change/macs^0") == ("loss_change", None)
    for spec in ("loss_change/macs^0.5", "l1:per_weight=true/parameters^1", "taylor"):
        assert format_order(*parse_criterion_and_price(spec)) == spec


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("taylor/flops^0.5", r"its price 'flops' is unknown; use macs, parameters or bytes\."),
        ("taylor/macs", r"its price has no exponent; write CRITERION/PRICE\^EXPONENT, for instance"),
        ("taylor/macs^2", r"its exponent is '2'; give a number from 0 \(no price\) to 1\."),
        ("taylor/macs^-1", "its exponent is '-1'"),
        ("taylor/macs^nan", "its exponent is 'nan'"),
        ("taylor/macs^half", "its exponent is 'half'"),
        ("taylor/macs^0.5/bytes^0.5", "its exponent is '0.5/bytes"),
    ],
)
def test_an_invalid_price_is_answered_with_the_fault_and_the_cure(spec: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        parse_criterion_and_price(spec)


def test_in_the_scope_group_units_compare_by_their_place_in_the_group(chain: Layers) -> None:
    scores = scores_of(chain, {0: 9, 1: 8, 2: 8, 3: 7, **{unit: unit / 100 for unit in range(4, 10)}})
    places = compute_rank_values(chain, scores, None, "group").score
    assert places[:4] == pytest.approx([3.5 / 4, 2 / 4, 2 / 4, 0.5 / 4])  # ties are averaged
    assert places[4:10] == pytest.approx([(rank - 0.5) / 6 for rank in range(1, 7)])
    assert places[10:] == [None] * 10, "frozen units have no place"
    assert draft_plan(chain, PercentRule(percent=20, scope="group"), scores).units == (3, 4)
    assert draft_plan(chain, PercentRule(percent=20), scores).units == (4, 5)
    assert draft_plan(chain, ThresholdRule(value=0.3, scope="group"), scores).units == (3, 4, 5)


def test_places_are_high_for_what_is_kept_also_if_low_scores_are_kept(chain: Layers) -> None:
    scores = scores_of(chain, {unit: unit / 10 for unit in range(10)}, "low")
    ordered = compute_rank_values(chain, scores, None, "group")
    assert ordered.keep == "high" and ordered.score[:4] == pytest.approx([3.5 / 4, 2.5 / 4, 1.5 / 4, 0.5 / 4])
    assert draft_plan(chain, LayersRule(shares={"0": 0.25}, scope="group"), scores).units == (3,)


def test_in_the_scope_alike_units_of_equal_layers_share_one_ranking() -> None:
    network = nn.Sequential(
        conv(3, 4), conv(4, 4), nn.Conv2d(4, 4, 3, stride=2, padding=1), nn.Flatten(), nn.Linear(4, 10)
    )
    layers = trace_layers(network, torch.zeros(1, 3, 2, 2))
    assert [layer.stride for layer in layers.layers] == [[1, 1], [1, 1], [2, 2], []]
    scores = scores_of(layers, {unit: unit for unit in range(12)})
    places = compute_rank_values(layers, scores, None, "alike").score
    assert places[:8] == pytest.approx([(rank - 0.5) / 8 for rank in range(1, 9)])  # layers 0 and 1
    assert places[8:12] == pytest.approx([(rank - 0.5) / 4 for rank in range(1, 5)])  # the layer with stride 2
    child = remove_units(layers, [0])  # layers 0 and 1 have different widths now
    narrower = compute_rank_values(child, scores_of(child, {unit: unit for unit in range(12)}), None, "alike").score
    assert narrower[:3] == pytest.approx([0.5 / 3, 1.5 / 3, 2.5 / 3])


def test_the_floor_is_rounded_up_to_whole_filters_and_binds_the_rule_alone(chain: Layers) -> None:
    scores = scores_of(chain, {unit: unit / 10 for unit in range(10)})
    draft = draft_plan(chain, PercentRule(percent=100, floor=0.3), scores)
    assert [layer.filters for layer in remove_units(chain, draft.units).layers] == [2, 2, 10]
    assert "Kept 4 units so that every layer keeps at least 30% of its filters." in draft.notes
    by_hand = PercentRule(percent=100, floor=0.3, removed={"0": [0, 1, 2]})
    assert draft_plan(chain, by_hand, scores).filters == {"0": [0, 1, 2], "1": [0, 1, 2, 3]}
    assert draft_plan(chain, PercentRule(percent=100, floor=1), scores).units == ()


@pytest.mark.parametrize("filters", [*range(1, 41), 96, 100, 250])
@pytest.mark.parametrize("percent", [5, 10, 15, 29, 30, 45, 55, 70, 99])
def test_max_layer_share_is_the_complement_of_the_floor(filters: int, percent: int) -> None:
    rule = PercentRule(percent=0, max_layer_share=percent / 100)
    assert rule.max_layer_share == percent / 100
    assert filters - filters * percent // 100 == int(np.ceil(rule.floor * filters - 1e-9))
    assert PercentRule(percent=0, floor=rule.floor) == rule
    assert PercentRule.model_validate(rule.model_dump()) == rule


def test_a_floor_beside_another_max_layer_share_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"floor 0\.1 and max_layer_share 0\.5 contradict each other; send floor"):
        PercentRule(percent=10, floor=0.1, max_layer_share=0.5)
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        PercentRule(percent=10, floor=2)
    assert PercentRule(percent=10).floor == 0


@pytest.mark.parametrize("metric", ["macs", "parameters", "size_bytes", "filters"])
@pytest.mark.parametrize("share", [0.8, 0.5, 0.4])
@pytest.mark.parametrize("name", ["resnet_a", "concat", "depthwise"])
def test_no_removed_unit_could_stay_within_the_target(
    name: str, share: float, metric: Literal["macs", "parameters", "size_bytes", "filters"]
) -> None:
    layers = plan_fixtures.structure(name)
    table = CostTable(layers)
    value = int(share * getattr(table.cost([]), metric))
    rule = TargetRule(metric=metric, value=value, criterion="taylor/macs^0.5")
    draft = draft_plan(layers, rule, plan_fixtures.make_scores(layers, 5))
    cost = getattr(table.cost(draft.units), metric)
    assert cost <= value
    for unit in draft.units:
        assert getattr(table.cost([other for other in draft.units if other != unit]), metric) > value, unit
    remaining = f"{value - cost} less than" if cost < value else "exactly"
    assert f"remain, {remaining} the target of {value}." in draft.notes[0]


def test_units_are_put_back_best_first_and_reported_as_skipped(chain: Layers) -> None:
    scores = scores_of(chain, {4: 0.1, 5: 0.2, 0: 0.3, 1: 0.4})
    table = CostTable(chain)
    goal = table.cost([0, 1]).macs  # removing 4, 5, 0 and 1 saves more than that
    draft = draft_plan(chain, TargetRule(metric="macs", value=goal), scores)
    assert table.cost([4, 5, 0]).macs > goal >= table.cost([4, 5, 0, 1]).macs
    assert draft.units == (0, 1) and draft.skipped_units == (4, 5)
    assert draft.notes == (f"{goal} MACs remain, exactly the target of {goal}.",)


def test_with_round_widths_no_unit_is_put_back() -> None:
    layers = trace_layers(make("vgg"), torch.zeros(1, *IMAGE))
    rule = TargetRule(metric="macs", value=0.5 * CostTable(layers).cost([]).macs, round_to=4)
    draft = draft_plan(layers, rule, plan_fixtures.make_scores(layers, 1))
    assert all(layer.filters % 4 == 0 for layer in remove_units(layers, draft.units).layers if not layer.output)
    assert draft.skipped_units == ()


def test_page_and_server_have_the_same_default_order() -> None:
    page = (ROOT / "frontend" / "src" / "planning" / "orders.ts").read_text()
    assert f'DEFAULT_ORDER: Order = {{ criterion: "{DEFAULT_ORDER}", scope: "network", within: null }}' in page
    assert f"DEFAULT_FLOOR = {DEFAULT_FLOOR};" in page
    paper = f'criterion: "{PAPER_ORDER["criterion"]}", scope: "{PAPER_ORDER["scope"]}", within: null'
    assert f"PAPER_ORDER: Order = {{ {paper} }}" in page
    assert PercentRule(percent=5) == PercentRule(percent=5, **PAPER_ORDER), "REST assumes the paper's order"
