"""Trial cuts find and freeze what a trace cannot see, and proofs are correct."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.engine.surgery.masks import zero_removed_units
from cnnpruner.engine.surgery.probe import freeze_failing_groups, require_correct_cut, verify_random_cut
from cnnpruner.errors import UnusableNetwork
from tests.engine.cuts import difference, noise, random_units, trace
from tests.zoo import IMAGE, ZOO, make
from tests.zoo.layers import conv

PICTURE = torch.zeros(1, *IMAGE)


def test_hard_coded_view_is_frozen_with_its_line_and_other_layers_stay_free() -> None:
    network = make("hard_view")
    traced = trace(network, IMAGE)
    layers = freeze_failing_groups(network, traced, PICTURE)
    reasons = {layer.name: {u.reason for u in layers.units if u.group == layer.group} for layer in layers.layers}
    assert reasons["a"] == reasons["f"] == {None}
    [reason] = reasons["b"]
    assert reason is not None
    assert reason.startswith("removing it makes the network raise an error at tests/zoo/oddities.py:")
    assert "shape '[-1, 128]' is invalid" in reason
    assert all(unit.free for unit in traced.units[:14])
    assert difference(network, layers, random_units(layers, 0), noise(IMAGE)) <= 1e-4


@pytest.mark.parametrize("name", sorted(set(ZOO) - {"hard_view"}))
def test_units_that_can_be_cut_stay_free(name: str) -> None:
    network = make(name)
    traced = trace(network, IMAGE)
    assert freeze_failing_groups(network, traced, PICTURE) == traced


class FewerRows(nn.Module):
    """Returns as many rows as it has channels: when cut, it runs but returns too few rows."""

    def __init__(self) -> None:
        super().__init__()
        self.b, self.fc = conv(3, 2), nn.Linear(2, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.b(x)).mean((2, 3))
        return self.fc(x)[: x.shape[1]]


def test_cut_that_changes_the_output_shape_is_frozen() -> None:
    network = FewerRows()
    layers = freeze_failing_groups(network, trace(network, IMAGE), PICTURE)
    assert {u.reason for u in layers.units if u.group == 0} == {
        "removing it changes the network's output from [2, 10] to [1, 10]"
    }


class HardCodedShuffle(nn.Module):
    """Shuffles channels in blocks of four, so that a cut silently changes their order."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c, self.fc = conv(3, 16), conv(16, 6), conv(6, 8), nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.a(x))
        n, c, h, w = x.shape
        x = x.view(n, c // 4, 4, h, w).transpose(1, 2).reshape(n, c, h, w)
        return self.fc(F.relu(self.c(F.relu(self.b(x)))).mean((2, 3)))


def test_cut_that_runs_but_gives_another_output_is_frozen() -> None:
    torch.manual_seed(0)
    network = HardCodedShuffle()
    layers = freeze_failing_groups(network, trace(network, IMAGE), PICTURE)
    assert difference(network, layers, random_units(layers, 0), noise(IMAGE)) <= 1e-4
    assert all(unit.free for unit in layers.units if unit.group in {1, 2})
    [reason] = {unit.reason for unit in layers.units if unit.group == 0}
    assert reason is not None
    assert reason.startswith("removing it does not give the same output as zeroing it")


@pytest.mark.parametrize("name", ["resnet_a", "shuffle", "depthwise"])
def test_proof_is_equal_and_depends_on_the_seed(name: str) -> None:
    network = make(name).train()
    layers = trace(network, IMAGE)
    proof = verify_random_cut(network, layers, noise(IMAGE), seed=1)
    assert proof.comparison.result == "equal"
    assert proof.comparison.difference <= 1e-5 * proof.comparison.scale
    assert proof.comparison.spread >= 1e-3 * proof.comparison.scale
    free = sum(unit.free for unit in layers.units)
    assert len(proof.units) == int(0.3 * free)
    assert verify_random_cut(network, layers, noise(IMAGE), seed=1) == proof
    assert verify_random_cut(network, layers, noise(IMAGE), seed=2).units != proof.units
    assert network.training


@pytest.mark.parametrize("name", ["group_norm", "layer_scale"])
def test_norms_over_channels_see_the_kept_channels_alone(name: str) -> None:
    network = make(name)
    assert verify_random_cut(network, trace(network, IMAGE), noise(IMAGE), seed=0).comparison.result == "equal"


def test_nothing_is_proved_if_the_logits_do_not_depend_on_the_image() -> None:
    network = nn.Sequential(conv(3, 8), nn.ReLU(), conv(8, 6), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 10))
    layers = trace(network, IMAGE)
    image = noise(IMAGE, images=1)
    comparison = verify_random_cut(network, layers, torch.cat([image, image]), seed=0).comparison
    assert comparison.spread < 1e-5 * comparison.scale
    assert comparison.result == "unproved"


