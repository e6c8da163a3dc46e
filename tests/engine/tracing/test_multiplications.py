"""MACs of computed weights, attention, products and recurrent cells are counted; what computes its weight is frozen."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnpruner.engine.inspection.inspection import InspectionSubject, inspect_network
from cnnpruner.planning.cost import CostTable
from tests.engine.cuts import difference, noise, random_units, trace
from tests.zoo.multiplications import NETWORKS, SIZE, Plain

IMAGE = (3, SIZE, SIZE)


def build(name: str) -> nn.Module:
    torch.manual_seed(0)
    return NETWORKS[name].make().eval()


@pytest.mark.parametrize("name", NETWORKS)
def test_macs_are_those_worked_out_by_hand(name: str) -> None:
    case = NETWORKS[name]
    layers = trace(build(name), IMAGE)
    assert CostTable(layers).cost([]).macs == case.macs != case.macs_0_1_0
    assert layers.uncounted == []


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in {"weight norm", "spectral norm"}])
def test_what_stays_free_can_be_cut(name: str) -> None:
    network = build(name)
    layers = trace(network, IMAGE)
    units = random_units(layers, seed=0, share=0.5)
    if units:
        assert difference(network, layers, units, noise(IMAGE)) <= 1e-5
    assert CostTable(layers).cost(units).macs <= NETWORKS[name].macs


@pytest.mark.parametrize("name", ["weight norm", "spectral norm"])
def test_a_network_that_computes_all_its_weights_is_inspected_and_frozen_with_the_lines(name: str) -> None:
    """0.1.0 refused it: "No convolution or fully-connected layer was seen to run"."""
    report = inspect_network(InspectionSubject(name, build(name), 10), noise(IMAGE), 0, lambda _, __: None)
    assert [layer.name for layer in report.layers] == ["first", "second", "third", "head"]
    assert report.free_filters == 0 and report.filters == 26
    reasons = [part.reason for part in report.frozen if "computed" in part.reason]
    assert reasons and all("its weight is computed in the forward pass (conv2d at tests/zoo/" in r for r in reasons)
    parameters = sum(parameter.numel() for parameter in build(name).parameters())
    assert report.parameters == parameters == sum(layer.parameters for layer in report.layers)


def test_a_layer_that_computes_its_weight_has_its_own_macs_and_parameters() -> None:
    layers = trace(build("weight standardisation"), IMAGE).layers
    plain = trace(Plain(), IMAGE).layers
    assert [layer.macs for layer in layers] == [layer.macs for layer in plain]
    assert [layer.parameters for layer in layers] == [layer.parameters for layer in plain]


class Spectrum(nn.Module):
    """Filters in the frequency domain."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 8, 3, padding=1), nn.Linear(8, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = self.head(torch.fft.rfft2(F.relu(self.conv(x))).abs().mean((2, 3)))
        return output


def test_multiplications_that_are_not_counted_are_named_in_the_inspection() -> None:
    """0.1.0 left them out without a word."""
    report = inspect_network(InspectionSubject("net", Spectrum().eval(), 10), noise(IMAGE), 0, lambda _, __: None)
    [sentence] = [text for text in report.sentences if text.startswith("The MACs do not include the following: ")]
    assert "_fft_r2c in fft_rfft2 at tests/engine/tracing/test_multiplications.py:" in sentence
    assert len(report.uncounted) == 1
