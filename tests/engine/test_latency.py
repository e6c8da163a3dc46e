"""Latency is measured."""

from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.utils import benchmark

from cnnpruner.engine.latency import measure_latency


class _Slow(nn.Module):
    """Takes 2 ms per image on a simulated clock."""

    now = 0.0

    def forward(self, images: Tensor) -> Tensor:
        _Slow.now += 0.002 * len(images)
        return images


def test_median_equals_the_time_of_a_forward_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "Timer", partial(benchmark.Timer, timer=lambda: _Slow.now))
    network = _Slow()
    latencies = measure_latency(network, (1, 2, 2), (1, 4), torch.device("cpu"))
    assert [latency.batch for latency in latencies] == [1, 4]
    assert [latency.median_ms for latency in latencies] == pytest.approx([2, 8])
    assert latencies[0].device
    assert network.training
