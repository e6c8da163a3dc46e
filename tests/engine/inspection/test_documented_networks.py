"""On every network of docs/networks.md: right cuts are equal, wrong cuts are seen, and the MACs are those of torch.

0.1.0 called 17 of 68 wrong cuts equal, and counted 0.05 to 97% of the MACs of networks with attention, computed
weights or matrix products.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from cnnpruner.cli.inspect_network import ALL_EXAMPLE_NETWORKS, DEFAULT_SIZE_BY_NETWORK
from cnnpruner.domain.plans.layers import Layers, Reader
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.surgery import comparison
from cnnpruner.engine.surgery.live_copy import make_noisy_copy, noise_images
from cnnpruner.engine.surgery.probe import freeze_failing_groups
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.cost import CostTable
from tests.engine.cuts import random_units

SMALL_IMAGE_SIZE = 96
FIXED_SIZES = {
    **DEFAULT_SIZE_BY_NETWORK,
    **{f"timm:{name}": 224 for name in ("botnet26t_256", "efficientformer_l1", "efficientvit_m0")},
    **{f"timm:{name}": 224 for name in ("swin_tiny_patch4_window7_224", "coatnet_nano_rw_224")},
}
"""Networks that accept few sizes, with one of them. The others are tested on small images."""


@dataclass(frozen=True)
class Traced:
    """A network, its structure after trial cuts, a noisy copy, and the images to compare on."""

    network: nn.Module
    layers: Layers
    live: nn.Module
    images: Tensor


@pytest.fixture(scope="module", params=ALL_EXAMPLE_NETWORKS)
def traced(request: pytest.FixtureRequest) -> Iterator[Traced]:
    name = request.param
    size = FIXED_SIZES.get(name, SMALL_IMAGE_SIZE)
    network = build_network(NetworkSource(name=name), 10, 3, size, seed=0).eval().requires_grad_(False)
    images = noise_images((3, size, size), torch.zeros(1))
    layers = freeze_failing_groups(network, trace_layers(network, images[:1]), images)
    yield Traced(network, layers, make_noisy_copy(network, images), images)


def test_a_right_cut_is_equal(traced: Traced) -> None:
    units = random_units(traced.layers, seed=1)
    result = comparison.compare_cut(traced.live, traced.layers, units, traced.images)
    assert result.result == "equal"


def test_a_cut_whose_kept_inputs_are_rolled_is_seen(traced: Traced, monkeypatch: pytest.MonkeyPatch) -> None:
    units = random_units(traced.layers, seed=1)
    readers = [reader for reader in traced.layers.readers if loses_some(traced.layers, reader, units)]
    if not readers:
        pytest.skip("no cut changes the input of a layer")
    reader = random.Random(0).choice(readers)
    monkeypatch.setattr(comparison, "cut", rolling_cut(traced.layers, reader))
    result = comparison.compare_cut(traced.live, traced.layers, units, traced.images)
    assert result.result == "differs"


def loses_some(layers: Layers, reader: Reader, units: list[int]) -> bool:
    """Whether a reader loses inputs and keeps several different ones."""
    inputs = layers.dim_units[reader.inputs]
    return len(set(inputs) - set(units)) > 1 and bool(set(inputs) & set(units))


def rolling_cut(layers: Layers, reader: Reader) -> Any:
    """A faulty surgery, which rolls the kept inputs of one reader by one."""
    name = layers.tensors[reader.tensor].name

    def wrong_cut(*arguments: Any) -> nn.Module:
        child = cut(*arguments)
        weight = child.get_parameter(name)
        module = child.get_submodule(name.rpartition(".")[0])
        weight.data = weight.data.roll(1, 0 if getattr(module, "transposed", False) else 1)
        return child

    return wrong_cut


def test_macs_are_half_of_the_flops_that_torch_counts(traced: Traced) -> None:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        traced.network(traced.images[:1])
    macs = CostTable(traced.layers).cost([]).macs
    assert macs == pytest.approx(counter.get_total_flops() / 2, rel=0.01)
    assert traced.layers.uncounted == []
