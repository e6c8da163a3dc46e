"""Labelled uint8 images, in memory or decoded when needed, and the normalisation of their pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor


@runtime_checkable
class ImageSet(Protocol):
    """N images of the same shape, with their classes."""

    def __len__(self) -> int: ...

    @property
    def labels(self) -> Tensor:
        """Class of each image, int64 [N], on the CPU."""
        ...

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of each image."""
        ...

    def batch(self, indices: Tensor, device: torch.device) -> Tensor:
        """Return the images at `indices` (int64 [B]) as uint8 [B, C, H, W] on `device`."""
        ...


@dataclass(frozen=True)
class TensorImages:
    """All images in one uint8 tensor [N, C, H, W] on any device."""

    pixels: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of each image."""
        _, channels, height, width = self.pixels.shape
        return channels, height, width

    def batch(self, indices: Tensor, device: torch.device) -> Tensor:
        """Return the images at `indices` as uint8 [B, C, H, W] on `device`."""
        return self.pixels[indices.to(self.pixels.device)].to(device, non_blocking=True)


def maybe_move_to_gpu(images: ImageSet, device: torch.device) -> ImageSet:
    """If `device` is a GPU, move images that are in memory to it, provided that they take at most half of its free
    memory. Otherwise, return the images unchanged.
    """
    if device.type != "cuda" or not isinstance(images, TensorImages) or images.pixels.device == device:
        return images
    free_bytes, _ = torch.cuda.mem_get_info(device)
    if images.pixels.nbytes > free_bytes // 2:
        return images
    return TensorImages(images.pixels.to(device), images.labels)


class Normalize:
    """Converts uint8 x [B, C, H, W] to float32: (x / 255 − `mean`) / `std` per channel, on the device of x."""

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        self.mean, self.std = tuple(mean), tuple(std)
        std_tensor = torch.tensor(self.std, dtype=torch.float64)
        scale = (1.0 / (255.0 * std_tensor)).float().view(-1, 1, 1)
        shift = (-torch.tensor(self.mean, dtype=torch.float64) / std_tensor).float().view(-1, 1, 1)
        self._factors = {torch.device("cpu"): (scale, shift)}

    def __call__(self, pixels: Tensor) -> Tensor:
        """Return the normalised pixels as float32, in the same shape and memory format."""
        if pixels.device not in self._factors:
            scale, shift = self._factors[torch.device("cpu")]
            self._factors[pixels.device] = (scale.to(pixels.device), shift.to(pixels.device))
        scale, shift = self._factors[pixels.device]
        return pixels.float().mul_(scale).add_(shift)
