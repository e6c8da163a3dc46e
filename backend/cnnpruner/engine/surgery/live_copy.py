"""Prepares a copy of a network in which a wrong cut changes the logits noticeably.

In freshly initialised deep networks, signals vanish: the logits of two images may differ by only 1e-7 of the largest
logit, so that even a wrong cut changes nothing. Likewise, if all channels of a tensor are equal, cutting the wrong
channels changes nothing.
"""

import copy

import torch
from torch import Tensor, nn

from cnnpruner.engine.training.recalibration import recalibrate

NOISE_IMAGE_COUNT = 2


def noise_images(shape: tuple[int, int, int], template: Tensor) -> Tensor:
    """Return two images of seeded normal noise, [2, C, H, W], with the device and dtype of `template`."""
    noise = torch.randn((NOISE_IMAGE_COUNT, *shape), generator=torch.Generator().manual_seed(0))
    return noise.to(template.device, template.dtype)


def make_noisy_copy(network: nn.Module, images: Tensor, seed: int = 0) -> nn.Module:
    """Return a copy in evaluation mode, with noise added to constant tensors and batch norm calibrated on `images`.

    images: [N, C, H, W], N ≥ 2. Batch norm is not calibrated if a pass in training mode fails.
    """
    noisy_network = copy.deepcopy(network).eval()
    _perturb_constants(noisy_network, seed)
    try:
        return recalibrate(noisy_network, [images])
    except (RuntimeError, ValueError):  # for example batch norm over one value, or synchronised batch norm on a CPU
        return noisy_network


def _perturb_constants(network: nn.Module, seed: int) -> None:
    """Add noise, in place, to tensors that would hide mistakes.

    These are tensors whose values are all equal, as in newly created batch norms, biases and heads, and tensors that
    are a single zero, such as the gains of residual branches.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for tensor in [*network.parameters(), *network.buffers()]:
            if tensor.is_floating_point() and _has_equal_values(tensor):
                noise = torch.rand(tensor.shape, generator=generator).to(tensor) - 0.5
                tensor.mul_(1 + noise / 2).add_(noise.flip(list(range(noise.ndim))) / 10)


def _has_equal_values(tensor: Tensor) -> bool:
    if tensor.numel() == 0:
        return False
    is_constant = bool((tensor == tensor.flatten()[0]).all())
    return is_constant and (tensor.numel() > 1 or not tensor.any())
