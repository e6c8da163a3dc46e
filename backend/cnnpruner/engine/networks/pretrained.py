"""Weights that torchvision and timm publish for their networks: found, downloaded once, fitted to our classes."""

import hashlib
import logging
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from cnnpruner.data.sets.download import fetch
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.weights import read_checkpoint
from cnnpruner.errors import UnreadableWeights, UnusableData, UnusableNetwork
from cnnpruner.planning.networks.catalogue import TIMM_PREFIX, torchvision_name

AUXILIARY = ("aux", "AuxLogits")
"""How torchvision's heads begin that only training uses."""


def pretrained_state(source: NetworkSource, channels: int, progress: Progress | None = None) -> dict[str, Tensor]:
    """Tensors by name as they were published, with their own head; nothing in the file is executed.

    torchvision's file is kept where torch.hub keeps it (TORCH_HOME), timm's where Hugging Face does. Raises
    UnusableNetwork where none are published, UnreadableWeights where they cannot be had.
    """
    name = torchvision_name(source.name)
    if name is not None:
        return _of_torchvision(name, progress)
    if source.name.startswith(TIMM_PREFIX):
        return _of_timm(source.name.removeprefix(TIMM_PREFIX), channels, progress)
    raise UnusableNetwork(
        f"No weights are published for {source.name}; train them here, or give a checkpoint of your own."
    )


def published_mean_std(source: NetworkSource) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Mean and std, pixels 0-1, that timm names for its weights; None: ImageNet's, as all of torchvision's."""
    if not source.name.startswith(TIMM_PREFIX):
        return None
    import timm

    configuration = timm.get_pretrained_cfg(source.name.removeprefix(TIMM_PREFIX))
    return (tuple(configuration.mean), tuple(configuration.std)) if configuration is not None else None


def _of_torchvision(name: str, progress: Progress | None) -> dict[str, Tensor]:
    from torchvision import models

    weights: Any = models.get_model_weights(name)
    url = str(next(iter(weights)).url)  # the first are those of the paper's own recipe
    target = Path(torch.hub.get_dir()) / "checkpoints" / Path(url).name
    try:
        fetch([url], target, progress)
    except UnusableData as error:
        raise UnreadableWeights(
            f"The published weights of {name} could not be downloaded: {error.message.partition(' Check ')[0]} "
            f"Check the network, or fetch {url} elsewhere and put it to {target}, or into a data folder to name it "
            "as a checkpoint.",
            url=url,
        ) from error
    _check_hash(target)
    return read_checkpoint(target)


def _check_hash(file: Path) -> None:
    """torchvision ends the name of a file with the first digits of its SHA-256."""
    wanted = file.stem.rpartition("-")[2]
    if not hashlib.sha256(file.read_bytes()).hexdigest().startswith(wanted):
        raise UnreadableWeights(
            f"{file} is damaged: its SHA-256 does not begin with {wanted}; remove it and try again."
        )


def _of_timm(name: str, channels: int, progress: Progress | None) -> dict[str, Tensor]:
    import timm

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it tells of every retry
    if progress is not None:
        progress(0.0, f"asking for the weights of timm:{name}")
    try:
        network: nn.Module = timm.create_model(name, pretrained=True, in_chans=channels)
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise UnreadableWeights(
            f"The published weights of timm:{name} could not be had ({type(error).__name__}: {reason}). Check the "
            "network and the name, or fetch the file elsewhere and name it as a checkpoint."
        ) from error
    return dict(network.state_dict())


def adapt_head(network: nn.Module, state: dict[str, Tensor], classes: int) -> tuple[dict[str, Tensor], list[str]]:
    """`state` fitted to a network of other `classes`, and the names of what stays as it is in `network`.

    The head is what differs in its first dimension alone, where `network` has one row per class. Auxiliary heads that
    `network` lacks are left out.
    """
    own = network.state_dict()
    kept = {name: value for name, value in state.items() if name in own or not name.startswith(AUXILIARY)}
    fresh = [name for name, value in kept.items() if name in own and _is_other_head(value, own[name], classes)]
    return kept | {name: own[name] for name in fresh}, fresh


def _is_other_head(value: Tensor, own: Tensor, classes: int) -> bool:
    same_inputs = value.ndim == own.ndim > 0 and value.shape[1:] == own.shape[1:]
    return same_inputs and len(value) != len(own) == classes
