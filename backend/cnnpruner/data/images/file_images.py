"""Image files that are decoded when they are needed."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.images.transform import ImageTransform
from cnnpruner.data.sets.path_table import PathTable
from cnnpruner.errors import UnusableData

DECODE_ERRORS = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
"""Errors that PIL raises if a file is not an image, or is truncated or damaged."""


@dataclass(frozen=True)
class FileImages(StreamedImages):
    """Images that are read from files batch by batch; only the current batches are in memory."""

    paths: PathTable
    labels: Tensor
    transform: ImageTransform

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of each transformed image."""
        return self.transform.channels, self.transform.image_size, self.transform.image_size

    def read(self, index: int) -> NDArray[np.uint8]:
        """Return image `index` as uint8 [C, H, W]. Raises UnusableData, which names the file, if the file cannot be
        read.
        """
        return decode(self.paths[index], self.transform)


def decode(path: Path, transform: ImageTransform) -> NDArray[np.uint8]:
    """Decode an image file and return the transformed image as uint8 [C, H, W]. Raises UnusableData, which names the
    file, if the file cannot be decoded.
    """
    try:
        with path.open("rb") as file, Image.open(file) as image:
            return transform.apply(image)
    except DECODE_ERRORS as error:
        short_path = "/".join(path.parts[-3:])
        message = f"Image {short_path} cannot be read ({describe_decode_failure(error, path)}); remove or replace it."
        raise UnusableData(message, file=short_path) from error


def describe_decode_failure(error: Exception, path: Path) -> str:
    """Describe why a file cannot be decoded. The description names the file without its folder."""
    if isinstance(error, UnidentifiedImageError):
        return "it is not an image in a supported format"
    return str(error).replace(str(path), path.name)
