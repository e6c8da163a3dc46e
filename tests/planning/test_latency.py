"""Ratios of paired blocks, their intervals, and which structures are equal."""

from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnpruner.domain.plans.layers import Layers, Tensor
from cnnpruner.domain.tree.latencies import LatencySettings, RatioInterval, describe_latency_ratio
from cnnpruner.planning.latency import (
    BlockTimes,
    assess_reliability,
    derive_root_latency,
    median_ratio,
    structure_hash,
    summarize_block_times,
)
from tests.values import empty_layers

AT = datetime(2026, 1, 2, tzinfo=UTC)
SETTING: LatencySettings = ("eager", 1, "CPU X", 2)


def blocks(node_ms: NDArray[np.float64], root_ms: NDArray[np.float64]) -> BlockTimes:
    return BlockTimes(tuple(node_ms.tolist()), tuple(root_ms.tolist()))


def test_the_ratio_is_the_median_of_the_paired_ratios_not_the_ratio_of_the_medians() -> None:
    times = BlockTimes((2.0, 9.0, 4.0), (1.0, 3.0, 8.0))
    ratio, interval = median_ratio(times)
    assert ratio == 2.0  # of 2, 3, ½; the ratio of the medians is 4/3
    # Of the 27 samples of three pairs, 7 have the median ½ and 7 the median 3, over 2.5% each.
    assert interval == RatioInterval(low=0.5, high=3.0)


def test_the_interval_is_the_same_each_time() -> None:
    random = np.random.default_rng(3)
    times = blocks(random.lognormal(size=20), random.lognormal(size=20))
    assert median_ratio(times) == median_ratio(times)


@pytest.mark.parametrize(("true_ratio", "noise"), [(1.0, 0.02), (1.0, 0.3), (0.55, 0.1)])
def test_intervals_of_95_percent_hold_the_true_ratio_at_least_nine_times_in_ten(
    true_ratio: float, noise: float
) -> None:
    random = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        load = random.lognormal(sigma=0.5, size=20)  # differs from pair to pair, equal within one
        node_ms, root_ms = (load * random.lognormal(sigma=noise, size=20) for _ in range(2))
        interval = median_ratio(blocks(true_ratio * node_ms, root_ms))[1]
        held += interval.low <= true_ratio <= interval.high
    assert 180 <= held <= 200


@pytest.mark.parametrize(
    ("low", "high", "pairs", "reliability"),
    [
        (0.91, 1.09, 20, "reliable"),
        (0.89, 1.05, 20, "unreliable"),
        (0.95, 1.11, 20, "unreliable"),
        (0.99, 1.01, 19, "unreliable"),
    ],
)
def test_a_ratio_is_reliable_within_ten_percent_of_itself_from_20_pairs_on(
    low: float, high: float, pairs: int, reliability: str
) -> None:
    assert assess_reliability(1.0, RatioInterval(low=low, high=high), pairs) == reliability


def test_two_equal_nodes_have_equal_ratios_though_one_was_measured_on_a_busy_machine() -> None:
    """Version 0.1.0 showed 2.6 and 5.2 ms for two nodes of identical structure, and “+98%” beside them."""
    quiet = summarize_block_times(BlockTimes((2.6,) * 20, (4.0,) * 20), SETTING, AT)
    busy = summarize_block_times(BlockTimes((5.2,) * 20, (8.0,) * 20), SETTING, AT)
    assert (quiet.median_ms, busy.median_ms) == (2.6, 5.2)
    assert quiet.ratio == busy.ratio == pytest.approx(0.65)
    assert describe_latency_ratio(quiet) == describe_latency_ratio(busy) == "0.65 × the latency of the root (0.65–0.65)"


def test_a_latency_has_medians_of_both_and_all_blocks() -> None:
    node_ms = np.arange(1.0, 22.0)
    latency = summarize_block_times(blocks(node_ms, 2 * node_ms), SETTING, AT)
    assert (latency.median_ms, latency.iqr_ms, latency.root_median_ms, latency.ratio) == (11.0, 10.0, 22.0, 0.5)
    assert (latency.pairs, latency.reliability, latency.reference_number) == (21, "reliable", 0)
    assert latency.block_ms == node_ms.tolist() and latency.root_block_ms == (2 * node_ms).tolist()
    assert not {"block_ms", "root_block_ms"} & latency.summary().model_dump().keys()


def test_the_roots_blocks_are_a_latency_of_the_root_with_ratio_1() -> None:
    latency = summarize_block_times(BlockTimes((3.0,) * 20, (4.0,) * 20), SETTING, AT)
    root = derive_root_latency(latency)
    assert root is not None
    assert (root.median_ms, root.ratio, root.reliability, root.pairs) == (4.0, 1.0, "reliable", 0)
    assert root.ratio_interval == RatioInterval(low=1.0, high=1.0)
    assert derive_root_latency(root) is None


def test_a_wide_interval_is_described_as_unreliable_without_any_ratio() -> None:
    random = np.random.default_rng(1)
    times = blocks(random.lognormal(sigma=1, size=20), random.lognormal(sigma=1, size=20))
    latency = summarize_block_times(times, SETTING, AT)
    assert latency.reliability == "unreliable" and describe_latency_ratio(latency) == "unreliable; measure again"


def tensor(name: str, shape: list[int]) -> Tensor:
    return Tensor(name=name, parameter=True, dtype="F32", shape=shape, dims=[None] * 4, positions=1, layer=None)


def structure(widths: list[int], image: tuple[int, int, int] = (3, 32, 32)) -> Layers:
    tensors = [tensor(f"{index}.weight", [width, 3, 3, 3]) for index, width in enumerate(widths)]
    return empty_layers().model_copy(update={"tensors": tensors, "image": image, "notes": ["not part of the hash"]})


def test_structures_are_equal_if_their_widths_and_images_are() -> None:
    assert structure_hash(structure([8, 16])) == structure_hash(structure([8, 16]).model_copy(update={"notes": []}))
    others = structure([16, 8]), structure([8, 15]), structure([8, 16], (3, 64, 64)), structure([8])
    assert len({structure_hash(other) for other in (structure([8, 16]), *others)}) == 5
