"""Latency is measured, not guessed."""

from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.utils import benchmark

from cnnpruner.engine.latency import measure_latency


class _Slow(nn.Module):
    """Takes 2 ms an image, by a clock of its own."""

    now = 0.0

    def forward(self, images: Tensor) -> Tensor:
        _Slow.now += 0.002 * len(images)
        return images


def test_median_follows_the_time_a_pass_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "Timer", partial(benchmark.Timer, timer=lambda: _Slow.now))
    network = _Slow()
    found = measure_latency(network, (1, 2, 2), (1, 4), torch.device("cpu"))
    assert [latency.batch for latency in found] == [1, 4]
    assert [latency.median_ms for latency in found] == pytest.approx([2, 8])
    assert found[0].device
    assert network.training
