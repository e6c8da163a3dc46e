"""Whether intervals of latency ratios hold 1 for equal structures, and tell half of the MACs apart."""

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.results import Result
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.tree.experiments import NetworkName, NetworkSource
from cnnpruner.domain.tree.latencies import RatioInterval
from cnnpruner.engine.latency import make_forward_pass, make_stopwatch, measure_block_times
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.surgery.controls import choose_random_units
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.latency import assess_reliability, median_ratio, structure_hash
from cnnpruner.planning.structure import remove_units

SIZE = 32
PAIRS_OF_NETWORKS = 20
MOST_MISSES = 3
HALF_OF_MACS_SHARE = 0.29
"""Removing this share of each layer leaves about (1 − 0.29)² = ½ of the MACs."""
EQUAL: tuple[NetworkName, ...] = ("resnet20", "vgg16_bn")


def run() -> dict[str, Result]:
    """Measure both. Nothing is shared here: each network is measured by itself, as if no other had its structure."""
    return {"latency_intervals_without_1_of_20": _compare_equal(), "latency_interval_end_half_macs_vgg16bn": _half()}


def _compare_equal() -> Result:
    """Cut pairs of networks to equal widths but other filters, and count the intervals that do not hold 1."""
    measured = [_measure_equal(EQUAL[seed % len(EQUAL)], seed) for seed in range(PAIRS_OF_NETWORKS)]
    misses = sum(not interval.low <= 1 <= interval.high for _, interval, _ in measured)
    reliable = sum(assess_reliability(*result) == "reliable" for result in measured)
    farthest = max(abs(ratio - 1) for ratio, _, _ in measured)
    return Result(
        misses,
        MOST_MISSES,
        "of 20",
        f"pairs of {' and '.join(EQUAL)} with equal widths and other filters, batch 1 at {SIZE}×{SIZE}: 95% intervals "
        f"of the ratio that do not hold 1; {reliable} of {PAIRS_OF_NETWORKS} were reliable, and the farthest ratio was "
        f"{farthest:.1%} from 1",
    )


def _measure_equal(name: NetworkName, seed: int) -> tuple[float, RatioInterval, int]:
    root, image, layers = _network(name, seed)
    units = _equal_share(layers, HALF_OF_MACS_SHARE, seed)
    others = choose_random_units(layers, units, seed + 1000)
    first, second = remove_units(layers, units), remove_units(layers, others)
    assert units != others and structure_hash(first) == structure_hash(second)
    return _measure(cut(root, layers, units), cut(root, layers, others), image)


def _half() -> Result:
    root, image, layers = _network("vgg16_bn", 0)
    units = _equal_share(layers, HALF_OF_MACS_SHARE, 0)
    macs = CostTable(layers).cost(units).macs / CostTable(layers).cost([]).macs
    assert 0.45 < macs < 0.55, f"{macs:.0%} of the MACs are left, not half"
    ratio, interval, pairs = _measure(cut(root, layers, units), root, image)
    return Result(
        interval.high,
        1.0,
        "ratio",
        f"vgg16_bn, batch 1 at {SIZE}×{SIZE}, with {macs:.1%} of its MACs: upper end of the 95% interval of its ratio "
        f"to the root, {ratio:.3f} ({interval.low:.3f}–{interval.high:.3f}), "
        + assess_reliability(ratio, interval, pairs),
    )


def _network(name: NetworkName, seed: int) -> tuple[nn.Module, Tensor, Layers]:
    network = build_network(NetworkSource(name=name), 10, 3, SIZE, seed).eval()
    image = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(seed))
    return network, image, trace_layers(network, image)


def _equal_share(layers: Layers, share: float, seed: int) -> list[int]:
    """Choose that share of the free units of each group at random."""
    random = np.random.default_rng(seed)
    units: list[int] = []
    for group in layers.groups:
        free = [unit.id for unit in layers.units if unit.free and unit.group == group.index]
        units += random.choice(free, int(share * len(free)), replace=False).tolist()
    return sorted(units)


def _measure(node: nn.Module, reference: nn.Module, image: Tensor) -> tuple[float, RatioInterval, int]:
    passes = make_forward_pass(node, image), make_forward_pass(reference, image)
    times = measure_block_times(*passes, make_stopwatch(image.device), lambda _: None)
    return *median_ratio(times), len(times.node_ms)
