"""Thumbnails of images, for display on the page."""

from collections.abc import Iterator
from math import isqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from cnnpruner.data.images.images import ImageSet
from cnnpruner.data.images.streamed import stream

MAX_THUMBNAIL_EDGE = 96
THUMBNAILS_PER_CHUNK = 256
MAX_THUMBNAIL_BYTES = 2**30
"""Limit for the total size of a split's thumbnails, in bytes; the more images there are, the smaller each thumbnail is.
"""


def thumbnail_shape(images: ImageSet, count: int, edge: int = MAX_THUMBNAIL_EDGE) -> tuple[int, int, int]:
    """Return the shape (H, W, C) of each of `count` thumbnails. No edge is longer than `edge`, and all fit into
    `MAX_THUMBNAIL_BYTES`.
    """
    channels, height, width = images.shape
    edge = max(1, min(edge, MAX_THUMBNAIL_EDGE, isqrt(MAX_THUMBNAIL_BYTES // (max(count, 1) * channels))))
    share = min(1.0, edge / max(height, width))
    return max(round(height * share), 1), max(round(width * share), 1), channels


def thumbnails(
    images: ImageSet, indices: NDArray[np.int64], shape: tuple[int, int, int]
) -> Iterator[NDArray[np.uint8]]:
    """Yield thumbnails of the images at `indices` in the given shape, in chunks: uint8 [n, H, W, C] with n ≤ 256."""
    batches = torch.split(torch.as_tensor(indices), THUMBNAILS_PER_CHUNK)
    for pixels in stream(images, batches, torch.device("cpu")):
        yield _shrink_images(pixels, shape[:2]).permute(0, 2, 3, 1).contiguous().numpy()


def _shrink_images(pixels: Tensor, size: tuple[int, int]) -> Tensor:
    if tuple(pixels.shape[2:]) == size:
        return pixels
    resized_pixels = functional.interpolate(pixels.float(), size, mode="bilinear", antialias=True)
    return resized_pixels.round_().clamp_(0, 255).to(torch.uint8)
