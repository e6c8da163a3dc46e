"""What items of other people's data sets are: pictures in many forms, and classes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from cnnpruner.domain.progress import Progress
from cnnpruner.errors import UnusableData

TOLD_EVERY = 500


def as_picture(image: Any) -> Image.Image:
    """A PIL picture of a picture, a tensor [C, H, W] or [H, W], or an array [H, W, C] or [H, W]: bytes or 0–1.

    Raises ValueError for what is none of these.
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
            f"an image has shape {tuple(image.shape)}; give a PIL picture, a tensor [C, H, W] or an array "
            "[H, W, C] of 1 or 3 channels"
        )
    return Image.fromarray(_to_bytes(pixels))


def _to_bytes(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    if not np.issubdtype(pixels.dtype, np.floating) or pixels.min() < 0 or pixels.max() > 1:
        raise ValueError(
            f"pixels are {pixels.dtype} from {pixels.min():.3g} to {pixels.max():.3g}; give bytes, or numbers 0-1 "
            "before normalisation: the experiment subtracts the mean and divides by the std"
        )
    scaled: NDArray[np.uint8] = np.rint(pixels * 255).astype(np.uint8)
    return scaled


def read_labels(dataset: Any, progress: Progress | None) -> NDArray[np.int64]:
    """Classes [N]: `targets` or `labels` of the set where they are there, else of each item in turn."""
    for name in ("targets", "labels"):
        given = getattr(dataset, name, None)
        if given is not None and len(given) == len(dataset):
            return _whole(np.asarray(given))
    labels = np.empty(len(dataset), dtype=np.int64)
    for index in range(len(dataset)):
        labels[index] = _whole(np.asarray(dataset[index][1]))
        if progress is not None and index % TOLD_EVERY == 0:
            progress(index / len(dataset), f"reading the classes of {len(dataset):,} images")
    return labels


def _whole(labels: NDArray[Any]) -> NDArray[np.int64]:
    if not np.issubdtype(labels.dtype, np.integer):
        raise UnusableData(f"Classes of a data set are {labels.dtype}; give whole numbers from 0.")
    return labels.astype(np.int64)
