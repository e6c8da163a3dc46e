"""Picture files decoded when they are asked for."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from cnnpruner.errors import UnusableData

THREADS = 4
_DECODERS = ThreadPoolExecutor(THREADS, thread_name_prefix="decode")  # started at first use; PIL releases the GIL


@dataclass(frozen=True)
class FileImages:
    """Pictures as files; only those of the batch in hand are in memory."""

    paths: tuple[Path, ...]
    labels: Tensor
    channels: int
    edge: int

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of each picture."""
        return self.channels, self.edge, self.edge

    def batch(self, indices: Tensor, device: torch.device) -> Tensor:
        """Pictures at `indices` as uint8 [B, C, H, W] on `device`; UnusableData names a file that cannot be read."""
        chosen = [self.paths[index] for index in indices.tolist()]
        pictures = list(_DECODERS.map(lambda path: decode(path, self.channels, self.edge), chosen))
        return torch.from_numpy(np.stack(pictures)).to(device, non_blocking=True)


def read_size(path: Path) -> tuple[int, int]:
    """(width, height) as a viewer shows it, read from the header alone."""
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            turned = picture.getexif().get(0x0112, 1) in {5, 6, 7, 8}  # EXIF orientation: a quarter turn
            return (height, width) if turned else (width, height)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _unreadable(path, error) from error


def decode(path: Path, channels: int, edge: int) -> NDArray[np.uint8]:
    """uint8 [channels, edge, edge]: turned upright, alpha over white, shorter edge to `edge`, cropped at the centre."""
    try:
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened)
            picture = _flatten(upright).convert("L" if channels == 1 else "RGB")
            fitted = ImageOps.fit(picture, (edge, edge), Image.Resampling.BILINEAR)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _unreadable(path, error) from error
    pixels = np.asarray(fitted, dtype=np.uint8).reshape(edge, edge, channels)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _flatten(picture: Image.Image) -> Image.Image:
    """Transparent pictures over white: dropping alpha would show whatever colour hides below it."""
    if picture.mode in {"I;16", "I", "F"}:
        return _to_eight_bits(picture)
    if picture.mode not in {"RGBA", "LA", "PA"} and "transparency" not in picture.info:
        return picture
    over = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)


def _to_eight_bits(picture: Image.Image) -> Image.Image:
    """PIL clips 16-bit greys at 255 instead of scaling them."""
    values = np.asarray(picture, dtype=np.float32)
    return Image.fromarray((values / (65535 if values.max() > 255 else 255) * 255).clip(0, 255).astype(np.uint8))


def _unreadable(path: Path, error: Exception) -> UnusableData:
    place = "/".join(path.parts[-3:])
    reason = str(error).replace(str(path), path.name)
    return UnusableData(f"Picture {place} cannot be read ({reason}); remove or replace it.", file=place)
