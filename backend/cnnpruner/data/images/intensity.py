"""One intensity scale for all images of a set: which pixel values become black and white."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnpruner.data.images.pixels import (
    ORIENTATION_TAG,
    PixelKind,
    PixelValues,
    has_16_bit_colour,
    pixel_kind,
    read_16_bit_colour,
)
from cnnpruner.domain.tree.image_reading import CURRENT_IMAGE_READING_VERSION, LEGACY_IMAGE_READING, ImageReading

INTEGER_SCALES = tuple((0.0, float(2**bits - 1)) for bits in range(8, 17))
FLOAT_SCALES = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (0.0, 4095.0), (0.0, 65535.0))
"""Common scales, as the pixel values (black, white). A data set gets the first scale that contains all its pixel
values. If its values fill only a small part of this scale, it gets the range of its values instead.
"""
MIN_SCALE_COVERAGE = 0.25
UNSCALED_READING = ImageReading(version=CURRENT_IMAGE_READING_VERSION, low=None, high=None, scales_all_images=False)
"""The way to read a data set of 8-bit images: without scaling the pixel values."""


@dataclass(frozen=True)
class ValueRange:
    """The lowest and highest pixel value in several images."""

    low: float
    high: float
    images: int = 1

    def merge(self, other: "ValueRange | None") -> "ValueRange":
        """Return the smallest range that contains this range and `other`."""
        if other is None:
            return self
        return ValueRange(min(self.low, other.low), max(self.high, other.high), self.images + other.images)


def find_value_range(values: PixelValues) -> ValueRange:
    """Return the lowest and highest pixel value. Raises ValueError if a value is not a finite number."""
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(low + high):
        raise ValueError("it contains pixel values that are not finite numbers")
    return ValueRange(low, high)


def merge_value_ranges(ranges: Iterable[Mapping[PixelKind, ValueRange]]) -> dict[PixelKind, ValueRange]:
    """Combine the value ranges of several sets of images, separately for each kind of pixels."""
    merged_ranges: dict[PixelKind, ValueRange] = {}
    for kind, value_range in (entry for ranges_by_kind in ranges for entry in ranges_by_kind.items()):
        merged_ranges[kind] = value_range.merge(merged_ranges.get(kind))
    return merged_ranges


def merge_ranges_of_scaled_images(ranges: Mapping[PixelKind, ValueRange], scales_all_images: bool) -> ValueRange | None:
    """Return the value range of the images that are scaled: all images if `scales_all_images`, otherwise the images
    with more than 8 bits.

    None if there are no such images.
    """
    merged_range: ValueRange | None = None
    for kind, value_range in ranges.items():
        if kind != "bytes" or scales_all_images:
            merged_range = value_range.merge(merged_range)
    return merged_range


def choose_image_reading(
    ranges: Mapping[PixelKind, ValueRange], value_range: tuple[float, float] | None
) -> ImageReading:
    """Return how to read a data set whose images have these value ranges.

    If `value_range` is given, it is the scale of all images. Otherwise, only images with more than 8 bits are scaled:
    on the first common scale that contains all their values or, if no common scale fits, on the range of these values.
    """
    if value_range is not None:
        low, high = value_range
        return ImageReading(version=CURRENT_IMAGE_READING_VERSION, low=low, high=high, scales_all_images=True)
    observed_range = ranges.get("integers") or ranges.get("floats")
    if observed_range is None or observed_range.low == observed_range.high:
        return UNSCALED_READING
    low, high = _find_common_scale(observed_range, INTEGER_SCALES if "integers" in ranges else FLOAT_SCALES)
    return ImageReading(version=CURRENT_IMAGE_READING_VERSION, low=low, high=high, scales_all_images=False)


def _find_common_scale(observed_range: ValueRange, scales: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    for low, high in scales:
        if low <= observed_range.low and observed_range.high <= high:
            return (
                (low, high)
                if observed_range.high - observed_range.low >= MIN_SCALE_COVERAGE * (high - low)
                else (observed_range.low, observed_range.high)
            )
    return observed_range.low, observed_range.high


def to_eight_bits(image: Image.Image, reading: ImageReading) -> Image.Image:
    """Load an image and return it with 8 bits per channel, scaled as `reading` says. 8-bit images stay unchanged unless
    `reading` has a scale for all images.
    """
    if reading.version == LEGACY_IMAGE_READING.version:
        is_grey = image.mode in {"I;16", "I", "F"}
        return _copy_orientation(_scale_like_version_0_1(image), image) if is_grey else image
    kind = pixel_kind(image)
    if kind == "bytes" and not reading.scales_all_images:
        return image
    low, high = _get_intensity_scale(kind, reading)
    values, has_alpha = _read_full_depth_values(image)
    eight_bit_values = np.rint((values.astype(np.float64) - low) * (255 / (high - low))).clip(0, 255).astype(np.uint8)
    if has_alpha:
        eight_bit_values[..., -1] = values[..., -1] if values.dtype == np.uint8 else values[..., -1] >> 8
    return _copy_orientation(Image.fromarray(eight_bit_values), image)


def _get_intensity_scale(kind: PixelKind, reading: ImageReading) -> tuple[float, float]:
    """Return the pixel values that become black and white.

    If `reading` has no scale, because the data set had only 8-bit images, return the full range of this `kind` of
    pixels.
    """
    if reading.low is not None and reading.high is not None:
        return reading.low, reading.high
    return (0.0, 1.0) if kind == "floats" else (0.0, 65535.0)


def _read_full_depth_values(image: Image.Image) -> tuple[NDArray[Any], bool]:
    """Return the full-depth pixel values of an image, [H, W] or [H, W, C], and whether the last channel is opacity."""
    has_alpha = image.mode in ("LA", "RGBA")
    if has_16_bit_colour(image):
        return read_16_bit_colour(image), has_alpha
    needs_rgb_conversion = pixel_kind(image) == "bytes" and image.mode not in ("L", "RGB", "LA", "RGBA")
    return np.asarray(image.convert("RGB") if needs_rgb_conversion else image), has_alpha


def _scale_like_version_0_1(image: Image.Image) -> Image.Image:
    """Scale an image to 8 bits as version 0.1.0 did: from 0–65535 if any of its values is above 255, otherwise from
    0–255.
    """
    values = np.asarray(image, dtype=np.float32)
    return Image.fromarray((values / (65535 if values.max() > 255 else 255) * 255).clip(0, 255).astype(np.uint8))


def _copy_orientation(image: Image.Image, original: Image.Image) -> Image.Image:
    image.getexif()[ORIENTATION_TAG] = original.getexif().get(ORIENTATION_TAG, 1)
    return image
