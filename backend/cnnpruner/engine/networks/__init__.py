"""Networks by name. Importing this package does not import torch."""

from typing import TYPE_CHECKING

from cnnpruner.domain.experiments import NetworkSource

if TYPE_CHECKING:
    from torch import nn

__all__ = ["build_network"]


def build_network(source: NetworkSource, classes: int, channels: int, image_size: int, seed: int) -> "nn.Module":
    """A fresh network with seeded weights; see `building.build_network`. Imports torch only when called."""
    from cnnpruner.engine.networks import building

    return building.build_network(source, classes, channels, image_size, seed)
