"""The removal orders that a search for the best plan compares."""

from collections.abc import Iterator

from cnnpruner.domain.plans.orders import DEFAULT_FLOOR, Order, Price, PriceMetric, Scope, format_order
from cnnpruner.domain.plans.rules import CostMetric

CRITERIA_TO_COMPARE = ("loss_change", "l2", "fpgm", "taylor", "l1", "bn_scale")
"""The criteria to rank units by, most successful first (see docs/methods.md)."""
SCOPES: tuple[Scope, ...] = ("network", "group", "alike")
PRICE_EXPONENTS = (0.5, 0.0)
WITHIN_CRITERION = "obs"
"""Criterion that is tried for ranking the units of each layer, while the order's own criterion decides how many units
each layer loses.
"""

_PRICE_METRICS: dict[CostMetric, PriceMetric] = {"macs": "macs", "parameters": "parameters", "size_bytes": "bytes"}


def orders_to_compare(metric: CostMetric) -> list[Order]:
    """Return the removal orders to compare: each criterion, with and without a price (relative cost of a unit), in each
    scope (set of units ranked against each other), without a criterion `within`. The page's default order comes first,
    so that even a short search tries it.

    metric: the cost to reduce, from which prices are computed; if it is `filters`, prices are in MACs.
    """
    price = _PRICE_METRICS.get(metric, "macs")
    return [
        Order(
            criterion=format_order(criterion, _make_price(price, exponent)),
            scope=scope,
            within=None,
            floor=DEFAULT_FLOOR,
        )
        for exponent, scope, criterion in _list_combinations()
    ]


def _list_combinations() -> Iterator[tuple[float, Scope, str]]:
    """Yield the price exponent, scope and criterion of each order. Each criterion is combined with all scopes before
    the next criterion, because the scope matters more, and a short search may not try all criteria.
    """
    for exponent in PRICE_EXPONENTS:
        for criterion in CRITERIA_TO_COMPARE:
            for scope in SCOPES:
                yield exponent, scope, criterion


def _make_price(metric: PriceMetric, exponent: float) -> Price | None:
    return Price(metric, exponent) if exponent else None
