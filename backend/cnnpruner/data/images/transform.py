"""Transforms an image of any size to a square of fixed size. All code that reads images uses this transform."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from cnnpruner.data.images.intensity import UNSCALED_READING, to_eight_bits
from cnnpruner.data.images.pixels import to_opaque
from cnnpruner.domain.tree.experiments import DataSource, ResizeMode
from cnnpruner.domain.tree.image_reading import ImageReading

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class ImageTransform:
    """How an image is transformed to a square: its channels (1 or 3), its size in pixels, the method of resizing, and
    how pixel values are read.
    """

    channels: int
    image_size: int
    resize: ResizeMode = "crop"
    crop_share: float = 1.0
    reading: ImageReading = UNSCALED_READING

    @property
    def resized_edge(self) -> int:
        """Length, in pixels, of the shorter edge after resizing and before the centre is cropped: 256 if
        `image_size` is 224 and `crop_share` is 0.875.
        """
        return round(self.image_size / self.crop_share)

    @property
    def sentence(self) -> str:
        """A sentence that describes the transform to the user."""
        image_size, resized_edge = self.image_size, self.resized_edge
        if self.resize == "stretch":
            crop = f", and then cropped at the centre to {image_size}×{image_size}" if resized_edge > image_size else ""
            return f"Images are stretched to {resized_edge}×{resized_edge}, whatever their aspect ratio{crop}."
        return (
            f"Images are resized so that their shorter edge has {resized_edge} pixels, and cropped at the centre to "
            f"{image_size}×{image_size}."
        )

    def apply(self, image: Image.Image) -> Pixels:
        """Return the image as uint8 [channels, image_size, image_size], upright, on a white background if it is
        transparent, resized bilinearly with antialiasing.
        """
        scaled_image = ImageOps.exif_transpose(to_eight_bits(image, self.reading))
        upright_image = to_opaque(scaled_image).convert("L" if self.channels == 1 else "RGB")
        resized_image = upright_image.resize(
            (self.image_size, self.image_size), Image.Resampling.BILINEAR, self._find_source_region(*upright_image.size)
        )
        pixels = np.asarray(resized_image, dtype=np.uint8).reshape(self.image_size, self.image_size, self.channels)
        return np.ascontiguousarray(pixels.transpose(2, 0, 1))

    def _find_source_region(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return (left, top, right, bottom) of the region of an image that is resized to the square. Resizing only this
        region gives the same result as resizing the whole image and then cropping it.
        """
        crop_fraction = self.image_size / self.resized_edge
        region_width, region_height = (width, height) if self.resize == "stretch" else (min(width, height),) * 2
        left, top = (width - region_width * crop_fraction) / 2, (height - region_height * crop_fraction) / 2
        return left, top, left + region_width * crop_fraction, top + region_height * crop_fraction


def build_image_transform(
    source: DataSource, channels: int, image_size: int, reading: ImageReading | None = None
) -> ImageTransform:
    """Return the transform that the settings of `source` describe, with this size and number of channels."""
    return ImageTransform(channels, image_size, source.resize, source.crop_share, reading or UNSCALED_READING)
