"""Builds a network from a person's own Python factory. Only workers and the command line come here."""

from torch import nn

from cnnpruner.engine.networks.calling import CHANNELS, SIZES, call_factory
from cnnpruner.engine.networks.factories import Factory
from cnnpruner.errors import UnusableNetwork

CLASSES = ("classes", "num_classes", "n_classes")


def build_foreign(factory: Factory, classes: int | None, channels: int | None, image_size: int) -> nn.Module:
    """What the factory gives; classes, channels and image size are handed to it where it has arguments for them
    (None: left to it).

    Raises UnusableNetwork, with the line that failed, where it cannot be imported or called or gives no nn.Module.
    """
    known = {CLASSES: classes, CHANNELS: channels, SIZES: image_size}
    network = call_factory(factory, known, UnusableNetwork)
    if not isinstance(network, nn.Module):
        raise UnusableNetwork(f"Factory {factory.label} gives a {type(network).__name__}; it must return an nn.Module.")
    return network
