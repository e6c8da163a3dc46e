"""Picture files decoded when they are asked for."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from cnnpruner.data.images.resize import Framing
from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.sets.names import PathTable
from cnnpruner.errors import UnusableData

BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
"""What PIL raises for files that are no pictures, are cut short or damaged."""


@dataclass(frozen=True)
class FileImages(StreamedImages):
    """Pictures as files; only those of the batches in hand are in memory."""

    paths: PathTable
    labels: Tensor
    framing: Framing

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of each picture."""
        return self.framing.channels, self.framing.edge, self.framing.edge

    def read(self, index: int) -> NDArray[np.uint8]:
        """The picture as uint8 [C, H, W]; UnusableData names a file that cannot be read."""
        return decode(self.paths[index], self.framing)


def decode(path: Path, framing: Framing) -> NDArray[np.uint8]:
    """uint8 [C, H, W] as `framing` says. Raises UnusableData that names the file."""
    try:
        with Image.open(path) as opened:
            return framing.frame(opened)
    except BROKEN as error:
        place = "/".join(path.parts[-3:])
        message = f"Picture {place} cannot be read ({reason_of(error, path)}); remove or replace it."
        raise UnusableData(message, file=place) from error


def reason_of(error: Exception, path: Path) -> str:
    """Why, without the folder that the file lies in."""
    if isinstance(error, UnidentifiedImageError):
        return "it is no picture of a known kind"
    return str(error).replace(str(path), path.name)
