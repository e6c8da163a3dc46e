"""Every network in the catalogue has the size given in the literature."""

import subprocess
import sys

import pytest
import torch
import torchvision
from torch import nn

from cnnpruner.domain.tree.experiments import NetworkName, NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.errors import UnusableNetwork
from cnnpruner.planning.networks.catalogue import NETWORKS, network_choices, torchvision_name
from cnnpruner.planning.networks.timm_names import timm_names
from cnnpruner.planning.networks.torchvision_names import TORCHVISION_NETWORKS


def _filters(network: nn.Module) -> int:
    return sum(module.out_channels for module in network.modules() if isinstance(module, nn.Conv2d))


@pytest.mark.parametrize(
    ("name", "options", "filters", "parameters"),
    [
        ("small_vgg", {}, 448, 304_682),
        ("vgg16_bn", {}, 4_224, 14_724_042),
        ("resnet20", {}, 688, 269_722),
        ("resnet20", {"shortcut": "B"}, 784, 272_474),
        ("resnet56", {}, 2_032, 853_018),
        ("resnet18", {}, 4_800, 11_181_642),
        ("vgg11_bn", {}, 2_752, 128_812_810),
        ("mobilenet_v2", {}, 17_056, 2_236_682),
    ],
)
def test_network_has_the_published_size(
    name: NetworkName, options: dict[str, str], filters: int, parameters: int
) -> None:
    channels, size = (1, 8) if name == "small_vgg" else (3, 32)
    network = build_network(NetworkSource(name=name, options=options), 10, channels, size, seed=0).eval()
    assert _filters(network) == filters
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters
    assert network(torch.zeros(2, channels, size, size)).shape == (2, 10)


def test_weights_depend_on_the_seed_alone_and_the_global_generator_is_not_used() -> None:
    source = NetworkSource(name="small_vgg")
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    first = build_network(source, 10, 1, 8, seed=3).state_dict()
    assert torch.equal(torch.rand(1), expected)
    again, other = (build_network(source, 10, 1, 8, seed=seed).state_dict() for seed in (3, 4))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["features.0.weight"], other["features.0.weight"])


def test_images_too_small_are_refused_with_the_smallest_size() -> None:
    with pytest.raises(UnusableNetwork, match=r"8×8 are too small for vgg16_bn, which needs at least 32×32"):
        build_network(NetworkSource(name="vgg16_bn"), 10, 1, 8, seed=0)


SMALLEST_OF_FAMILY = {entry.title.partition(":")[0]: name for name, entry in reversed(NETWORKS.items())}
"""The first network of every family; the others differ only in width and depth."""


@pytest.mark.parametrize("name", SMALLEST_OF_FAMILY.values())
def test_every_family_runs_at_its_smallest_image_size(name: NetworkName) -> None:
    entry = NETWORKS[name]
    network = build_network(NetworkSource(name=name), 4, entry.channels or 1, entry.min_image_edge, seed=0)
    assert network(torch.zeros(2, entry.channels or 1, entry.min_image_edge, entry.min_image_edge)).shape == (2, 4)


def test_the_catalogue_lists_exactly_the_classifiers_of_torchvision() -> None:
    expected = torchvision.models.list_models(module=torchvision.models)
    assert sorted(TORCHVISION_NETWORKS) == sorted(expected)
    assert all(torchvision_name(f"torchvision:{name}") == name for name in expected)
    assert torchvision_name("vgg16_bn") is None and torchvision_name("torchvision:small_vgg") is None
    ours = build_network(NetworkSource(name="vgg16_bn"), 4, 3, 32, seed=0)
    other = build_network(NetworkSource(name="torchvision:vgg16_bn"), 4, 3, 32, seed=0)
    assert len(list(ours.parameters())) < len(list(other.parameters()))


def test_invalid_image_sizes_are_refused_with_the_next_valid_size() -> None:
    with pytest.raises(UnusableNetwork, match="multiple of 16, not 40×40: set image_size to 48"):
        build_network(NetworkSource(name="vit_b_16"), 4, 3, 40, seed=0)
    assert NETWORKS["vit_b_16"].round_up_image_size(33) == 48 and NETWORKS["resnet18"].round_up_image_size(33) == 33


def test_unknown_name_is_refused_with_similar_names() -> None:
    with pytest.raises(UnusableNetwork, match=r"no network 'resnet19'.*did you mean resnet18.*--network resnet19="):
        build_network(NetworkSource(name="resnet19"), 10, 3, 32, seed=0)


def test_names_of_timm_are_listed_without_importing_torch() -> None:
    timm = pytest.importorskip("timm")
    assert list(timm_names()) == sorted(timm.list_models())
    program = (
        "from cnnpruner.planning.networks.timm_names import timm_names; import sys; timm_names(); print(*sys.modules)"
    )
    imported = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "cnnpruner.planning.networks.timm_names" in imported and not {"torch", "timm"} & set(imported)


def test_timm_networks_have_our_classes_and_channels() -> None:
    pytest.importorskip("timm")
    network = build_network(NetworkSource(name="timm:resnet10t"), 7, 1, 32, seed=0).eval()
    assert network(torch.zeros(2, 1, 32, 32)).shape == (2, 7)
    with pytest.raises(UnusableNetwork, match=r"timm has no network resnet10x; did you mean .*resnet10t"):
        build_network(NetworkSource(name="timm:resnet10x"), 7, 3, 32, seed=0)


def test_unknown_options_and_values_are_refused_by_name() -> None:
    with pytest.raises(UnusableNetwork, match="no option “depth”; its options are: shortcut"):
        build_network(NetworkSource(name="resnet20", options={"depth": 3}), 10, 3, 32, seed=0)
    with pytest.raises(UnusableNetwork, match="must be A or B, not 'C'"):
        build_network(NetworkSource(name="resnet20", options={"shortcut": "C"}), 10, 3, 32, seed=0)


def test_choices_list_the_default_option_first() -> None:
    choices = {choice.name: choice for choice in network_choices()}
    assert choices["resnet20"].options == {"shortcut": ["A", "B"]}
    assert choices["vgg16_bn"].image_sizes == "32×32 and larger"
