"""Coupled filters compared with Torch-Pruning 1.6.1, on networks that it supports."""

import random
import warnings

import pytest
import torch
import torchvision
from torch import nn

from tests.engine.cuts import trace

IMAGE = (3, 64, 64)


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2"])
def test_coupled_filters_equal_those_of_torch_pruning(name: str) -> None:
    pruning = pytest.importorskip("torch_pruning")
    network: nn.Module = getattr(torchvision.models, name)(weights=None, num_classes=10).eval()
    names = {module: path for path, module in network.named_modules()}
    layers = trace(network, IMAGE)
    graph = pruning.DependencyGraph().build_dependency(network, example_inputs=torch.zeros(1, *IMAGE))
    for layer in random.Random(0).sample(layers.layers[:-1], 12):
        number = layer.filters // 3
        module = network.get_submodule(layer.name)
        remove = (
            pruning.prune_depthwise_conv_out_channels if layer.kind == "depthwise" else pruning.prune_conv_out_channels
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            group = graph.get_pruning_group(module, remove, idxs=[number])
        expected = {
            (names[dependency.target.module], index)
            for dependency, indices in group
            if isinstance(dependency.target.module, nn.Conv2d | nn.Linear)
            and (graph.is_out_channel_pruning_fn(dependency.handler) or dependency.target.module in _depthwise(network))
            for index in indices
        }
        unit = next(unit for unit in layers.units if (layer.index, number) in unit.members)
        assert {(layers.layers[at].name, index) for at, index in unit.members} == expected


def _depthwise(network: nn.Module) -> set[nn.Module]:
    return {module for module in network.modules() if isinstance(module, nn.Conv2d) and module.groups > 1}
