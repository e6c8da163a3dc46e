"""Transforms an image of any size to a square of fixed size, in the same way wherever images are read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from cnnpruner.domain.tree.experiments import DataSource, Resize

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class ImageTransform:
    """Channels (1 or 3), edge in pixels, and how an image is brought to that size."""

    channels: int
    edge: int
    resize: Resize = "crop"
    crop_share: float = 1.0

    @property
    def resized_edge(self) -> int:
        """Length of the shorter edge before the centre is cropped: 256 if `edge` is 224 and `crop_share` is 0.875."""
        return round(self.edge / self.crop_share)

    @property
    def sentence(self) -> str:
        """The transform in one sentence for the user."""
        edge, resized_edge = self.edge, self.resized_edge
        if self.resize == "stretch":
            crop = f" and cropped at the centre to {edge}×{edge}" if resized_edge > edge else ""
            return f"Images are stretched to {resized_edge}×{resized_edge}, ignoring their aspect ratio{crop}."
        return f"Images are resized by their shorter edge to {resized_edge} and cropped at the centre to {edge}×{edge}."

    def apply(self, image: Image.Image) -> Pixels:
        """Return the image as uint8 [channels, edge, edge], upright, on white if transparent, resized bilinearly with
        antialiasing.
        """
        upright_image = _to_opaque(ImageOps.exif_transpose(image)).convert("L" if self.channels == 1 else "RGB")
        resized_image = upright_image.resize(
            (self.edge, self.edge), Image.Resampling.BILINEAR, self._region(*upright_image.size)
        )
        pixels = np.asarray(resized_image, dtype=np.uint8).reshape(self.edge, self.edge, self.channels)
        return np.ascontiguousarray(pixels.transpose(2, 0, 1))

    def _region(self, width: int, height: int) -> tuple[float, float, float, float]:
        """The region of the image to resize. Resizing only this region equals resizing all of the image and cropping
        it.
        """
        share = self.edge / self.resized_edge
        region_width, region_height = (width, height) if self.resize == "stretch" else (min(width, height),) * 2
        left, top = (width - region_width * share) / 2, (height - region_height * share) / 2
        return left, top, left + region_width * share, top + region_height * share


def declared_transform(source: DataSource, channels: int, edge: int) -> ImageTransform:
    """Return the transform that `source` declares, with this edge and number of channels."""
    return ImageTransform(channels, edge, source.resize, source.crop_share)


def _to_opaque(image: Image.Image) -> Image.Image:
    """Put transparent images on white: dropping alpha would show the colours that it hides. Reduce 16-bit images to 8
    bits.
    """
    if image.mode in {"I;16", "I", "F"}:
        return _to_eight_bits(image)
    if image.mode not in {"RGBA", "LA", "PA"} and "transparency" not in image.info:
        return image
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit grey values to 8 bits, because PIL would clip them at 255."""
    values = np.asarray(image, dtype=np.float32)
    return Image.fromarray((values / (65535 if values.max() > 255 else 255) * 255).clip(0, 255).astype(np.uint8))
