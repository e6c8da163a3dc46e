"""Interpolation by hand, and a forecast whose intervals cover unseen nodes as often as they should."""

import itertools

import numpy as np
import pytest

from cnnpruner.errors import InvalidInput
from cnnpruner.planning.forecast import (
    ForecastCurve,
    SizeAndAccuracy,
    forecast,
    interpolate_filter_count,
    percent_to_remove,
)


def size(filters: int, correct: int, images: int = 1000) -> SizeAndAccuracy:
    return SizeAndAccuracy(filters, correct, images)


GOOD, BAD = size(201, 950), size(151, 900)


@pytest.mark.parametrize(("target", "keep"), [(0.95, 201), (0.90, 151), (0.925, 176), (0.93, 181), (0.9301, 182)])
def test_interpolation_is_the_line_of_the_paper_rounded_up(target: float, keep: int) -> None:
    assert interpolate_filter_count(GOOD, BAD, target) == keep


@pytest.mark.parametrize(
    ("good", "bad", "target", "message"),
    [
        (size(201, 900), size(151, 900), 0.9, "both have an accuracy of 90.00%"),
        (GOOD, BAD, 0.96, "is not between the accuracies of the two nodes"),
        (GOOD, BAD, 0.89, "is not between the accuracies of the two nodes"),
        (size(151, 950), size(151, 900), 0.92, "larger good node"),
    ],
)
def test_impossible_interpolations_are_refused_with_the_reason(
    good: SizeAndAccuracy, bad: SizeAndAccuracy, target: float, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        interpolate_filter_count(good, bad, target)


def test_exact_percent_gives_back_the_same_count() -> None:
    for free in (1, 7, 352, 496, 4224):
        # rule percent computes its budget this way
        assert [round(percent_to_remove(n, free) / 100 * free) for n in range(free + 1)] == list(range(free + 1))


def test_fewer_than_four_nodes_or_a_single_size_give_no_forecast() -> None:
    with pytest.raises(InvalidInput, match="at least 4 finished nodes; this tree has 3"):
        forecast([size(400, 980), size(300, 970), size(200, 950)], 400, 0.96, 250)
    with pytest.raises(InvalidInput, match="same number of filters"):
        forecast([size(400, 980)] * 4, 400, 0.96, 250)


def power_law(filters: int) -> int:
    """Correct images of 10,000 if the odds of an error are 0.02 · share⁻²."""
    odds = 0.02 * (filters / 500) ** -2
    return round(10_000 / (1 + odds))


def test_a_power_law_is_recovered_with_a_narrow_interval() -> None:
    nodes = [size(n, power_law(n), 10_000) for n in (500, 400, 300, 200, 150, 100)]
    result = forecast(nodes, 500, power_law(250) / 10_000, 350)
    assert result.keep is not None and abs(result.keep - 250) <= 4
    assert result.keep_low is not None and result.keep_high is not None
    assert result.keep_low <= result.keep <= result.keep_high
    assert result.accuracy == pytest.approx(power_law(350) / 10_000, abs=0.001)
    assert result.high - result.low < 0.002


def test_more_filters_are_never_expected_to_be_worse() -> None:
    nodes = [size(n, c) for n, c in ((500, 950), (400, 970), (300, 930), (250, 960), (200, 900), (100, 910))]
    curve = forecast(nodes, 500, 0.94, 300).curve
    for name in ("accuracy", "low", "high"):
        values = [getattr(point, name) for point in curve]
        assert values == sorted(values)
    assert all(point.low <= point.accuracy <= point.high for point in curve)
    assert curve[0].filters == 50 and curve[-1].filters == 500 and len(curve) <= 33


UNEVEN = [size(n, c) for n, c in ((576, 520), (540, 300), (500, 495), (250, 490), (240, 150), (200, 480), (40, 130))]


def test_the_expected_accuracy_of_the_recommended_size_meets_the_target() -> None:
    for target in (0.15, 0.2, 0.26, 0.2825, 0.285, 0.2925, 0.2975, 0.33):
        result = forecast(UNEVEN, 576, target, None)
        assert result.keep is not None and result.keep_low is not None
        assert result.keep_low <= result.keep <= (result.keep_high or 576)
        assert result.accuracy >= target - 1e-9
        fewer = forecast(UNEVEN, 576, target, result.keep - 1)
        assert fewer.accuracy < target, "one filter less does not reach the target"
        assert forecast(UNEVEN, 576, target, result.keep_low).high >= target - 1e-9
        if result.keep_high is not None:
            assert forecast(UNEVEN, 576, target, result.keep_high).low >= target - 1e-9


def test_sizes_between_and_beyond_the_points_are_on_the_monotone_curve() -> None:
    curve = ForecastCurve(UNEVEN, 576)
    for before, point in itertools.pairwise(curve.points):
        assert curve.point_for_filters(point.filters) == point
        middle = curve.point_for_filters((before.filters + point.filters) // 2)
        assert before.accuracy <= middle.accuracy <= point.accuracy
    values = [curve.point_for_filters(filters).accuracy for filters in range(1, 700)]
    assert values == sorted(values)


def test_nothing_is_extrapolated_if_larger_nodes_are_worse() -> None:
    nodes = [size(n, c) for n, c in ((500, 900), (400, 920), (300, 940), (200, 960))]
    assert ForecastCurve(nodes, 500).point_for_filters(50).accuracy <= 0.96


def test_the_interval_covers_about_80_percent_of_unseen_nodes() -> None:
    draw = np.random.default_rng(1)
    inside = 0
    for _ in range(100):
        filters = draw.integers(60, 576, size=11)
        accuracy = 1 / (1 + np.exp(-(3.6 + 1.2 * np.log(filters / 576) + draw.normal(0, 0.2, 11))))
        nodes = [size(int(n), int(draw.binomial(1000, a))) for n, a in zip(filters, accuracy, strict=True)]
        point = ForecastCurve(nodes[1:], 576).point_for_filters(nodes[0].filters)
        inside += point.low <= nodes[0].accuracy <= point.high
    assert 70 <= inside <= 92


def test_a_target_that_no_size_reaches_has_no_recommended_size() -> None:
    nodes = [size(n, c) for n, c in ((500, 950), (400, 940), (300, 930), (200, 900))]
    assert forecast(nodes, 500, 0.999, 300).keep is None
    with pytest.raises(
        InvalidInput, match=r"No node with 100 to 500 filters is expected to reach an accuracy of 99.90%"
    ):
        forecast(nodes, 500, 0.999, None)
