"""What no trace can see is found by a trial cut, frozen, and said so; and what a proof says is true."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.engine.surgery.masks import zero_where_read
from cnnpruner.engine.surgery.probe import freeze_failing_groups, prove_cut
from tests.engine.cuts import difference, noise, random_units, trace
from tests.zoo import IMAGE, ZOO, make
from tests.zoo.layers import conv

PICTURE = torch.zeros(1, *IMAGE)


def test_hard_coded_view_is_frozen_with_its_line_and_the_rest_stays_free() -> None:
    network = make("hard_view")
    traced = trace(network, IMAGE)
    layers = freeze_failing_groups(network, traced, PICTURE)
    reasons = {layer.name: {u.reason for u in layers.units if u.group == layer.group} for layer in layers.layers}
    assert reasons["a"] == reasons["f"] == {None}
    [reason] = reasons["b"]
    assert reason is not None
    assert reason.startswith("the network fails without it, tests/zoo/oddities.py:")
    assert "shape '[-1, 128]' is invalid" in reason
    assert all(unit.free for unit in traced.units[:14])
    assert difference(network, layers, random_units(layers, 0), noise(IMAGE)) <= 1e-4


@pytest.mark.parametrize("name", sorted(set(ZOO) - {"hard_view"}))
def test_what_can_be_cut_stays_free(name: str) -> None:
    network = make(name)
    traced = trace(network, IMAGE)
    assert freeze_failing_groups(network, traced, PICTURE) == traced


class FewerAnswers(nn.Module):
    """Answers for as many images as it has channels: it runs when cut, and answers too few rows."""

    def __init__(self) -> None:
        super().__init__()
        self.b, self.fc = conv(3, 2), nn.Linear(2, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.b(x)).mean((2, 3))
        return self.fc(x)[: x.shape[1]]


def test_cut_that_changes_the_number_of_answers_is_frozen() -> None:
    network = FewerAnswers()
    layers = freeze_failing_groups(network, trace(network, IMAGE), PICTURE)
    assert {u.reason for u in layers.units if u.group == 0} == {
        "without it the network answers [1, 10] instead of [2, 10]"
    }


class HardDeal(nn.Module):
    """Deals channels out in fours, so that a cut brings them into another order without a word."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c, self.fc = conv(3, 16), conv(16, 6), conv(6, 8), nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.a(x))
        n, c, h, w = x.shape
        x = x.view(n, c // 4, 4, h, w).transpose(1, 2).reshape(n, c, h, w)
        return self.fc(F.relu(self.c(F.relu(self.b(x)))).mean((2, 3)))


def test_cut_that_runs_and_differs_is_frozen() -> None:
    torch.manual_seed(0)
    network = HardDeal()
    layers = freeze_failing_groups(network, trace(network, IMAGE), PICTURE)
    assert difference(network, layers, random_units(layers, 0), noise(IMAGE)) <= 1e-4
    assert all(unit.free for unit in layers.units if unit.group in {1, 2})
    [reason] = {unit.reason for unit in layers.units if unit.group == 0}
    assert reason is not None
    assert reason.startswith("removing it is not the same as zeroing it where it is read")


@pytest.mark.parametrize("name", ["resnet_a", "shuffle", "depthwise"])
def test_proof_holds_and_is_random_by_seed(name: str) -> None:
    network = make(name).train()
    layers = trace(network, IMAGE)
    proof = prove_cut(network, layers, noise(IMAGE), seed=1)
    assert proof.equal
    assert proof.max_difference <= 1e-4 * proof.scale
    free = sum(unit.free for unit in layers.units)
    assert len(proof.units) == int(0.3 * free)
    assert prove_cut(network, layers, noise(IMAGE), seed=1) == proof
    assert prove_cut(network, layers, noise(IMAGE), seed=2).units != proof.units
    assert network.training


def test_proof_fails_where_statistics_run_over_channels() -> None:
    network = make("group_norm")
    assert not prove_cut(network, trace(network, IMAGE), noise(IMAGE), seed=0).equal


def test_zeroing_acts_where_it_is_read_and_leaves_the_network_alone() -> None:
    """By hand: fc(mean(b(a(x)))) with unit 1 of a and unit 2 of b away."""
    torch.manual_seed(0)
    network = nn.Sequential(conv(3, 4), conv(4, 5), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 10))
    layers, images = trace(network, IMAGE), noise(IMAGE)
    with torch.no_grad():
        plain = network(images)
        a = network[0](images)
        a[:, 1] = 0
        b = network[1](a)
        b[:, 2] = 0
        wanted = network[4](b.mean((2, 3)))
        with zero_where_read(network, layers, [1, 6]):
            found = network(images)
        assert torch.allclose(found, wanted, atol=1e-6)
        assert torch.equal(network(images), plain)
