"""Weights published by torchvision and timm: finds them, downloads them once, and adapts them to the data set's
classes.
"""

import hashlib
import logging
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from cnnpruner.data.sets.download import download_if_missing
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.checkpoints.checkpoint import modernize_densenet_name, read_checkpoint
from cnnpruner.errors import UnreadableWeights, UnusableData, UnusableNetwork
from cnnpruner.planning.networks.catalogue import TIMM_PREFIX, torchvision_name

AUXILIARY_PREFIXES = ("aux", "AuxLogits")
"""Name prefixes of torchvision's auxiliary heads, which are only used in training."""


def load_pretrained_state(source: NetworkSource, channels: int, progress: Progress | None = None) -> dict[str, Tensor]:
    """Return the published weights by tensor name, including the original head; no code in the file is executed.

    torchvision's file is cached in torch.hub's folder (TORCH_HOME), timm's in the Hugging Face cache. Raises
    UnusableNetwork if no weights are published, UnreadableWeights if they cannot be downloaded or read.
    """
    name = torchvision_name(source.name)
    if name is not None:
        return _download_torchvision_weights(name, progress)
    if source.name.startswith(TIMM_PREFIX):
        return _download_timm_weights(source.name.removeprefix(TIMM_PREFIX), channels, progress)
    raise UnusableNetwork(
        f"There are no published weights for {source.name}; train it here, or choose a checkpoint of your own."
    )


def published_mean_std(source: NetworkSource) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Return the mean and std (for pixels 0-1) that timm's weights expect; None for torchvision, whose weights all
    expect ImageNet's mean and std.
    """
    if not source.name.startswith(TIMM_PREFIX):
        return None
    import timm

    configuration = timm.get_pretrained_cfg(source.name.removeprefix(TIMM_PREFIX))
    return (tuple(configuration.mean), tuple(configuration.std)) if configuration is not None else None


def _download_torchvision_weights(name: str, progress: Progress | None) -> dict[str, Tensor]:
    from torchvision import models

    weights: Any = models.get_model_weights(name)
    url = str(next(iter(weights)).url)  # the first weights are those of the original recipe
    target = Path(torch.hub.get_dir()) / "checkpoints" / Path(url).name
    try:
        download_if_missing([url], target, progress)
    except UnusableData as error:
        raise UnreadableWeights(
            f"The published weights of {name} could not be downloaded: {error.message.partition(' Check ')[0]} "
            f"Check the network connection. Or download {url} elsewhere, and either save the file as {target}, or "
            "save it in a data folder and choose it as a checkpoint.",
            url=url,
        ) from error
    _check_hash(target)
    return {modernize_densenet_name(name): value for name, value in read_checkpoint(target).tensors.items()}


def _check_hash(file: Path) -> None:
    """Raise UnreadableWeights unless the file's SHA-256 begins with the digits that torchvision appends to the file
    name.
    """
    expected_hash_prefix = file.stem.rpartition("-")[2]
    if not hashlib.sha256(file.read_bytes()).hexdigest().startswith(expected_hash_prefix):
        raise UnreadableWeights(
            f"{file} is damaged: its SHA-256 does not begin with {expected_hash_prefix}; remove it and try again."
        )


def _download_timm_weights(name: str, channels: int, progress: Progress | None) -> dict[str, Tensor]:
    import timm

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it logs every retry
    if progress is not None:
        progress(0.0, f"downloading the weights of timm:{name}")
    try:
        network: nn.Module = timm.create_model(name, pretrained=True, in_chans=channels)
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise UnreadableWeights(
            f"The published weights of timm:{name} could not be downloaded ({type(error).__name__}: {reason}). Check "
            "the network connection and the name, or download the file elsewhere and choose it as a checkpoint."
        ) from error
    return dict(network.state_dict())


def adapt_head(network: nn.Module, state: dict[str, Tensor], classes: int) -> tuple[dict[str, Tensor], list[str]]:
    """Return `state` with the head of `network` in place of its own, and the names of the replaced tensors.

    `network` has `classes` classes, and `state` has another number of classes. The head consists of the tensors whose
    shapes differ only in the first dimension, and whose first dimension in `network` is `classes`. Auxiliary heads that
    `network` lacks are dropped.
    """
    network_state = network.state_dict()
    adapted_state = {
        name: value for name, value in state.items() if name in network_state or not name.startswith(AUXILIARY_PREFIXES)
    }
    head_tensor_names = [
        name
        for name, value in adapted_state.items()
        if name in network_state and _is_head_tensor(value, network_state[name], classes)
    ]
    return adapted_state | {name: network_state[name] for name in head_tensor_names}, head_tensor_names


def _is_head_tensor(published_tensor: Tensor, tensor: Tensor, classes: int) -> bool:
    has_same_inputs = published_tensor.ndim == tensor.ndim > 0 and published_tensor.shape[1:] == tensor.shape[1:]
    return has_same_inputs and len(published_tensor) != len(tensor) == classes