class Dealt(HardCodedShuffle):
    """Like HardCodedShuffle, with a norm over channels before its head."""

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.a(x))
        n, c, h, w = x.shape
        x = x.view(n, c // 4, 4, h, w).transpose(1, 2).reshape(n, c, h, w)
        x = F.relu(self.c(F.relu(self.b(x))))
        x = self.norm(x).mean((2, 3)) if isinstance(self.norm, nn.GroupNorm) else self.norm(x.mean((2, 3)))
        return self.fc(x)


@pytest.mark.parametrize(
    ("norm", "free_units"),
    [
        (nn.LayerNorm(8), [0, 6, 8, 0]),
        (nn.GroupNorm(2, 8), [0, 6, 4, 0]),
        (nn.GroupNorm(1, 8), [0, 6, 8, 0]),
        (nn.RMSNorm(8), [0, 6, 8, 0]),
    ],
    ids=["layer", "two groups", "one group", "rms"],
)
def test_a_norm_over_channels_does_not_switch_the_check_off(norm: nn.Module, free_units: list[int]) -> None:
    """0.1.0 left four units of layer `a` free with the first three norms: a cut moved the logits by 23 to 80% of the
    largest. It froze all layers before an RMS norm.
    """
    torch.manual_seed(0)
    network = Dealt(norm)
    layers = freeze_failing_groups(network, trace(network, IMAGE), PICTURE)
    free = [sum(unit.free and unit.group == group.index for unit in layers.units) for group in layers.groups]
    assert free == free_units
    assert difference(network, layers, random_units(layers, 0), noise(IMAGE)) <= 1e-5


def test_a_cut_that_is_not_equal_to_zeroing_is_refused() -> None:
    """As for a control in a tree of 0.1.0, whose structure has units that should be frozen."""
    torch.manual_seed(0)
    network = Dealt(nn.LayerNorm(8))
    layers = trace(network, IMAGE)
    require_correct_cut(network, layers, [unit.id for unit in layers.units if unit.group == 1][:2])
    with pytest.raises(UnusableNetwork, match="does not give the same output as zeroing them"):
        require_correct_cut(network, layers, [0])


class Asserting(FewerRows):
    """Fails without a message when its layer is cut."""

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.b(x)).mean((2, 3))
        if x.shape[1] != 2:
            raise AssertionError
        return self.fc(x)


def test_an_error_without_a_message_is_named_by_its_class() -> None:
    layers = freeze_failing_groups(Asserting(), trace(Asserting(), IMAGE), PICTURE)
    [reason] = {unit.reason for unit in layers.units if unit.group == 0}
    assert reason is not None and reason.endswith("AssertionError")


def test_zeroing_equals_the_computation_by_hand_and_does_not_change_the_network() -> None:
    """By hand: fc(mean(b(a(x)))) without unit 1 of a and unit 2 of b."""
    torch.manual_seed(0)
    network = nn.Sequential(conv(3, 4), conv(4, 5), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 10))
    layers, images = trace(network, IMAGE), noise(IMAGE)
    with torch.no_grad():
        original = network(images)
        a = network[0](images)
        a[:, 1] = 0
        b = network[1](a)
        b[:, 2] = 0
        expected = network[4](b.mean((2, 3)))
        with zero_removed_units(network, layers, [1, 6]):
            output = network(images)
        assert torch.allclose(output, expected, atol=1e-6)
        assert torch.equal(network(images), original)
