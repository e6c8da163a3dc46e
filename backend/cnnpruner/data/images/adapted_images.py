"""Declared adaptations: grey images into networks of three channels, small images into larger inputs."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from cnnpruner.data.images.images import ImageSet, TensorImages
from cnnpruner.data.options import ImageOptions
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
    pools = [FittedImages(pool, wanted, edge, kind) for pool in (train, test) if isinstance(pool, TensorImages)]
    assert len(pools) == 1 + (test is not None), "folders are decoded in the right shape at once"
    is_small = sum(map(len, pools)) * wanted * edge**2 <= options.max_bytes_in_memory
    fitted = [pool.hold() if is_small else pool for pool in pools]
    return fitted[0], fitted[1] if test is not None else None, tuple(notices)


@dataclass(frozen=True)
class FittedImages:
    """A set in memory whose images are brought to another shape when they are asked for: CIFAR at 224 is 9 GB."""

    small: TensorImages
    channels: int
    edge: int
    kind: str

    def __len__(self) -> int:
        return len(self.small)

    @property
    def labels(self) -> Tensor:
        """Classes [N]."""
        return self.small.labels

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of each image as it is handed out."""
        return self.channels, self.edge, self.edge

    def batch(self, indices: Tensor, device: torch.device) -> Tensor:
        """Images at `indices` as uint8 [B, C, H, W] on `device`."""
        return self._fit(self.small.batch(indices, torch.device("cpu"))).to(device, non_blocking=True)

    def hold(self) -> TensorImages:
        """All of them, brought to the shape once."""
        fitted = torch.cat([self._fit(part) for part in torch.split(self.small.pixels, CHUNK)])
        return TensorImages(fitted, self.labels)

    def _fit(self, pixels: Tensor) -> Tensor:
        return _resize(pixels, self.edge, self.kind).expand(-1, self.channels, -1, -1).contiguous()


def _resize(pixels: Tensor, edge: int, kind: str) -> Tensor:
    more = edge - pixels.shape[-1]
    if more == 0:
        return pixels
    if kind in BLACK_FRAMED and 0 < more <= PADDED:
        before = more // 2
        return functional.pad(pixels, (before, more - before, before, more - before))
    smooth = functional.interpolate(pixels.float(), (edge, edge), mode="bilinear", antialias=True)
    return smooth.round_().clamp_(0, 255).to(torch.uint8)
