"""How many filters to keep: the paper's interpolation, and a forecast with an interval. Free of torch.

Method and sources: docs/methods.md, "Estimator". Error odds fall with size; intervals: jackknife+ (Barber et al. 2021).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.tree.estimates import Forecast, ForecastPoint, TreeForecast
from cnnpruner.errors import InvalidInput

Floats = NDArray[np.float64]
End = Literal["accuracy", "low", "high"]
ENDS: tuple[End, ...] = ("accuracy", "low", "high")

MISS = 0.2
"""One minus the nominal coverage of the interval."""
LEAST_NODES = 4
"""The fewest for which the 80 % jackknife+ interval is finite: ⌈0.8 · (4 + 1)⌉ = 4."""
NEAREST = 0.75
"""Share of the nodes that a local line rests on."""
POINTS = 33


@dataclass(frozen=True)
class Size:
    """A finished node: what it keeps and how it fares on N selection images."""

    filters: int
    correct: int
    images: int

    @property
    def accuracy(self) -> float:
        """Selection split, 0-1."""
        return self.correct / self.images


def interpolate(good: Size, bad: Size, target: float) -> int:
    """n = n_b + (target − a_b)(n_a − n_b)/(a_a − a_b), rounded up (CNNPruner, section "estimator").

    Raises InvalidInput where the two are equal, the good one is not the larger, or the target lies outside.
    """
    if good.accuracy == bad.accuracy:
        raise InvalidInput(
            f"Both nodes have an accuracy of {good.accuracy:.2%}: there is no line between them; choose another pair."
        )
    if good.filters <= bad.filters:
        raise InvalidInput(
            f"The good node keeps {good.filters} filters and the bad one {bad.filters}; choose a larger good node."
        )
    if not bad.accuracy <= target <= good.accuracy:
        raise InvalidInput(
            f"The target {target:.2%} does not lie between {bad.accuracy:.2%} and {good.accuracy:.2%} of the two; "
            "choose another pair or target."
        )
    share = (target - bad.accuracy) / (good.accuracy - bad.accuracy)
    # The tiny term keeps a whole number whole where binary fractions would put it a hair above.
    return math.ceil(bad.filters + share * (good.filters - bad.filters) - 1e-9)


def exact_percent(remove: int, free: int) -> float:
    """The percentage from which rule percent makes a budget of exactly `remove` of `free` filters."""
    return 100 * remove / free if free else 0.0


class Curve:
    """Expected accuracy by filters, from at least four finished nodes.

    Sizes from half the smallest node to the largest are known at `POINTS` places, none of which expects less than a
    smaller one, and linear between them. `at` and `reaches` read this one curve, so that each undoes the other.
    """

    def __init__(self, sizes: Sequence[Size], root_filters: int) -> None:
        """Raises InvalidInput with a sentence where no forecast can rest on `sizes`."""
        if len(sizes) < LEAST_NODES:
            raise InvalidInput(
                f"A forecast rests on at least {LEAST_NODES} finished nodes; this tree has {len(sizes)}."
            )
        if len({size.filters for size in sizes}) < 2:
            raise InvalidInput("All finished nodes have the same number of filters; prune to another size first.")
        self._root = root_filters
        self._x = np.log([size.filters / root_filters for size in sizes])
        self._y = np.array([_log_odds(size) for size in sizes])
        self._residual = self._leave_one_out()
        filters = [size.filters for size in sizes]
        ends = max(1, round(min(filters) / 2)), max(filters)
        places = np.unique(np.linspace(*ends, POINTS).round().astype(int))
        self.points = _never_falling([self._line(int(place)) for place in places])
        """Ascending by filters."""

    def at(self, filters: int) -> ForecastPoint:
        """Expectation and 80 % interval for a node with that many filters; beyond the ends, no better and no worse."""
        first, last = self.points[0], self.points[-1]
        if filters > last.filters:
            return _never_falling([last, self._line(filters)])[1]
        if filters < first.filters:
            found = self._line(filters)
            return found.model_copy(update={str(end): min(getattr(found, end), getattr(first, end)) for end in ENDS})
        places = [point.filters for point in self.points]
        read = {end: np.interp(filters, places, [getattr(point, end) for point in self.points]) for end in ENDS}
        return ForecastPoint(filters=filters, **{end: float(value) for end, value in read.items()})

    def reaches(self, target: float, what: End) -> int | None:
        """Fewest filters at which the curve meets the target, rounded up; None: nowhere."""
        for before, point in zip([None, *self.points], self.points, strict=False):
            value: float = getattr(point, what)
            if value >= target and before is not None:
                below: float = getattr(before, what)
                share = (target - below) / (value - below)
                return math.ceil(before.filters + share * (point.filters - before.filters) - 1e-9)
            if value >= target:
                return point.filters
        return None

    def _line(self, filters: int) -> ForecastPoint:
        x = math.log(max(filters, 1) / self._root)
        others = np.array([_local_line(*self._without(i), x) for i in range(len(self._x))])
        low, high = _quantiles(others - self._residual, others + self._residual)
        expected = float(np.clip(_local_line(self._x, self._y, x), low, high))
        return ForecastPoint(filters=filters, accuracy=_share(expected), low=_share(high), high=_share(low))

    def _leave_one_out(self) -> Floats:
        fits = [_local_line(*self._without(i), self._x[i]) for i in range(len(self._x))]
        residual: Floats = np.abs(self._y - np.array(fits))
        return residual

    def _without(self, i: int) -> tuple[Floats, Floats]:
        return np.delete(self._x, i), np.delete(self._y, i)


def forecast_curve(sizes: Sequence[Size], root_filters: int) -> TreeForecast:
    """Expectation and 80 % interval by size; empty, with the reason, where no forecast can rest on `sizes`."""
    try:
        return TreeForecast(nodes=len(sizes), curve=Curve(sizes, root_filters).points, reason=None)
    except InvalidInput as none:
        return TreeForecast(nodes=len(sizes), curve=[], reason=none.message)


def forecast(sizes: Sequence[Size], root_filters: int, target: float, keep: int | None) -> Forecast:
    """What the finished nodes let expect for `target`, and of a node with `keep` filters (None: the forecast's own).

    Raises InvalidInput with a sentence where there is none.
    """
    curve = Curve(sizes, root_filters)
    points = curve.points
    own = curve.reaches(target, "accuracy")
    asked = own if keep is None else keep
    if asked is None:
        raise InvalidInput(
            f"No size between {points[0].filters} and {points[-1].filters} filters is expected to reach {target:.2%}."
        )
    here = curve.at(asked)
    return Forecast(
        nodes=len(sizes),
        keep=own,
        keep_low=curve.reaches(target, "high"),
        keep_high=curve.reaches(target, "low"),
        accuracy=here.accuracy,
        low=here.low,
        high=here.high,
        curve=points,
    )


def _log_odds(size: Size) -> float:
    """Of an error, half an image added to either side so that 0 and N errors are finite (Haldane 1956)."""
    return math.log((size.images - size.correct + 0.5) / (size.correct + 0.5))


def _share(log_odds: float) -> float:
    """Accuracy of the log odds of an error."""
    return 1 / (1 + math.exp(log_odds))


def _local_line(x: Floats, y: Floats, at: float) -> float:
    """Weighted least squares with tricube weights on the nearest points; the slope is never above 0 (LOESS)."""
    distance = np.abs(x - at)
    near = np.sort(distance)[max(2, math.ceil(NEAREST * len(x))) - 1]
    # Beyond the bandwidth weights are tiny, not zero: points of one size alone would leave the slope open.
    weight = np.maximum(1 - (distance / (near * 1.001 + 1e-12)) ** 3, 0.0) ** 3 + 1e-3
    weight /= weight.sum()
    mean_x, mean_y = weight @ x, weight @ y
    spread = weight @ (x - mean_x) ** 2
    slope = (weight @ ((x - mean_x) * (y - mean_y))) / spread if spread > 1e-12 else 0.0
    return float(mean_y + min(slope, 0.0) * (at - mean_x))


def _quantiles(lows: Floats, highs: Floats) -> tuple[float, float]:
    """The jackknife+ interval: the ⌊MISS·(n+1)⌋-th smallest of the lows, the ⌈(1−MISS)·(n+1)⌉-th of the highs."""
    n = len(lows)
    first, last = max(1, math.floor(MISS * (n + 1) + 1e-9)), min(n, math.ceil((1 - MISS) * (n + 1) - 1e-9))
    low, high = float(np.sort(lows)[first - 1]), float(np.sort(highs)[last - 1])
    return min(low, high), max(low, high)


def _never_falling(points: list[ForecastPoint]) -> list[ForecastPoint]:
    best: dict[str, float] = dict.fromkeys(ENDS, 0.0)
    raised = []
    for point in points:
        best = {name: max(value, getattr(point, name)) for name, value in best.items()}
        raised.append(point.model_copy(update=best))
    return raised
