"""Random crops and flips of uint8 batches, on the device of the batch."""

import torch
from torch import Tensor
from torch.nn import functional

from cnnpruner.domain.tree.training import Augmentation

MAX_SHIFT_DIVISOR = 8
"""The largest shift of a random crop is the edge of the image divided by this number: 4 pixels at 32×32, as usual for
CIFAR (He et al. 2015, section 4.2).
"""


def augment(pixels: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """Return an augmented copy of the images, uint8 [B, C, H, W]. `generator` is on the CPU, so that the result is the
    same on every device.

    none: returns the images unchanged. crop: pads each edge with zeros by an eighth of its length, then cuts out a
    random window of the original size. crop_flip: also mirrors each image horizontally with probability ½.
    """
    if augmentation == "none":
        return pixels
    cropped_pixels = _crop_randomly(pixels, generator)
    return _flip_randomly(cropped_pixels, generator) if augmentation == "crop_flip" else cropped_pixels


def _crop_randomly(pixels: Tensor, generator: torch.Generator) -> Tensor:
    count, _, height, width = pixels.shape
    max_shift_y, max_shift_x = height // MAX_SHIFT_DIVISOR, width // MAX_SHIFT_DIVISOR
    padded_pixels = functional.pad(pixels, (max_shift_x, max_shift_x, max_shift_y, max_shift_y))
    windows = padded_pixels.unfold(2, height, 1).unfold(3, width, 1)  # [B, C, 2·up + 1, 2·left + 1, H, W], a view
    rows = torch.randint(2 * max_shift_y + 1, (count,), generator=generator).to(pixels.device)
    columns = torch.randint(2 * max_shift_x + 1, (count,), generator=generator).to(pixels.device)
    return windows[torch.arange(count, device=pixels.device), :, rows, columns]


def _flip_randomly(pixels: Tensor, generator: torch.Generator) -> Tensor:
    is_mirrored = (torch.rand(len(pixels), generator=generator) < 0.5).to(pixels.device)
    return torch.where(is_mirrored[:, None, None, None], pixels.flip(3), pixels)
