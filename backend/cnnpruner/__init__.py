"""CNNPruner: prune a convolutional network interactively, with every version kept in a tree."""

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
    """The pruned network of a safetensors export: archive or unpacked folder; without server and without pickle.

    On the CPU, in evaluation mode; `network.about` has classes, mean, std and all else that is known of it. A network
    of the user's own is built by `factory` (a function, or "package.module:function(width=32)"), or by the recorded
    one where `trust_factory`, which imports the code that the export names. Raises `errors.CNNPrunerError` with a
    sentence for what is damaged, cut short, or no export.
    """
    from pathlib import Path

    from cnnpruner.formats.exports import loader  # torch, which takes seconds to import

    return loader.load(Path(path), loader.choose_build(factory, trust_factory))


def __getattr__(name: str) -> object:
    """`cnnpruner.Client`, imported where it is asked for: servers and workers do without."""
    if name != "Client":
        raise AttributeError(f"module 'cnnpruner' has no attribute {name!r}")
    from cnnpruner.client.client import Client

    return Client
