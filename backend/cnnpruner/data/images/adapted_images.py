"""Adapts images to a network: grey images to three channels, small images to larger inputs."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from cnnpruner.data.images.images import ImageSet, TensorImages
from cnnpruner.data.options import ImageOptions
from cnnpruner.errors import UnusableData

MAX_PADDING_PIXELS = 4
"""Images with a black background are padded if their edges have to grow by at most this many pixels. All other images
are resized.
"""

IMAGES_PER_CHUNK = 2000

BLACK_BACKGROUND_DATA_SETS = ("mnist", "fashion_mnist")
"""Data sets whose images have a black background, so that padding with black does not change what an image shows."""


def adapt_images(
    train: ImageSet, test: ImageSet | None, options: ImageOptions, kind: str
) -> tuple[ImageSet, ImageSet | None, tuple[str, ...]]:
    """Return the training and test images with the requested channels and size, and a sentence for each adaptation."""
    channels, size, _ = train.shape
    new_channels = options.channels or channels
    if new_channels not in (1, 3) or (new_channels == 1 and channels == 3):
        raise UnusableData(
            f"The images have {channels} channels, but the network expects {new_channels}; choose another network."
        )
    image_size = options.image_size or size
    notices = (
        [f"Grayscale images are converted to {new_channels} identical channels."] if new_channels != channels else []
    )
    if image_size != size:
        is_padded = kind in BLACK_BACKGROUND_DATA_SETS and 0 < image_size - size <= MAX_PADDING_PIXELS
        notices.append(
            f"Images of {size}×{size} are padded with black to {image_size}×{image_size}."
            if is_padded
            else f"Images of {size}×{size} are resized to {image_size}×{image_size}."
        )
    if not notices:
        return train, test, ()
    pools = [
        AdaptedImages(pool, new_channels, image_size, kind) for pool in (train, test) if isinstance(pool, TensorImages)
    ]
    assert len(pools) == 1 + (test is not None), "image files are already decoded in the right shape"
    fits_in_memory = sum(map(len, pools)) * new_channels * image_size**2 <= options.max_bytes_in_memory
    adapted_pools = [pool.load_into_memory() if fits_in_memory else pool for pool in pools]
    return adapted_pools[0], adapted_pools[1] if test is not None else None, tuple(notices)


@dataclass(frozen=True)
class AdaptedImages:
    """Images in memory that are adapted batch by batch when they are used. Adapting all at once could take too much
    memory: 9 GB for CIFAR at 224×224.
    """

    source: TensorImages
    channels: int
    image_size: int
    kind: str

    def __len__(self) -> int:
        return len(self.source)

    @property
    def labels(self) -> Tensor:
        """Class of each image, [N]."""
        return self.source.labels

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of each adapted image."""
        return self.channels, self.image_size, self.image_size

    def batch(self, indices: Tensor, device: torch.device) -> Tensor:
        """Return the images at `indices` as uint8 [B, C, H, W] on `device`."""
        return self._adapt_pixels(self.source.batch(indices, torch.device("cpu"))).to(device, non_blocking=True)

    def load_into_memory(self) -> TensorImages:
        """Adapt all images at once, and return them as one tensor in memory."""
        chunks = torch.split(self.source.pixels, IMAGES_PER_CHUNK)
        return TensorImages(torch.cat([self._adapt_pixels(pixels) for pixels in chunks]), self.labels)

    def _adapt_pixels(self, pixels: Tensor) -> Tensor:
        return _resize(pixels, self.image_size, self.kind).expand(-1, self.channels, -1, -1).contiguous()


def _resize(pixels: Tensor, image_size: int, kind: str) -> Tensor:
    padding = image_size - pixels.shape[-1]
    if padding == 0:
        return pixels
    if kind in BLACK_BACKGROUND_DATA_SETS and 0 < padding <= MAX_PADDING_PIXELS:
        padding_before = padding // 2
        return functional.pad(
            pixels, (padding_before, padding - padding_before, padding_before, padding - padding_before)
        )
    resized_pixels = functional.interpolate(pixels.float(), (image_size, image_size), mode="bilinear", antialias=True)
    return resized_pixels.round_().clamp_(0, 255).to(torch.uint8)
