"""Small pictures of images for the page."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from cnnpruner.engine.data.images import ImageSet

LARGEST = 96
CHUNK = 256


def selection_pictures(images: ImageSet, indices: NDArray[np.int64], edge: int = LARGEST) -> NDArray[np.uint8]:
    """`indices` of `images` as uint8 [N, H, W, C], no edge above `edge`; smaller ones stay as they are."""
    parts = [
        _shrink(images.batch(batch, torch.device("cpu")), min(edge, LARGEST))
        for batch in torch.split(torch.as_tensor(indices), CHUNK)
    ]
    return torch.cat(parts).permute(0, 2, 3, 1).contiguous().numpy()


def _shrink(pixels: Tensor, edge: int) -> Tensor:
    height, width = pixels.shape[2:]
    if max(height, width) <= edge:
        return pixels
    share = edge / max(height, width)
    size = (max(round(height * share), 1), max(round(width * share), 1))
    small = functional.interpolate(pixels.float(), size, mode="bilinear", antialias=True)
    return small.round_().clamp_(0, 255).to(torch.uint8)
