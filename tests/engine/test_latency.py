"""Latency is measured, not guessed."""

import time

import torch
from torch import Tensor, nn

from cnnpruner.engine.latency import measure_latency


class _Slow(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        time.sleep(0.002 * len(images))
        return images


def test_median_follows_the_time_a_pass_takes() -> None:
    network = _Slow()
    found = measure_latency(network, (1, 2, 2), (1, 4), torch.device("cpu"))
    assert [latency.batch for latency in found] == [1, 4]
    assert 2 <= found[0].median_ms < 8 <= found[1].median_ms < 40
    assert found[0].device
    assert network.training
