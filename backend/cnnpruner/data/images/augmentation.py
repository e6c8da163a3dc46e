"""Random crops and flips of whole uint8 batches, on the device that holds them."""

import torch
from torch import Tensor
from torch.nn import functional

from cnnpruner.domain.tree.experiments import Augmentation

CROP_SHARE = 8
"""Shift by up to an eighth of the edge: 4 pixels at 32×32, the practice for CIFAR (He et al. 2015, section 4.2)."""


def augment(pixels: Tensor, augmentation: Augmentation, random: torch.Generator) -> Tensor:
    """A varied copy of uint8 [B, C, H, W]; `random` is a CPU generator, so that devices draw alike.

    crop: zero padding of an eighth of the edge, then a random window. crop_flip: also mirrored with probability ½.
    """
    if augmentation == "none":
        return pixels
    cropped = _crop(pixels, random)
    return _flip(cropped, random) if augmentation == "crop_flip" else cropped


def _crop(pixels: Tensor, random: torch.Generator) -> Tensor:
    count, _, height, width = pixels.shape
    up, left = height // CROP_SHARE, width // CROP_SHARE
    padded = functional.pad(pixels, (left, left, up, up))
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)  # [B, C, 2·up + 1, 2·left + 1, H, W], a view
    rows = torch.randint(2 * up + 1, (count,), generator=random).to(pixels.device)
    columns = torch.randint(2 * left + 1, (count,), generator=random).to(pixels.device)
    return windows[torch.arange(count, device=pixels.device), :, rows, columns]


def _flip(pixels: Tensor, random: torch.Generator) -> Tensor:
    mirrored = (torch.rand(len(pixels), generator=random) < 0.5).to(pixels.device)
    return torch.where(mirrored[:, None, None, None], pixels.flip(3), pixels)
