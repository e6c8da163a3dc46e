"""Measures how long forward passes of a network take, in blocks that alternate with blocks of the root network."""

import copy
import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from cnnpruner.domain.tree.latencies import MIN_BLOCK_PAIRS
from cnnpruner.planning.latency import BlockTimes, is_reliable

BLOCK_DURATION_S = 0.01
"""Target duration of a block of passes. A block always has at least one pass. The clock's resolution is far finer."""
MAX_BLOCK_PAIRS = 60
EXTRA_PAIRS_TIME_LIMIT_S = 3.0
"""As long as the latency ratio is unreliable, MIN_BLOCK_PAIRS more pairs of blocks are measured, until the measurement
has taken this many seconds or there are MAX_BLOCK_PAIRS pairs.
"""
MAX_MEASUREMENT_TIME_S = 60.0
"""After this many seconds, no new pair of blocks is started. A latency ratio from fewer than MIN_BLOCK_PAIRS pairs
counts as unreliable.
"""
MAX_CALIBRATION_PASSES = 5
MIN_PASS_TIME_S = 1e-6

ForwardPass = Callable[[], object]
"""A function that runs a network once, on the same images in every call."""


def _do_nothing() -> None:
    """Do nothing: on the CPU, a pass has finished when its call returns."""


@dataclass(frozen=True)
class Stopwatch:
    """Waits until the device has finished its work, then reads the clock."""

    clock: Callable[[], float] = time.perf_counter
    """Returns the reading of a monotonic clock, in seconds."""
    synchronize: Callable[[], None] = _do_nothing

    def read(self) -> float:
        """Wait until all passes so far are done, and return the clock's reading, in seconds."""
        self.synchronize()
        return self.clock()


def make_stopwatch(device: torch.device) -> Stopwatch:
    """Return a stopwatch for passes on this device."""
    if device.type == "cuda":
        return Stopwatch(synchronize=lambda: torch.cuda.synchronize(device))
    return Stopwatch()


def make_forward_pass(network: nn.Module, images: Tensor) -> ForwardPass:
    """Return a function that runs a copy of the network in evaluation mode on `images` [N, C, H, W], on the device of
    the images.

    The network itself is not changed.
    """
    timed_network = copy.deepcopy(network).to(images.device).eval()

    def run() -> None:
        with torch.inference_mode():
            timed_network(images)

    return run


@dataclass
class _BlockTimer:
    """Measures how long blocks of forward passes of one network take."""

    run_pass: ForwardPass
    stopwatch: Stopwatch
    passes_per_block: int = field(init=False)
    mean_times_ms: list[float] = field(default_factory=list)
    """Mean duration of a pass, in milliseconds, for each block measured so far."""

    def __post_init__(self) -> None:
        self.run_pass()  # the first pass also selects kernels
        start = self.stopwatch.read()
        passes_done, elapsed_s = 0, 0.0
        while passes_done < MAX_CALIBRATION_PASSES and elapsed_s < BLOCK_DURATION_S:
            self.run_pass()
            passes_done, elapsed_s = passes_done + 1, self.stopwatch.read() - start
        self.passes_per_block = max(1, math.ceil(BLOCK_DURATION_S * passes_done / max(elapsed_s, MIN_PASS_TIME_S)))

    def measure(self) -> None:
        """Measure one block. If passes are short, an untimed pass is run first, because the other network has just
        filled the caches.
        """
        if self.passes_per_block > 1:
            self.run_pass()
        start = self.stopwatch.read()
        for _ in range(self.passes_per_block):
            self.run_pass()
        self.mean_times_ms.append((self.stopwatch.read() - start) / self.passes_per_block * 1e3)


def measure_block_times(
    node: ForwardPass, root: ForwardPass | None, stopwatch: Stopwatch, on_pair_start: Callable[[int], None]
) -> BlockTimes:
    """Measure pairs of blocks: one block of the node and one of the root. Without `root`, measure only blocks of the
    node. At least MIN_BLOCK_PAIRS pairs are measured, unless this takes longer than MAX_MEASUREMENT_TIME_S.

    The order within a pair alternates, so that both networks are affected alike if the machine becomes slower or
    faster. `on_pair_start` is called before each pair with the number of pairs done so far; an exception that it
    raises ends the measurement.
    """
    start = stopwatch.read()
    timers = [_BlockTimer(run_pass, stopwatch) for run_pass in (node, root) if run_pass is not None]
    for pairs in itertools.count():
        if pairs > 0 and _has_enough_block_pairs(pairs, stopwatch.read() - start, timers):
            break
        on_pair_start(pairs)
        for timer in timers if pairs % 2 == 0 else reversed(timers):
            timer.measure()
    return _block_times(timers)


def _has_enough_block_pairs(pairs: int, elapsed_s: float, timers: list[_BlockTimer]) -> bool:
    if elapsed_s >= MAX_MEASUREMENT_TIME_S or pairs >= MAX_BLOCK_PAIRS:
        return True
    if pairs % MIN_BLOCK_PAIRS != 0:  # not after every pair: the narrowest of many intervals is too narrow
        return False
    return elapsed_s >= EXTRA_PAIRS_TIME_LIMIT_S or is_reliable(_block_times(timers))


def _block_times(timers: list[_BlockTimer]) -> BlockTimes:
    node, *root = (tuple(timer.mean_times_ms) for timer in timers)
    return BlockTimes(node, root[0] if root else None)
