"""Builds a network from a user-defined Python factory. Only workers and the command line import this module."""

from torch import nn
from torch.nn.utils.weight_norm import WeightNorm

from cnnpruner.data.factory_calls import CHANNEL_ARGUMENT_NAMES, SIZE_ARGUMENT_NAMES, call_factory
from cnnpruner.errors import UnusableNetwork
from cnnpruner.planning.networks.factories import Factory

CLASS_COUNT_ARGUMENT_NAMES = ("classes", "num_classes", "n_classes")


def build_user_network(factory: Factory, classes: int | None, channels: int | None, image_size: int) -> nn.Module:
    """Call the factory. Classes, channels and image size are passed unless they are None or the factory has no such
    argument.

    Raises UnusableNetwork if the factory cannot be imported or called, or does not return an nn.Module. The message
    names the line that failed.
    """
    arguments = {CLASS_COUNT_ARGUMENT_NAMES: classes, CHANNEL_ARGUMENT_NAMES: channels, SIZE_ARGUMENT_NAMES: image_size}
    network = call_factory(factory, arguments, UnusableNetwork)
    if not isinstance(network, nn.Module):
        raise UnusableNetwork(
            f"Factory {factory.label} returns an object of type {type(network).__name__}; it must return an nn.Module."
        )
    _modernise_weight_norm(network)
    return network


def _modernise_weight_norm(network: nn.Module) -> None:
    """Replace torch's old weight norm with its parametrization, which can be copied and can load the same
    checkpoints.
    """
    for module in network.modules():
        for weight_norm_hook in list(module._forward_pre_hooks.values()):
            if isinstance(weight_norm_hook, WeightNorm):
                nn.utils.remove_weight_norm(module, weight_norm_hook.name)
                nn.utils.parametrizations.weight_norm(module, weight_norm_hook.name, weight_norm_hook.dim)
