"""Blocks of two networks alternate; the clock is the test's.

Version 0.1.0 timed each node by itself: on the machine of `test_a_machine_that_becomes_slower_changes_no_ratio`, the
first of two equal nodes would have taken 2.6 ms and the second 5.2 ms, “+98%”.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnpruner.engine import latency
from cnnpruner.engine.latency import Stopwatch, make_forward_pass, make_stopwatch, measure_block_times
from cnnpruner.errors import JobCancelled
from cnnpruner.planning.latency import BlockTimes, is_reliable, median_ratio


@dataclass
class Machine:
    """A machine whose clock moves only when a pass runs on it."""

    slowness: Callable[[float], float] = lambda _: 1.0
    """Factor by which a pass is slower at a time."""
    now: float = 0.0
    log: list[str] = field(default_factory=list)

    def make_forward_pass(self, name: str, seconds: float) -> Callable[[], None]:
        """Return a pass that takes `seconds` on the machine at its normal speed."""

        def run() -> None:
            self.now += seconds * self.slowness(self.now)
            self.log.append(name)

        return run

    def measure(self, node_s: float, root_s: float) -> BlockTimes:
        """Measure a node against the root."""
        stopwatch = Stopwatch(clock=lambda: self.now)
        passes = self.make_forward_pass("node", node_s), self.make_forward_pass("root", root_s)
        return measure_block_times(*passes, stopwatch, lambda _: None)


def test_each_block_is_long_enough_for_the_clock_and_its_time_is_that_of_one_pass() -> None:
    machine = Machine()
    times = machine.measure(0.002, 0.004)
    assert times.node_ms == pytest.approx([2.0] * 20) and times.root_ms == pytest.approx([4.0] * 20)
    blocks = [len(run) for run in _runs(machine.log[-100:])]
    assert set(blocks[1:-1]) <= {6, 4, 12, 8}, "5 or 3 passes and one before them; two blocks of a network may follow"


def _runs(log: list[str]) -> list[str]:
    """Return the log as runs of equal entries, one letter each."""
    return "".join(name[0] for name in log).replace("nr", "n r").replace("rn", "r n").split()


def test_the_order_within_a_pair_alternates() -> None:
    machine = Machine()
    machine.measure(0.02, 0.02)  # one pass a block
    assert machine.log[4:12] == ["node", "root", "root", "node", "node", "root", "root", "node"]


def test_a_machine_that_becomes_slower_changes_no_ratio() -> None:
    twice_as_slow_after_half_a_second = Machine(lambda now: 1.0 if now < 0.5 else 2.0)
    times = twice_as_slow_after_half_a_second.measure(0.0026, 0.0026)
    assert min(times.node_ms) == pytest.approx(2.6) and max(times.node_ms) == pytest.approx(5.2)
    assert median_ratio(times)[0] == pytest.approx(1.0, abs=0.01) and is_reliable(times)


def test_a_machine_that_slows_down_steadily_changes_no_ratio() -> None:
    times = Machine(lambda now: 1.0 + now).measure(0.003, 0.006)
    ratio, interval = median_ratio(times)
    assert ratio == pytest.approx(0.5, rel=0.02) and interval.low < 0.5 < interval.high


@pytest.mark.parametrize("seed", range(3))
def test_a_busy_machine_gets_more_pairs_and_is_unreliable(seed: int) -> None:
    random = np.random.default_rng(seed)
    machine = Machine(lambda _: float(random.lognormal(sigma=2.5)))
    times = machine.measure(0.012, 0.012)
    assert len(times.node_ms) in (40, 60) or machine.now > latency.EXTRA_PAIRS_TIME_LIMIT_S
    assert not is_reliable(times)


def test_no_pair_starts_after_the_time_limit() -> None:
    machine = Machine()
    times = machine.measure(3.0, 4.0)
    assert len(times.node_ms) == 7, "14 s to size the blocks, then 7 s a pair until 60 s have passed"
    assert machine.now < latency.MAX_MEASUREMENT_TIME_S + 7
    assert not is_reliable(times), "too few pairs, though all ratios are equal"


def test_a_network_with_the_roots_structure_is_measured_alone() -> None:
    machine = Machine()
    times = measure_block_times(
        machine.make_forward_pass("root", 0.001), None, Stopwatch(lambda: machine.now), lambda _: None
    )
    assert times.root_ms is None and times.node_ms == pytest.approx([1.0] * 20)
    assert median_ratio(times)[0] == 1.0 and is_reliable(times)


def test_a_cancelled_measurement_ends_before_the_next_pair() -> None:
    machine, pairs = Machine(), list[int]()

    def cancel_at_three(done: int) -> None:
        pairs.append(done)
        if done == 3:
            raise JobCancelled

    passes = machine.make_forward_pass("node", 0.02), machine.make_forward_pass("root", 0.02)
    with pytest.raises(JobCancelled):
        measure_block_times(*passes, Stopwatch(lambda: machine.now), cancel_at_three)
    assert pairs == [0, 1, 2, 3] and machine.log.count("node") == 2 + 3


def test_the_clock_is_read_when_the_device_is_done() -> None:
    calls: list[str] = []

    def clock() -> float:
        calls.append("clock")
        return 0.0

    Stopwatch(clock, lambda: calls.append("synchronize")).read()
    assert calls == ["synchronize", "clock"]
    assert make_stopwatch(torch.device("cpu")).read() > 0


class _Counting(nn.Module):
    """Counts its passes, also those of its copies, in evaluation mode without gradients."""

    passes: list[int] = []  # noqa: RUF012 - shared with the copies

    def forward(self, images: Tensor) -> Tensor:
        assert not self.training and torch.is_inference_mode_enabled()
        self.passes.append(len(images))
        return images


def test_a_pass_runs_a_copy_in_evaluation_mode() -> None:
    network = _Counting()
    make_forward_pass(network, torch.rand(3, 1, 2, 2))()
    assert network.passes == [3] and network.training


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_passes_on_a_gpu_are_waited_for() -> None:
    device = torch.device("cuda", 0)
    images = torch.rand(64, 3, 64, 64, device=device)
    small, large = (nn.Sequential(nn.Conv2d(3, width, 3), nn.Conv2d(width, 8, 3)) for width in (16, 512))
    times = measure_block_times(
        make_forward_pass(large, images), make_forward_pass(small, images), make_stopwatch(device), lambda _: None
    )
    assert median_ratio(times)[0] > 1
