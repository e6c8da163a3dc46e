"""Controls leave every layer as wide as their reference cut."""

import pytest
import torch
from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.rules import PercentRule
from cnnpruner.engine.surgery.controls import choose_lowest_l1_units, choose_random_units, compute_l1_norms
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.structure import remove_units
from tests.planning.plan_fixtures import make_scores
from tests.zoo import IMAGE, make

NETWORKS = ("vgg", "resnet_a", "concat", "depthwise", "shuffle")


def widths(layers: Layers) -> list[int]:
    return [layer.filters for layer in layers.layers]


@pytest.mark.parametrize("name", NETWORKS)
def test_random_and_l1_controls_have_the_same_widths_but_other_filters(name: str) -> None:
    network = make(name)
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    reference = draft_plan(layers, PercentRule(percent=40), make_scores(layers, 3)).units
    expected = widths(remove_units(layers, reference))
    for units in (choose_random_units(layers, reference, 1), choose_lowest_l1_units(network, layers, reference)):
        assert widths(remove_units(layers, units)) == expected
        assert units != sorted(reference)
    assert (
        choose_random_units(layers, reference, 1)
        == choose_random_units(layers, reference, 1)
        != choose_random_units(layers, reference, 2)
    )


def test_l1_control_removes_the_smallest_filters_of_each_layer_of_a_pruned_network() -> None:
    network = make("vgg")
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    first = draft_plan(layers, PercentRule(percent=20), make_scores(layers, 3)).units
    network, layers = cut(network, layers, first), remove_units(layers, first)
    reference = draft_plan(layers, PercentRule(percent=30), make_scores(layers, 4)).units
    units, norms = set(choose_lowest_l1_units(network, layers, reference)), compute_l1_norms(network, layers)
    for layer in layers.layers:
        weight = network.get_parameter(f"{layer.name}.weight").detach()
        by_hand = [float(filter_.abs().sum()) for filter_ in weight]
        layer_units = [unit for unit in layers.units if unit.members[0][0] == layer.index]
        assert sorted(norms[unit.id] for unit in layer_units) == pytest.approx(sorted(by_hand), rel=1e-5)
        removed = [norms[unit.id] for unit in layer_units if unit.id in units]
        kept = [norms[unit.id] for unit in layer_units if unit.id not in units and unit.free]
        if removed and kept:
            assert max(removed) <= min(kept)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("filters", [4, 6])
def test_l1_control_removes_the_smallest_filters_of_a_transposed_convolution(filters: int, groups: int) -> None:
    """Its weight is [C, F, H, W]; with groups its filters are never free."""
    up = nn.ConvTranspose2d(4, filters, 2, stride=2, groups=groups)
    head = nn.Sequential(nn.Conv2d(filters, 5, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 10))
    network = nn.Sequential(nn.Conv2d(3, 4, 1), up, nn.ReLU(), head).eval()
    with torch.no_grad():
        up.weight.copy_(up.weight.sign() * torch.arange(1, 1 + up.weight.shape[1]).view(1, -1, 1, 1))
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    norms = compute_l1_norms(network, layers)
    free = [unit for unit in layers.units if unit.free and layers.layers[unit.members[0][0]].name == "1"]
    assert [norms[unit.id] for unit in free] == [4 * 4.0 * number for number in range(1, 1 + len(free))]
    assert len(free) == (filters if groups == 1 else 0)
    reference = [unit.id for unit in free[2:4]]
    assert choose_lowest_l1_units(network, layers, reference) == [unit.id for unit in free[:2]]
