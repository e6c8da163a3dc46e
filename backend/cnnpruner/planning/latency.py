"""Computes a node's latency from timed blocks of forward passes, which alternate with timed blocks of the root's
forward passes. Also computes a hash that is equal for nodes whose tensors have equal shapes, because their latencies
are equal, too. Does not import torch.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.tree.latencies import (
    MIN_BLOCK_PAIRS,
    LatencyDistribution,
    LatencySettings,
    RatioInterval,
    Reliability,
)

MAX_RELATIVE_HALF_WIDTH = 0.10
"""A ratio is reliable if neither end of its interval differs from the ratio by more than this share of the ratio."""
BOOTSTRAP_RESAMPLES = 2000
SIGNIFICANT_DIGITS = 5


@dataclass(frozen=True)
class BlockTimes:
    """Mean time per forward pass in each block of passes, in milliseconds. A block of the node and a block of the root
    with the same index form a pair.
    """

    node_ms: tuple[float, ...]
    root_ms: tuple[float, ...] | None
    """The same for the root; None if the node has the same structure as the root and was therefore measured alone."""


def median_ratio(times: BlockTimes, seed: int = 0) -> tuple[float, RatioInterval]:
    """Return the median, over the pairs of blocks, of the node's duration divided by the root's. Its 95% percentile
    interval comes from a seeded bootstrap over the pairs (Efron 1979). If the root was not measured, the ratio is 1 by
    definition.
    """
    if times.root_ms is None:
        return 1.0, RatioInterval(low=1.0, high=1.0)
    ratios = np.divide(times.node_ms, times.root_ms)
    resampled_ratios = np.random.default_rng(seed).choice(ratios, (BOOTSTRAP_RESAMPLES, len(ratios)))
    low, high = np.quantile(np.median(resampled_ratios, axis=1), (0.025, 0.975)).tolist()
    return float(np.median(ratios)), RatioInterval(low=low, high=high)


def assess_reliability(ratio: float, interval: RatioInterval, pairs: int) -> Reliability:
    """Return `reliable` if there are enough pairs of blocks and the interval of the ratio is narrow enough, otherwise
    `unreliable`.
    """
    is_narrow = interval.low >= ratio * (1 - MAX_RELATIVE_HALF_WIDTH) and interval.high <= ratio * (
        1 + MAX_RELATIVE_HALF_WIDTH
    )
    return "reliable" if is_narrow and pairs >= MIN_BLOCK_PAIRS else "unreliable"


def is_reliable(times: BlockTimes) -> bool:
    """Return whether the latency ratio computed from these blocks is reliable."""
    return assess_reliability(*median_ratio(times), len(times.node_ms)) == "reliable"


def summarize_block_times(times: BlockTimes, setting: LatencySettings, measured_at: datetime) -> LatencyDistribution:
    """Return the latency computed from these blocks of passes. The number of the measured node is added by the
    store.
    """
    runtime, batch, device, threads = setting
    ratio, interval = median_ratio(times)
    pairs = len(times.node_ms)
    lower, median, upper = np.quantile(times.node_ms, (0.25, 0.5, 0.75)).tolist()
    return LatencyDistribution(
        runtime=runtime,
        batch=batch,
        device=device,
        threads=threads,
        median_ms=median,
        iqr_ms=upper - lower,
        root_median_ms=None if times.root_ms is None else float(np.median(times.root_ms)),
        ratio=ratio,
        ratio_interval=interval,
        pairs=0 if times.root_ms is None else pairs,
        reliability=assess_reliability(ratio, interval, pairs),
        reference_number=0,
        measured_number=None,
        measured_at=measured_at,
        block_ms=_round_block_times(np.array(times.node_ms)),
        root_block_ms=_round_block_times(np.array(times.root_ms or ())),
    )


def derive_root_latency(latency: LatencyDistribution) -> LatencyDistribution | None:
    """Return the root's latency, computed from the blocks that were measured along with a node; None if the root was
    not measured.
    """
    if not latency.root_block_ms or latency.measured_at is None:
        return None
    times = BlockTimes(tuple(latency.root_block_ms), None)
    setting = latency.runtime, latency.batch, latency.device, latency.threads
    return summarize_block_times(times, setting, latency.measured_at)


def structure_hash(layers: Layers) -> str:
    """Return a hash that is equal for two nodes of an experiment if all their tensors have equal shapes.

    The hash depends on how many filters remain in each layer, but not on which filters remain, because the latency does
    not depend on that either.
    """
    shapes = [(tensor.name, tensor.shape) for tensor in layers.tensors]
    return hashlib.sha256(json.dumps([layers.image, shapes]).encode()).hexdigest()


def _round_block_times(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.{SIGNIFICANT_DIGITS}g}") for value in values]
