"""Orders, by which rules rank units: a criterion, a scope, and optionally a price as in `loss_change/macs^0.5`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.specs import MAX_SPEC_LENGTH, format_number
from cnnpruner.errors import InvalidInput

PriceMetric = Literal["macs", "parameters", "bytes"]
"""What a unit's price counts, that is, what the network saves without the unit: multiply-accumulates, parameters, or
bytes of the safetensors file.
"""

Scope = Literal["network", "group", "alike"]
"""Which units a unit is ranked against: all units (`network`), the units of its group (`group`), or the units in layers
of the same kind, kernel size, stride and width (`alike`).
"""

DEFAULT_ORDER = "loss_change/macs^0.5"
"""Criterion and price that the page, the client and the command line use by default. REST requests have a different
default.
"""

DEFAULT_FLOOR = 0.1
"""Default floor of the page, the client and the command line: the smallest share of each layer's filters to keep, 0-1.
"""

PAPER_ORDER: Mapping[str, Any] = MappingProxyType({"criterion": "taylor", "scope": "network", "floor": 0.0})
"""Fields of a rule that ranks units as in the CNNPruner paper: by sensitivity over the whole network, without a floor.
These values are also the defaults of REST requests.
"""


class Order(Value):
    """How the units are ranked: a criterion with its price, the scope of the ranking, and the floor for each layer."""

    criterion: str = Field(
        default="taylor",
        max_length=100,
        description="Criterion, optionally with a price, as in `loss_change/macs^0.5`.",
    )
    scope: Scope = Field(
        default="network", description="Which units each unit is ranked against: `network`, `group` or `alike`."
    )
    within: str | None = Field(
        default=None,
        max_length=100,
        description="Criterion that decides which filters of a layer are removed, such as `obs`; `criterion` then only "
        "decides how many. Null to use `criterion` for both.",
    )
    floor: float = Field(
        default=0.0, ge=0, le=1, description="Smallest share of a layer's current filters that must be kept, 0-1."
    )


_ORDER_SYNTAX = "write CRITERION/PRICE^EXPONENT, for instance loss_change/macs^0.5"


@dataclass(frozen=True)
class Price:
    """The price that scores are divided by: what the network saves without the unit, raised to `exponent` (0-1)."""

    metric: PriceMetric
    exponent: float


def parse_criterion_and_price(spec: str) -> tuple[str, Price | None]:
    """Splits a string such as `loss_change/macs^0.5` into the criterion, with its options, and the price. The price is
    None if the string has no price, or if the price has the exponent 0, which changes nothing. Raises InvalidInput if
    the price is not valid.
    """
    criterion, slash, price_text = spec.partition("/")
    if not slash:
        return criterion, None
    metric, caret, exponent_text = price_text.partition("^")
    metrics = {metric_name: metric_name for metric_name in get_args(PriceMetric)}
    if metric not in metrics:
        raise _make_price_error(spec, f"its price {metric[:MAX_SPEC_LENGTH]!r} is unknown; use {_PRICE_METRIC_NAMES}")
    if not caret:
        raise _make_price_error(spec, f"its price has no exponent; {_ORDER_SYNTAX}")
    exponent = _parse_exponent(exponent_text)
    if exponent is None:
        raise _make_price_error(
            spec, f"its exponent is {exponent_text[:MAX_SPEC_LENGTH]!r}; give a number from 0 (no price) to 1"
        )
    return criterion, Price(metrics[metric], exponent) if exponent > 0 else None


def format_order(criterion: str, price: Price | None) -> str:
    """Returns a criterion and its price as one string in canonical spelling; the inverse of
    `parse_criterion_and_price`.
    """
    return criterion if price is None else f"{criterion}/{price.metric}^{format_number(price.exponent)}"


_PRICE_METRIC_NAMES = " or ".join([", ".join(get_args(PriceMetric)[:-1]), get_args(PriceMetric)[-1]])


def _parse_exponent(text: str) -> float | None:
    try:
        exponent = float(text)
    except ValueError:
        return None
    return exponent if 0 <= exponent <= 1 else None


def _make_price_error(spec: str, problem: str) -> InvalidInput:
    return InvalidInput(
        f"Criterion {spec[:MAX_SPEC_LENGTH]!r} is not valid: {problem}.", criterion=spec[:MAX_SPEC_LENGTH]
    )
