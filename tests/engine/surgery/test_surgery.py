"""A cut network equals its original with the units zeroed, and has the predicted cost."""

import copy
from pathlib import Path

import pytest
import torch
import torchvision
from torch import nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.surgery.surgery import build_cut_network, cut
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.structure import filters_of_units, find_removed_units, remove_units, units_of_filters
from tests.engine.cuts import difference, noise, random_units, saved_size, trace
from tests.zoo import IMAGE, INEXACT, ZOO, make, randomise_norms

BUILT = {
    "small_vgg": ({}, 32),
    "vgg16_bn": ({}, 32),
    "resnet20": ({"shortcut": "A"}, 32),
    "resnet56": ({"shortcut": "B"}, 32),
    "resnet18": ({}, 64),
    "vgg11_bn": ({}, 32),
    "mobilenet_v2": ({}, 64),
}
EXACT = sorted(set(ZOO) - INEXACT - {"hard_view"})


def built(name: str) -> tuple[nn.Module, tuple[int, int, int]]:
    """One of our networks with random batch norm statistics."""
    options, size = BUILT[name]
    source = NetworkSource.model_validate({"name": name, "options": options})
    network = build_network(source, 10, 3, size, seed=0)
    torch.manual_seed(0)
    randomise_norms(network)
    return network.eval(), (3, size, size)


def of_torchvision(name: str) -> nn.Module:
    torch.manual_seed(0)
    network: nn.Module = getattr(torchvision.models, name)(weights=None, num_classes=10)
    randomise_norms(network)
    return network.eval()


def check(network: nn.Module, image: tuple[int, int, int], folder: Path) -> None:
    """Three random cuts equal the zeroed original, and have exactly the predicted cost."""
    layers = trace(network, image)
    for seed in range(3):
        units = random_units(layers, seed)
        assert units
        assert difference(network, layers, units, noise(image)) <= 1e-4
    check_cost(network, layers, [], image, folder)
    check_cost(cut(network, layers, units), layers, units, image, folder)


def check_cost(child: nn.Module, layers: Layers, units: list[int], image: tuple[int, int, int], folder: Path) -> None:
    """The cost predicted from `layers` for removing `units` equals that of `child`, traced and saved."""
    cost, structure, traced = CostTable(layers).cost(units), remove_units(layers, units), trace(child, image)
    assert cost == CostTable(structure).cost([])
    assert cost.parameters == sum(parameter.numel() for parameter in child.parameters())
    assert cost.size_bytes == saved_size(child, folder)
    without_layer = sum(operation.macs for operation in traced.operations if operation.layer is None)
    assert cost.macs == sum(layer.macs for layer in traced.layers) + without_layer
    assert cost.filters == sum(layer.filters for layer in traced.layers if not layer.output)
    fields = ("name", "filters", "height", "width", "parameters", "macs", "output")
    for predicted, actual in zip(structure.layers, traced.layers, strict=True):
        assert predicted.model_dump(include=set(fields)) == actual.model_dump(include=set(fields))
    assert [tensor.shape for tensor in structure.tensors] == [
        list(value.shape) for value in child.state_dict().values()
    ]


@pytest.mark.parametrize("name", EXACT)
def test_cut_of_the_zoo_equals_zeroing(name: str, tmp_path: Path) -> None:
    check(make(name), IMAGE, tmp_path)


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n == "vgg11_bn" else n for n in BUILT])
def test_cut_of_our_networks_equals_zeroing(name: str, tmp_path: Path) -> None:
    check(*built(name), tmp_path)


def test_cut_of_shufflenet_equals_zeroing(tmp_path: Path) -> None:
    check(of_torchvision("shufflenet_v2_x0_5"), (3, 64, 64), tmp_path)


@pytest.mark.slow
def test_cut_of_densenet_equals_zeroing(tmp_path: Path) -> None:
    check(of_torchvision("densenet121"), (3, 64, 64), tmp_path)


@pytest.mark.parametrize("name", sorted(INEXACT))
def test_network_with_statistics_over_channels_runs_after_a_cut(name: str, tmp_path: Path) -> None:
    network = make(name)
    layers = trace(network, IMAGE)
    units = random_units(layers, 0)
    child = cut(network, layers, units)
    assert child(noise(IMAGE)).shape == (2, 10)
    check_cost(child, layers, units, IMAGE, tmp_path)


