"""Declared adaptations: grey images into networks of three channels, small images into larger inputs."""

import torch
from torch import Tensor
from torch.nn import functional

from cnnpruner.engine.data.images import ImageSet, TensorImages
from cnnpruner.engine.data.options import ImageOptions
from cnnpruner.errors import UnusableData

PADDED = 4
"""Up to this many pixels are added as a black frame; more is resized."""

CHUNK = 2000

BLACK_FRAMED = ("mnist", "fashion_mnist")
"""Sets whose background is black, so that a black frame changes no picture."""


def fit(
    train: ImageSet, test: ImageSet | None, options: ImageOptions, kind: str
) -> tuple[ImageSet, ImageSet | None, tuple[str, ...]]:
    """Both pools in the channels and size asked for, and a sentence for each thing that was changed."""
    channels, size, _ = train.shape
    wanted = options.channels or channels
    if wanted not in (1, 3) or (wanted == 1 and channels == 3):
        raise UnusableData(f"Images of {channels} channels cannot be given to a network of {wanted}.")
    edge = options.image_size or size
    notices = [f"Grey images are repeated into {wanted} channels."] if wanted != channels else []
    if edge != size:
        framed = kind in BLACK_FRAMED and 0 < edge - size <= PADDED
        how = "get a black frame" if framed else "are resized"
        notices.append(f"Images of {size}×{size} {how} to {edge}×{edge}.")
    if not notices:
        return train, test, ()
    fitted = [None if pool is None else _fitted(pool, wanted, edge, kind) for pool in (train, test)]
    assert fitted[0] is not None
    return fitted[0], fitted[1], tuple(notices)


def _fitted(pool: ImageSet, channels: int, edge: int, kind: str) -> ImageSet:
    """Only sets in memory come here: folders are decoded in the right shape at once."""
    assert isinstance(pool, TensorImages)
    parts = [_resize(part, edge, kind) for part in torch.split(pool.pixels, CHUNK)]
    pixels = torch.cat(parts)
    return TensorImages(pixels.expand(-1, channels, -1, -1).contiguous(), pool.labels)


def _resize(pixels: Tensor, edge: int, kind: str) -> Tensor:
    more = edge - pixels.shape[-1]
    if more == 0:
        return pixels
    if kind in BLACK_FRAMED and 0 < more <= PADDED:
        before = more // 2
        return functional.pad(pixels, (before, more - before, before, more - before))
    smooth = functional.interpolate(pixels.float(), (edge, edge), mode="bilinear", antialias=True)
    return smooth.round_().clamp_(0, 255).to(torch.uint8)
