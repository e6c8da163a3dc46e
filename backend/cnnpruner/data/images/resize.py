"""How a picture of any size becomes a square of pixels: the declared transform, the same wherever images are read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from cnnpruner.domain.tree.experiments import DataSource, Resize

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Framing:
    """Channels (1 or 3), edge in pixels, and how a picture is brought to it."""

    channels: int
    edge: int
    resize: Resize = "crop"
    crop_share: float = 1.0

    @property
    def resized_edge(self) -> int:
        """What the shorter edge is brought to before the centre is cut out: 256 for 224 at 0.875."""
        return round(self.edge / self.crop_share)

    @property
    def sentence(self) -> str:
        """What is done, for a person."""
        edge, before = self.edge, self.resized_edge
        if self.resize == "stretch":
            cut = f", of which the middle {edge}×{edge} are used" if before > edge else ""
            return f"Pictures are stretched to {before}×{before} whatever their proportions{cut}."
        return f"Pictures are resized by their shorter edge to {before} and cropped at the centre to {edge}×{edge}."

    def frame(self, picture: Image.Image) -> Pixels:
        """uint8 [channels, edge, edge]: turned upright, alpha over white, bilinear with antialiasing."""
        upright = _flatten(ImageOps.exif_transpose(picture)).convert("L" if self.channels == 1 else "RGB")
        fitted = upright.resize((self.edge, self.edge), Image.Resampling.BILINEAR, self._box(*upright.size))
        pixels = np.asarray(fitted, dtype=np.uint8).reshape(self.edge, self.edge, self.channels)
        return np.ascontiguousarray(pixels.transpose(2, 0, 1))

    def _box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """The part of the picture that is kept: resizing it alone is resizing all, then cropping, in one step."""
        kept = self.edge / self.resized_edge
        wide, high = (width, height) if self.resize == "stretch" else (min(width, height),) * 2
        left, upper = (width - wide * kept) / 2, (height - high * kept) / 2
        return left, upper, left + wide * kept, upper + high * kept


def framing_of(source: DataSource, channels: int, edge: int) -> Framing:
    """The transform that `source` declares, for images of this edge."""
    return Framing(channels, edge, source.resize, source.crop_share)


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
