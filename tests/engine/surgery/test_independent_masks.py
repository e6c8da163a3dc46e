"""Cut networks of ten families equal the uncut ones under masks that know nothing of the engine's readers.

The removed filters' outputs are replaced by NaN where they are computed. NaN then goes wherever these channels go:
through batch norm, activations, pooling, shuffles, concatenations and gates. Each module that mixes channels reads 0 in
their place, and layer and group norms see the other channels alone. A NaN that reaches the logits fails the test.
"""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.surgery.live_copy import make_noisy_copy, noise_images
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.structure import filters_of_units, remove_units
from tests.engine.cuts import random_units

FAMILIES = {
    "vgg11_bn": 64, "resnet18": 64, "mobilenet_v2": 64, "mobilenet_v3_small": 64, "efficientnet_b0": 64,
    "densenet121": 64, "shufflenet_v2_x0_5": 64, "regnet_y_400mf": 64, "googlenet": 64, "squeezenet1_1": 64,
    "timm:convnext_atto": 64,
}  # fmt: skip
"""Families with the edge of the images."""


def poison_filters(network: nn.Module, filters: dict[str, list[int]]) -> None:
    """Replace the outputs of these filters (by layer name) with NaN."""
    for name, numbers in filters.items():
        module = network.get_submodule(name)
        channel_dim = -1 if isinstance(module, nn.Linear) else 1
        module.register_forward_hook(_poison(channel_dim, torch.tensor(numbers)))


def _poison(channel_dim: int, numbers: Tensor) -> Any:
    def hook(module: nn.Module, args: Any, output: Tensor) -> Tensor:
        return output.index_fill(channel_dim, numbers, float("nan"))

    return hook


def zero_poison_where_read(network: nn.Module) -> None:
    """Let every module that mixes channels read 0 for a channel with a NaN anywhere."""
    for module in network.modules():
        if isinstance(module, nn.Linear):
            module.register_forward_pre_hook(lambda _, args: (_zero_channels(args[0], -1), *args[1:]))
        elif isinstance(module, nn.modules.conv._ConvNd) and not _is_depthwise(module):
            module.register_forward_pre_hook(lambda _, args: (_zero_channels(args[0], 1), *args[1:]))


def _is_depthwise(module: nn.modules.conv._ConvNd) -> bool:
    return module.groups == module.in_channels > 1


def _zero_channels(x: Tensor, channel_dim: int) -> Tensor:
    others = [dim for dim in range(x.ndim) if dim != channel_dim % x.ndim]
    return torch.where(x.isnan().any(dim=others, keepdim=True) if others else x.isnan(), 0.0, x)


def normalise_clean_channels(network: nn.Module) -> None:
    """Let layer and group norms compute on the channels without NaN."""
    for module in network.modules():
        if isinstance(module, nn.LayerNorm | nn.GroupNorm):
            module.forward = _clean_norm(module, module.forward)  # type: ignore[method-assign]


def _clean_norm(module: nn.LayerNorm | nn.GroupNorm, forward: Any) -> Any:
    """`forward` of the norm on clean channels; the norm is rebuilt for them, the others stay NaN."""

    def run(x: Tensor) -> Tensor:
        channel_dim = 1 if isinstance(module, nn.GroupNorm) or type(module).__name__ == "LayerNorm2d" else x.ndim - 1
        others = [dim for dim in range(x.ndim) if dim != channel_dim]
        clean = (~x.isnan().any(dim=others)).nonzero().flatten()
        if len(clean) == x.shape[channel_dim]:
            return forward(x)  # type: ignore[no-any-return]
        result = torch.full_like(x, float("nan"))
        columns = x.index_select(channel_dim, clean).movedim(channel_dim, -1)
        dims = [-1] if isinstance(module, nn.LayerNorm) else list(range(1, x.ndim))
        if isinstance(module, nn.GroupNorm):
            assert module.num_groups == 1
        mean, deviation = columns.mean(dims, keepdim=True), columns.var(dims, unbiased=False, keepdim=True)
        weight, bias = module.weight[clean], module.bias[clean]
        normalised = (columns - mean) / (deviation + module.eps).sqrt() * weight + bias
        return result.index_copy(channel_dim, clean, normalised.movedim(-1, channel_dim))

    return run


@pytest.mark.parametrize("name", FAMILIES)
def test_a_cut_network_equals_masks_made_without_the_engine(name: str) -> None:
    size = FAMILIES[name]
    network = build_network(NetworkSource(name=name), 10, 3, size, seed=0).eval()
    images = noise_images((3, size, size), torch.zeros(1))
    layers = trace_layers(network, images[:1])
    units = random_units(layers, seed=3)
    removed = filters_of_units(layers, units)
    assert sum(map(len, removed.values())) > 0.2 * sum(len(unit.members) for unit in remove_units(layers, []).units)
    live = make_noisy_copy(network, images)
    with torch.no_grad():
        output = cut(live, layers, units)(images)
        poison_filters(live, removed)
        zero_poison_where_read(live)
        normalise_clean_channels(live)
        expected = live(images)
    assert not expected.isnan().any()
    assert (output - expected).abs().max() <= 1e-5 * expected.abs().max()
    assert (expected[0] - expected[1]).abs().max() >= 1e-3 * expected.abs().max()
