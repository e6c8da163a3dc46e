"""Exchanges of width between sets of units."""

import pytest

from cnnpruner.domain.plans.rules import TargetRule
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.greedy import rank_units
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.search.widths import WidthSearchSpace
from tests.planning.plan_fixtures import make_scores, structure

SHARE = 0.5


@pytest.fixture(params=["resnet_a", "vgg"])
def space(request: pytest.FixtureRequest) -> WidthSearchSpace:
    layers = structure(request.param)
    table = CostTable(layers)
    ranked_units = rank_units(layers.units, make_scores(layers, 3))
    return WidthSearchSpace(layers, table, ranked_units, "macs", SHARE * table.cost([]).macs, 0.1)


def test_units_and_counts_are_inverse(space: WidthSearchSpace) -> None:
    counts = tuple(len(order) // 2 for order in space.removal_orders)
    assert space.count(space.units(counts)) == counts


def test_every_exchange_keeps_the_limit_and_the_floor(space: WidthSearchSpace) -> None:
    rule = TargetRule(criterion="l1", metric="macs", value=space.limit, floor=0.1)
    start = space.count(draft_plan(space.layers, rule, make_scores(space.layers, 3), space.table).units)
    exchanges = 0
    for wider in range(len(space.removal_orders)):
        for narrower in range(len(space.removal_orders)):
            changed = space.exchange(start, wider, narrower, 2)
            if changed is None:
                continue
            exchanges += 1
            assert changed != start
            assert space.table.cost(space.units(changed)).macs <= space.limit
            assert changed[wider] < start[wider] or changed[narrower] > start[narrower]
            assert space.respects_floor(changed)
    assert exchanges > 0


def test_a_set_that_lost_nothing_gets_nothing_back(space: WidthSearchSpace) -> None:
    counts = tuple(0 for _ in space.removal_orders)
    assert space.exchange(counts, 0, 1, 1) is None
