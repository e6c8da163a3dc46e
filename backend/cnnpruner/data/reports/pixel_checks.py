"""Sentences on the pixel values of an image folder: intensity scale, constant images, files with several images."""

from collections.abc import Mapping

from cnnpruner.data.images.intensity import ValueRange, merge_ranges_of_scaled_images
from cnnpruner.data.images.pixels import PixelKind
from cnnpruner.data.reports.files import FileInspection
from cnnpruner.domain.tree.image_reading import ImageReading

NARROW_RANGE_WIDTH = 64
"""If the pixel values of all 8-bit images together span less than this, the images look nearly constant."""


def find_pixel_errors(inspection: FileInspection) -> list[str]:
    """Return an error if no single intensity scale fits all images."""
    ranges = inspection.value_ranges
    if "integers" not in ranges or "floats" not in ranges:
        return []
    return [
        f"{ranges['floats'].images:,} images have floating-point pixels, and {ranges['integers'].images:,} have "
        "integer pixels of more than 8 bits; no single intensity scale fits both kinds. Convert all images to one "
        "format."
    ]


def describe_intensity_scale(
    ranges: Mapping[PixelKind, ValueRange], reading: ImageReading, is_sampled: bool = False
) -> list[str]:
    """Return a sentence on the intensity scale; no sentence if all images have 8 bits and are read unchanged.

    is_sampled: whether only some of the images were used to find `ranges`.
    """
    if reading.low is None or reading.high is None:
        return []
    values = merge_ranges_of_scaled_images(ranges, reading.scales_all_images)
    if values is None:
        return []
    scale = f"{reading.low:,.6g} becomes black and {reading.high:,.6g} white"
    observed_range_text = f"{values.low:,.6g} to {values.high:,.6g}"
    if reading.scales_all_images:
        exceeds_scale = values.low < reading.low or values.high > reading.high
        clipping_text = "; values outside the scale are clipped" if exceeds_scale else ""
        return [
            f"The given intensity scale is used for all images: {scale}. The pixel values range from "
            f"{observed_range_text}{clipping_text}."
        ]
    images = f"{values.images:,} {'sampled images' if is_sampled else 'images'}"
    kind = "more than 8 bits per channel" if "integers" in ranges else "floating-point pixels"
    return [
        f"{images} have {kind}. Their values range from {observed_range_text}. They all use the same intensity scale: "
        f"{scale}."
    ]


def find_pixel_warnings(inspection: FileInspection, has_user_scale: bool) -> list[str]:
    """Return sentences on unusual pixel values: mixed bit depths, a narrow range, and constant images."""
    return [
        *_describe_mixed_bit_depths(inspection, has_user_scale),
        *_describe_narrow_range(inspection, has_user_scale),
        *_describe_constant_images(inspection),
    ]


def _describe_mixed_bit_depths(inspection: FileInspection, has_user_scale: bool) -> list[str]:
    ranges = inspection.value_ranges
    high_depth_range = ranges.get("integers") or ranges.get("floats")
    if high_depth_range is None or "bytes" not in ranges or has_user_scale:
        return []
    return [
        f"{high_depth_range.images:,} images have more than 8 bits per channel. The other images have 8 bits and use a "
        "separate scale, 0 to 255. Check that the images are equally bright on both scales, or convert all images to "
        "one format."
    ]


def _describe_narrow_range(inspection: FileInspection, has_user_scale: bool) -> list[str]:
    values = inspection.value_ranges.get("bytes")
    if values is None or has_user_scale or values.high - values.low >= NARROW_RANGE_WIDTH or values.low == values.high:
        return []
    return [
        f"The pixel values of all 8-bit images are between {values.low:.0f} and {values.high:.0f} on a scale of 0 to "
        f"255, so the images have very little contrast. Set the value range to {values.low:.0f} and {values.high:.0f} "
        "to use the full contrast."
    ]


def _describe_constant_images(inspection: FileInspection) -> list[str]:
    count = inspection.constant_images
    if not count:
        return []
    return [
        f"All pixels have the same value in {count:,} of {inspection.decoded_images:,} decoded images, for example "
        f"{', '.join(inspection.constant_image_examples)}. Nothing can be learned from such images; check "
        "or remove them."
    ]


def describe_multi_image_files(inspection: FileInspection) -> list[str]:
    """Return a sentence about files that contain several images, if there are any."""
    if not inspection.multi_image_files:
        return []
    return [
        "1 file contains several images; only the first image of each file is read."
        if inspection.multi_image_files == 1
        else f"{inspection.multi_image_files:,} files contain several images; only the first image of each file is "
        "read."
    ]
