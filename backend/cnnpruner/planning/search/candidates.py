"""The orders that a search for the best plan compares."""

from collections.abc import Iterator

from cnnpruner.domain.plans.orders import DEFAULT_FLOOR, Order, Price, PriceMetric, Scope, format_order
from cnnpruner.domain.plans.rules import CostMetric

CRITERIA_TO_COMPARE = ("loss_change", "l2", "fpgm", "taylor", "l1", "bn_scale")
"""The criteria of the orders, the most successful in docs/methods.md first."""
SCOPES: tuple[Scope, ...] = ("network", "group", "alike")
PRICE_EXPONENTS = (0.5, 0.0)
WITHIN_CRITERION = "obs"
"""Criterion that is tried as `within`, besides the order's own criterion."""

_PRICE_METRICS: dict[CostMetric, PriceMetric] = {"macs": "macs", "parameters": "parameters", "size_bytes": "bytes"}


def orders_to_compare(metric: CostMetric) -> list[Order]:
    """Return the orders without a criterion `within`: each criterion with and without a price, in each scope. The order
    that is the default of the page comes first, so that a short search has tried it.

    metric: the cost to reduce, which is also the price; a goal in filters has the price MACs.
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
    """Yield exponent, scope and criterion, the criteria one after the other: the scope makes more of a difference than
    the criterion, so a short search should have tried the first criteria in all scopes.
    """
    for exponent in PRICE_EXPONENTS:
        for criterion in CRITERIA_TO_COMPARE:
            for scope in SCOPES:
                yield exponent, scope, criterion


def _make_price(metric: PriceMetric, exponent: float) -> Price | None:
    return Price(metric, exponent) if exponent else None
