"""CNNPruner: prune a convolutional network interactively. Every version of the network is stored in a tree."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from torch import nn

    from cnnpruner.client.client import Client

__all__ = ["Client", "load"]

__version__ = "0.2.0"


def load(
    path: "str | PathLike[str]",
    *,
    factory: "Callable[[], nn.Module] | str | None" = None,
    trust_factory: bool = False,
) -> "nn.Module":
    """Loads the network from a safetensors export (the archive or its unpacked folder) without a server and without
    pickle.

    Returns the network on the CPU in evaluation mode; `network.about` holds its classes, mean, std and other metadata.
    To load a user-defined network, pass `factory`: a function that builds it, or a string such as
    "package.module:function(width=32)". If `trust_factory` is true, the factory that the export names is imported and
    used. Raises `errors.CNNPrunerError` if the file is damaged, truncated, or not an export.
    """
    from pathlib import Path

    from cnnpruner.formats.exports import loader  # imports torch, which takes seconds

    return loader.load(Path(path), loader.choose_network_builder(factory, trust_factory))


def __getattr__(name: str) -> object:
    """Imports `cnnpruner.Client` only on first use, because servers and workers do not need it."""
    if name != "Client":
        raise AttributeError(f"module 'cnnpruner' has no attribute {name!r}")
    from cnnpruner.client.client import Client

    return Client
