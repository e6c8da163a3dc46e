"""Small networks, each with one difficulty for tracing and cutting. All take [N, 3, 16, 16] and answer [N, 10]."""

from collections.abc import Callable

import torch
from torch import nn

from tests.zoo import families, oddities

IMAGE = (3, 16, 16)


def make(name: str, seed: int = 0) -> nn.Module:
    """A network of the zoo with seeded weights and random batch-norm statistics, in evaluation mode."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = ZOO[name]()
        randomise_norms(network)
    return network.eval()


def randomise_norms(network: nn.Module) -> None:
    """Statistics, scales and shifts away from 0 and 1, so that a mistake in cutting them shows."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d | nn.GroupNorm | nn.LayerNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.3)
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.8, 1.2)


ZOO: dict[str, Callable[[], nn.Module]] = {
    "vgg": families.Vgg,
    "resnet_a": lambda: families.ResNet("A"),
    "resnet_b": lambda: families.ResNet("B"),
    "concat": families.Concat,
    "depthwise": families.Depthwise,
    "squeeze_excite": families.SqueezeExcite,
    "group_norm": families.GroupNorm,
    "layer_scale": families.LayerScale,
    "gate": oddities.Gate,
    "chunk": oddities.Chunk,
    "split": oddities.Split,
    "shuffle": families.Shuffle,
    "reused": oddities.Reused,
    "hard_view": oddities.HardView,
    "unused_head": oddities.UnusedHead,
    "upsample": families.Upsample,
    "log_softmax": oddities.LogSoftmax,
    "attention": oddities.Attention,
}

INEXACT = {"group_norm", "layer_scale"}
"""Statistics over channels change with every cut: it must run, and cannot equal its zeroed original."""
