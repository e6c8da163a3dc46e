"""Re-estimates batch norm statistics, as a cheap preview of the accuracy that fine-tuning would recover."""

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn


def recalibrate(network: nn.Module, batches: Iterable[Tensor]) -> nn.Module:
    """Return a copy of `network` whose batch norms use the mean statistics of `batches` (normalised [B, C, H, W]).

    Weights do not change; other modules, such as dropout, are in evaluation mode. If there is no batch norm or no
    batch, the copy keeps the statistics of `network`.
    """
    recalibrated = copy.deepcopy(network).eval()
    norms = [module for module in recalibrated.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    norms = [norm for norm in norms if norm.track_running_stats]
    momenta = [norm.momentum for norm in norms]
    with torch.no_grad():
        for number, images in enumerate(batches if norms else ()):
            if number == 0:
                _reset_statistics(norms)
            recalibrated(images)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return recalibrated.eval()


def _reset_statistics(norms: list[nn.modules.batchnorm._BatchNorm]) -> None:
    """Reset the running statistics and set the momentum to None, so that batch norm averages the statistics of the
    following batches with equal weights.
    """
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()


def has_batch_norm(network: nn.Module) -> bool:
    """Return whether the network contains a batch norm."""
    return any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())