def test_size_attributes_of_modules_are_updated() -> None:
    network = make("depthwise")
    layers = trace(network, IMAGE)
    units = units_of_filters(layers, {"wide.0": [3], "stem.0": [0, 1]})
    child = cut(network, layers, units)
    assert sizes(child, "depth.0", "groups", "in_channels", "out_channels") == [15, 15, 15]
    assert sizes(child, "twice.0", "groups", "in_channels", "out_channels") == [6, 6, 12]
    assert sizes(child, "wide.1", "num_features") == [15]
    assert sizes(child, "fc", "in_features", "out_features") == [12, 10]
    assert sizes(cut_of("gate", {"b": [2, 3]}), "prelu", "num_parameters") == [10]
    assert sizes(cut_of("group_norm", {"a": [3]}), "norm", "num_channels", "num_groups") == [12, 4]
    assert sizes(cut_of("layer_scale", {"a": [3]}), "norm", "normalized_shape") == [(7,)]
    assert sizes(cut_of("upsample", {"up": [3], "b.0": [1]}), "up", "in_channels", "out_channels") == [7, 4]
    assert sizes(cut_of("shuffle", {"a": [3]}), "g", "in_channels", "groups") == [12, 4]


def cut_of(name: str, filters: dict[str, list[int]]) -> nn.Module:
    network = make(name)
    layers = trace(network, IMAGE)
    return cut(network, layers, units_of_filters(layers, filters))


def sizes(network: nn.Module, name: str, *attributes: str) -> list[object]:
    return [getattr(network.get_submodule(name), attribute) for attribute in attributes]


def test_parent_is_not_changed() -> None:
    network = make("resnet_a").train()
    before = copy.deepcopy(network)
    layers = trace(network, IMAGE)
    child = cut(network, layers, random_units(layers, 0))
    for name, value in child.state_dict().items():  # memory is not shared either
        value.fill_(7)
        assert torch.equal(network.state_dict()[name], before.state_dict()[name])
    assert str(network) == str(before)
    assert child.training


def test_frozen_parameters_stay_frozen() -> None:
    network = make("vgg")
    network.get_submodule("features").requires_grad_(False)
    layers = trace(network, IMAGE)
    child = cut(network, layers, random_units(layers, 0))
    assert {name: p.requires_grad for name, p in child.named_parameters()} == {
        name: p.requires_grad for name, p in network.named_parameters()
    }


@pytest.mark.parametrize("name", ["resnet_a", "shuffle", "depthwise", "concat"])
def test_pruned_network_is_cut_by_original_numbers(name: str) -> None:
    network = make(name)
    root = trace(network, IMAGE)
    first = random_units(root, 0)
    child, structure = cut(network, root, first), remove_units(root, first)
    second = random_units(structure, 1)
    assert not set(first) & set(second)
    assert difference(child, structure, second, noise(IMAGE)) <= 1e-4
    grandchild, final = cut(child, structure, second), remove_units(structure, second)
    at_once = cut(network, root, [*first, *second])
    assert all(torch.equal(a, b) for a, b in zip(grandchild.parameters(), at_once.parameters(), strict=True))
    assert final == remove_units(root, [*first, *second])
    assert find_removed_units(root, final) == sorted([*first, *second])
    rebuilt = build_cut_network(make(name, seed=1), root, final)
    rebuilt.load_state_dict(grandchild.state_dict())
    assert torch.equal(rebuilt(noise(IMAGE)), grandchild(noise(IMAGE)))


def test_layer_is_never_emptied() -> None:
    network = make("vgg")
    layers = trace(network, IMAGE)
    all_units = units_of_filters(layers, {"features.0.0": range(8)})
    with pytest.raises(InvalidInput, match=r"Layer features\.0\.0 would lose all its filters; keep at least one"):
        cut(network, layers, all_units)
    assert cut(network, layers, all_units[1:])(noise(IMAGE)).shape == (2, 10)


def test_frozen_and_removed_units_are_refused() -> None:
    network = make("vgg")
    layers = trace(network, IMAGE)
    with pytest.raises(
        InvalidInput, match=r"Filter 0 of layer classifier\.3 cannot be removed: its outputs are the 10"
    ):
        cut(network, layers, [layers.units[-10].id])
    with pytest.raises(InvalidInput, match="Unit 3 is not in this network"):
        cut(cut(network, layers, [3]), remove_units(layers, [3]), [3])


def test_filters_of_a_unit_include_coupled_ones() -> None:
    layers = trace(make("depthwise"), IMAGE)
    units = units_of_filters(layers, {"twice.0": [7]})
    assert filters_of_units(layers, units) == {"stem.0": [3], "narrow.0": [3], "twice.0": [6, 7]}
    child = remove_units(layers, units)
    assert child.layers[0].numbers == [0, 1, 2, 4, 5, 6, 7]
    with pytest.raises(InvalidInput, match=r"Filter 3 of layer stem\.0 has already been removed"):
        units_of_filters(child, {"stem.0": [3]})
    with pytest.raises(
        InvalidInput, match=r"Filter 8 of layer stem\.0 does not exist; the filters of this layer are 0 to 7"
    ):
        units_of_filters(child, {"stem.0": [8]})
    with pytest.raises(InvalidInput, match="There is no layer stem in this network"):
        units_of_filters(child, {"stem": [0]})
