"""Converts the images of user-defined data sets, which may have many types, to PIL images."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor


def to_pil_image(image: Any) -> Image.Image:
    """Convert a tensor [C, H, W] or [H, W], or an array [H, W, C] or [H, W], of bytes or floats 0–1, to a PIL image.

    PIL images are returned unchanged. Raises ValueError for anything else.
    """
    if isinstance(image, Image.Image):
        return image
    pixels = image.detach().cpu().numpy() if isinstance(image, Tensor) else np.asarray(image)
    if pixels.ndim == 3 and isinstance(image, Tensor):
        pixels = pixels.transpose(1, 2, 0)  # [H, W, C]
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3):
        raise ValueError(
            f"an image has shape {tuple(image.shape)}; return a PIL image, a tensor [C, H, W] or an array "
            "[H, W, C] with 1 or 3 channels"
        )
    return Image.fromarray(_to_uint8(pixels))


def _to_uint8(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    if not np.issubdtype(pixels.dtype, np.floating) or pixels.min() < 0 or pixels.max() > 1:
        raise ValueError(
            f"the pixel values are {pixels.dtype} from {pixels.min():.3g} to {pixels.max():.3g}; return uint8 values, "
            "or floats from 0 to 1 that are not normalised, because the experiment itself subtracts the mean and "
            "divides by the std"
        )
    scaled_pixels: NDArray[np.uint8] = np.rint(pixels * 255).astype(np.uint8)
    return scaled_pixels
