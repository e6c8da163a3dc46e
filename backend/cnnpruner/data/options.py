"""Options for loading the images of a data set. Does not import torch."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.tree.image_reading import ImageReading

DEFAULT_MAX_BYTES_IN_MEMORY = 512 * 2**20


@dataclass(frozen=True)
class ImageOptions:
    """How to load a data set, for example the image size (edge in pixels) and the number of channels that the network
    needs.

    If the image size or the number of channels is None, the data set's own is used. `seed` determines the splits.
    """

    image_size: int | None = None
    channels: int | None = None
    seed: int = 0
    max_bytes_in_memory: int = DEFAULT_MAX_BYTES_IN_MEMORY
    """Data sets whose pixels take at most this many bytes are loaded into memory; others are decoded batch by batch."""
    must_inspect_files: bool = False
    """Whether to inspect every file before loading, so that all broken files are reported at once."""
    data_folders: tuple[Path, ...] = ()
    """Symbolic links in an image folder may lead only into these folders and the image folder itself."""
    reading: ImageReading | None = None
    """How the image files of an experiment are read; if None, how to read them is determined from all images."""
