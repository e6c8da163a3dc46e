"""Reads the pixel values of an image file at full depth; PIL alone would reduce 16-bit colours to 8 bits."""

from io import BytesIO
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PixelKind = Literal["bytes", "integers", "floats"]
"""Kind of pixel values: integers of 8 bits, integers of more than 8 bits, or floating-point numbers."""
PixelValues = NDArray[np.generic]
"""Pixel values [H, W] or [H, W, C], without the opacity channel."""

ORIENTATION_TAG = 0x0112
"""The EXIF tag that says how to rotate or flip an image so that it is upright."""
_OPPOSITE_BYTE_ORDER = {
    f"{mode};16{order}": f"{mode};16{other}" for mode in ("RGB", "RGBA") for order, other in ("BL", "LB")
}
"""For each PIL raw mode with 16 bits per colour, the mode with the opposite byte order."""


def pixel_kind(image: Image.Image) -> PixelKind:
    """Return the kind of pixels in an image that has been opened but not loaded."""
    if image.mode == "F":
        return "floats"
    return "integers" if image.mode.startswith("I") or has_16_bit_colour(image) else "bytes"


def has_16_bit_colour(image: Image.Image) -> bool:
    """Whether the image is in colour and its file has 16 bits per channel."""
    return _read_raw_mode(image) in _OPPOSITE_BYTE_ORDER


def read_values(image: Image.Image) -> PixelValues:
    """Return the pixel values of an image that has been opened but not loaded, without opacity. 8-bit images are
    returned as RGB or grey.
    """
    if has_16_bit_colour(image):
        return read_16_bit_colour(image)[..., :3]
    if pixel_kind(image) == "bytes" and image.mode not in ("L", "RGB"):
        return np.asarray(to_opaque(image).convert("RGB"))
    return np.asarray(image)


def read_16_bit_colour(image: Image.Image) -> NDArray[np.uint16]:
    """Return the 16-bit values [H, W, C] of an image that was opened but not loaded, with opacity if the file has it.

    PIL keeps only the high byte of each value. The file is therefore decoded twice; the second time, the byte order is
    swapped, which yields the low byte.
    """
    file: Any = getattr(image, "fp")  # noqa: B009 - missing in the type stubs
    file.seek(0)
    content = file.read()
    high_bytes = np.asarray(Image.open(BytesIO(content)))
    with Image.open(BytesIO(content)) as swapped_image:
        swapped_image.tile = [_swap_bytes(tile) for tile in swapped_image.tile]
        low_bytes = np.asarray(swapped_image)
    values: NDArray[np.uint16] = high_bytes.astype(np.uint16) << 8 | low_bytes
    return values


def to_opaque(image: Image.Image) -> Image.Image:
    """Return the image, on a white background if it is transparent. Just dropping alpha would reveal hidden colours."""
    if image.mode not in {"RGBA", "LA", "PA"} and "transparency" not in image.info:
        return image
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)


def _read_raw_mode(image: Image.Image) -> str:
    tiles = getattr(image, "tile", None)
    if not tiles:
        return ""
    arguments = tiles[0].args
    return str(arguments[0] if isinstance(arguments, tuple) and arguments else arguments)


def _swap_bytes(tile: Any) -> Any:
    if isinstance(tile.args, tuple):
        return tile._replace(args=(_OPPOSITE_BYTE_ORDER[tile.args[0]], *tile.args[1:]))
    return tile._replace(args=_OPPOSITE_BYTE_ORDER[tile.args])
