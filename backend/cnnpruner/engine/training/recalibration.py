"""Batch norm statistics anew, as a cheap look at what tuning would bring."""

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn


def recalibrate(network: nn.Module, batches: Iterable[Tensor]) -> nn.Module:
    """A copy of `network` whose batch norms hold the mean statistics over `batches` (normalised [B, C, H, W]).

    Weights stay; all else (dropout) runs as in evaluation. Without batch norm, or without batches, a plain copy.
    """
    anew = copy.deepcopy(network).eval()
    norms = [module for module in anew.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    norms = [norm for norm in norms if norm.track_running_stats]
    momenta = [norm.momentum for norm in norms]
    with torch.no_grad():
        for number, images in enumerate(batches if norms else ()):
            if number == 0:
                _open(norms)
            anew(images)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return anew.eval()


def _open(norms: list[nn.modules.batchnorm._BatchNorm]) -> None:
    """Forget the statistics and take the plain mean over what comes (momentum None)."""
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
