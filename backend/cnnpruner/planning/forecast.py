"""Estimates how many filters a network needs to reach a target accuracy: by the CNNPruner paper's interpolation, and by
an accuracy forecast that is fitted to the finished nodes. Does not import torch.

The fitted odds of a misclassification never rise with the number of filters. The forecast has jackknife+ intervals
(Barber et al. 2021). Method and sources: docs/methods.md, “Estimator”.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.tree.estimates import Forecast, ForecastPoint, TreeForecast
from cnnpruner.domain.tree.provenance import AppliedForecast
from cnnpruner.errors import InvalidInput

FloatArray = NDArray[np.float64]
CurveName = Literal["accuracy", "low", "high"]
CURVE_NAMES: tuple[CurveName, ...] = ("accuracy", "low", "high")

MISCOVERAGE_RATE = 0.2
"""One minus the nominal coverage of the forecast interval."""
MIN_NODES = 4
"""Smallest number n of nodes for which the 80% jackknife+ interval is finite, that is, ⌈0.8 · (n + 1)⌉ ≤ n."""
LOESS_SPAN = 0.75
"""Share of the nodes to which each local line is fitted (the LOESS span): those closest in size to the size at which
the line is evaluated.
"""
MAX_CURVE_POINTS = 33


@dataclass(frozen=True)
class SizeAndAccuracy:
    """Size and accuracy of a finished node: its number of filters, and how many selection images it classifies
    correctly.
    """

    filters: int
    correct: int
    images: int

    @property
    def accuracy(self) -> float:
        """Accuracy on the selection split, from 0 to 1."""
        return self.correct / self.images


def interpolate_filter_count(good: SizeAndAccuracy, bad: SizeAndAccuracy, target: float) -> int:
    """Return the number of filters, rounded up, at which the straight line through a good node (one that reaches the
    target) and a bad node (one that does not) has the target accuracy (CNNPruner paper, section “estimator”).

    With the number of filters n and the accuracy a, it is n_bad + (target − a_bad)(n_good − n_bad)/(a_good − a_bad).
    Raises InvalidInput if both accuracies are equal, if the good node is not larger, or if the target is not between
    the accuracies.
    """
    if good.accuracy == bad.accuracy:
        raise InvalidInput(
            f"The good node, which should reach the target, and the bad node, which should not, both have an accuracy "
            f"of {good.accuracy:.2%}; choose another pair of nodes."
        )
    if good.filters <= bad.filters:
        raise InvalidInput(
            f"The good node, which should reach the target, has {good.filters} filters, but must have more than the "
            f"bad node, which has {bad.filters}; choose a larger good node."
        )
    if not bad.accuracy <= target <= good.accuracy:
        raise InvalidInput(
            f"The target of {target:.2%} is not between the accuracies of the two nodes, {bad.accuracy:.2%} and "
            f"{good.accuracy:.2%}; choose another pair of nodes or another target."
        )
    share = (target - bad.accuracy) / (good.accuracy - bad.accuracy)
    # Without the small term, rounding in binary could push a whole number up by one.
    return math.ceil(bad.filters + share * (good.filters - bad.filters) - 1e-9)


def percent_to_remove(remove: int, free: int) -> float:
    """Return the percentage with which the rule `percent` removes exactly `remove` filters. `free`: number of filters
    of the node that can be removed.
    """
    return 100 * remove / free if free else 0.0


class ForecastCurve:
    """Expected accuracy as a function of the number of filters, fitted to at least four finished nodes.

    The curve has up to `MAX_CURVE_POINTS` points, from half the size of the smallest node to the size of the largest.
    It never falls as filters are added, and is linear between its points. `point_for_filters` and
    `fewest_filters_for_target` both use this curve, so that one is the inverse of the other.
    """

    def __init__(self, sizes: Sequence[SizeAndAccuracy], root_filters: int) -> None:
        """Raises InvalidInput if there are too few `sizes`, or if all of them have the same number of filters."""
        if len(sizes) < MIN_NODES:
            raise InvalidInput(f"A forecast needs at least {MIN_NODES} finished nodes; this tree has {len(sizes)}.")
        if len({size.filters for size in sizes}) < 2:
            raise InvalidInput("All finished nodes have the same number of filters; prune to another size first.")
        self._root = root_filters
        self._log_sizes = np.log([size.filters / root_filters for size in sizes])
        self._node_log_odds = np.array([_log_odds(size) for size in sizes])
        self._residuals = self._leave_one_out_residuals()
        node_filter_counts = [size.filters for size in sizes]
        curve_size_range = max(1, round(min(node_filter_counts) / 2)), max(node_filter_counts)
        filter_counts = np.unique(np.linspace(*curve_size_range, MAX_CURVE_POINTS).round().astype(int))
        self.points = _make_points_monotone([self._fit_point(int(filters)) for filters in filter_counts])
        """Points of the curve, ascending by number of filters."""

    def point_for_filters(self, filters: int) -> ForecastPoint:
        """Return the expected accuracy and its 80% interval for this number of filters. Outside the range of the
        curve, both are extrapolated, but limited so that they never fall as filters are added.
        """
        first_point, last_point = self.points[0], self.points[-1]
        if filters > last_point.filters:
            return _make_points_monotone([last_point, self._fit_point(filters)])[1]
        if filters < first_point.filters:
            fitted_point = self._fit_point(filters)
            return fitted_point.model_copy(
                update={str(name): min(getattr(fitted_point, name), getattr(first_point, name)) for name in CURVE_NAMES}
            )
        filter_counts = [point.filters for point in self.points]
        values = {
            name: np.interp(filters, filter_counts, [getattr(point, name) for point in self.points])
            for name in CURVE_NAMES
        }
        return ForecastPoint(filters=filters, **{name: float(value) for name, value in values.items()})

    def fewest_filters_for_target(self, target: float, name: CurveName) -> int | None:
        """Return the number of filters, rounded up, at which the curve `name` (the accuracy or one end of its interval)
        first reaches the target; None if the curve never reaches it.
        """
        for previous_point, point in zip([None, *self.points], self.points, strict=False):
            value: float = getattr(point, name)
            if value >= target and previous_point is not None:
                previous_value: float = getattr(previous_point, name)
                share = (target - previous_value) / (value - previous_value)
                return math.ceil(previous_point.filters + share * (point.filters - previous_point.filters) - 1e-9)
            if value >= target:
                return point.filters
        return None

    def _fit_point(self, filters: int) -> ForecastPoint:
        x = math.log(max(filters, 1) / self._root)
        leave_one_out_fits = np.array(
            [_evaluate_local_line(*self._leave_out_node(i), x) for i in range(len(self._log_sizes))]
        )
        low, high = _jackknife_interval(leave_one_out_fits - self._residuals, leave_one_out_fits + self._residuals)
        expected = float(np.clip(_evaluate_local_line(self._log_sizes, self._node_log_odds, x), low, high))
        return ForecastPoint(
            filters=filters,
            accuracy=_log_odds_to_accuracy(expected),
            low=_log_odds_to_accuracy(high),
            high=_log_odds_to_accuracy(low),
        )

    def _leave_one_out_residuals(self) -> FloatArray:
        predictions = [
            _evaluate_local_line(*self._leave_out_node(i), self._log_sizes[i]) for i in range(len(self._log_sizes))
        ]
        residuals: FloatArray = np.abs(self._node_log_odds - np.array(predictions))
        return residuals

    def _leave_out_node(self, i: int) -> tuple[FloatArray, FloatArray]:
        return np.delete(self._log_sizes, i), np.delete(self._node_log_odds, i)


def forecast_curve(sizes: Sequence[SizeAndAccuracy], root_filters: int) -> TreeForecast:
    """Return the forecast of accuracy by number of filters, with its interval. If `sizes` are not sufficient for a
    forecast, return an empty curve and the reason.
    """
    try:
        return TreeForecast(nodes=len(sizes), curve=ForecastCurve(sizes, root_filters).points, reason=None)
    except InvalidInput as error:
        return TreeForecast(nodes=len(sizes), curve=[], reason=error.message)


def forecast_node(sizes: Sequence[SizeAndAccuracy], root_filters: int, filters: int) -> AppliedForecast:
    """Return the accuracy forecast for one node with `filters` filters.

    Raises InvalidInput if `sizes` are not sufficient for a forecast, or if `filters` is smaller than the smallest size
    on the curve.
    """
    curve = ForecastCurve(sizes, root_filters)
    if filters < curve.points[0].filters:
        raise InvalidInput(
            f"The forecast covers networks with {curve.points[0].filters} or more filters, but the plan leaves only "
            f"{filters}."
        )
    point = curve.point_for_filters(filters)
    return AppliedForecast(nodes=len(sizes), **dict(point))


def forecast(sizes: Sequence[SizeAndAccuracy], root_filters: int, target: float, keep: int | None) -> Forecast:
    """Forecast how many filters are needed to reach `target`, and the accuracy of a node with `keep` filters.

    If `keep` is None, the accuracy is forecast for the smallest number of filters that reaches the target. Raises
    InvalidInput if `sizes` are not sufficient for a forecast, or if `keep` is None and no size on the curve is expected
    to reach the target.
    """
    curve = ForecastCurve(sizes, root_filters)
    points = curve.points
    filters_needed = curve.fewest_filters_for_target(target, "accuracy")
    filters = filters_needed if keep is None else keep
    if filters is None:
        raise InvalidInput(
            f"No node with {points[0].filters} to {points[-1].filters} filters is expected to reach an accuracy of "
            f"{target:.2%}."
        )
    expected = curve.point_for_filters(filters)
    return Forecast(
        nodes=len(sizes),
        keep=filters_needed,
        keep_low=curve.fewest_filters_for_target(target, "high"),
        keep_high=curve.fewest_filters_for_target(target, "low"),
        accuracy=expected.accuracy,
        low=expected.low,
        high=expected.high,
        curve=points,
    )


def _log_odds(size: SizeAndAccuracy) -> float:
    """Return the log odds of a misclassification. Half an image is added to the number of misclassified images and to
    the number of correctly classified images, so that the odds are finite (Haldane 1956).
    """
    return math.log((size.images - size.correct + 0.5) / (size.correct + 0.5))


def _log_odds_to_accuracy(log_odds: float) -> float:
    """Convert the log odds of a misclassification to an accuracy."""
    return 1 / (1 + math.exp(log_odds))


def _evaluate_local_line(x: FloatArray, y: FloatArray, x_new: float) -> float:
    """Fit a line with slope ≤ 0 to the points nearest to `x_new`, with tricube weights (LOESS). Return its
    value at `x_new`.
    """
    distances = np.abs(x - x_new)
    bandwidth = np.sort(distances)[max(2, math.ceil(LOESS_SPAN * len(x))) - 1]
    # Weights beyond the bandwidth are small, not zero: points of a single size would not determine the slope.
    weights = np.maximum(1 - (distances / (bandwidth * 1.001 + 1e-12)) ** 3, 0.0) ** 3 + 1e-3
    weights /= weights.sum()
    mean_x, mean_y = weights @ x, weights @ y
    variance_x = weights @ (x - mean_x) ** 2
    slope = (weights @ ((x - mean_x) * (y - mean_y))) / variance_x if variance_x > 1e-12 else 0.0
    return float(mean_y + min(slope, 0.0) * (x_new - mean_x))


def _jackknife_interval(low_ends: FloatArray, high_ends: FloatArray) -> tuple[float, float]:
    """Return the jackknife+ interval computed from the ends of n leave-one-out intervals.

    With m = MISCOVERAGE_RATE, the interval extends from the ⌊m(n+1)⌋-th smallest of `low_ends` to the
    ⌈(1−m)(n+1)⌉-th smallest of `high_ends`.
    """
    n = len(low_ends)
    low_rank, high_rank = (
        max(1, math.floor(MISCOVERAGE_RATE * (n + 1) + 1e-9)),
        min(n, math.ceil((1 - MISCOVERAGE_RATE) * (n + 1) - 1e-9)),
    )
    low, high = float(np.sort(low_ends)[low_rank - 1]), float(np.sort(high_ends)[high_rank - 1])
    return min(low, high), max(low, high)


def _make_points_monotone(points: list[ForecastPoint]) -> list[ForecastPoint]:
    """Return the points, ascending by size. Every value is replaced by the largest value at this or any smaller size,
    so that the accuracy and its interval never fall as filters are added.
    """
    highest_values: dict[str, float] = dict.fromkeys(CURVE_NAMES, 0.0)
    monotone_points = []
    for point in points:
        highest_values = {name: max(value, getattr(point, name)) for name, value in highest_values.items()}
        monotone_points.append(point.model_copy(update=highest_values))
    return monotone_points
