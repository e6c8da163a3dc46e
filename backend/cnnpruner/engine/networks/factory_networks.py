"""Builds a network from a person's own Python factory. Only workers and the command line come here."""

from torch import nn
from torch.nn.utils.weight_norm import WeightNorm

from cnnpruner.data.factory_calls import CHANNELS, SIZES, call_factory
from cnnpruner.errors import UnusableNetwork
from cnnpruner.planning.networks.factories import Factory

CLASSES = ("classes", "num_classes", "n_classes")


def build_user_network(factory: Factory, classes: int | None, channels: int | None, image_size: int) -> nn.Module:
    """What the factory gives; classes, channels and image size are handed to it where it has arguments for them
    (None: left to it).

    Raises UnusableNetwork, with the line that failed, where it cannot be imported or called or gives no nn.Module.
    """
    known = {CLASSES: classes, CHANNELS: channels, SIZES: image_size}
    network = call_factory(factory, known, UnusableNetwork)
    if not isinstance(network, nn.Module):
        raise UnusableNetwork(f"Factory {factory.label} gives a {type(network).__name__}; it must return an nn.Module.")
    _keep_weight_norm_apart(network)
    return network


def _keep_weight_norm_apart(network: nn.Module) -> None:
    """Old weight norm as a parametrization, which computes the same, reads the same checkpoints, and can be copied."""
    for module in network.modules():
        for hook in list(module._forward_pre_hooks.values()):
            if isinstance(hook, WeightNorm):
                nn.utils.remove_weight_norm(module, hook.name)
                nn.utils.parametrizations.weight_norm(module, hook.name, hook.dim)
