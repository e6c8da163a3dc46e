"""In which form the images of a data set are loaded. Free of torch."""

from dataclasses import dataclass

DEFAULT_BYTES_IN_MEMORY = 512 * 2**20


@dataclass(frozen=True)
class ImageOptions:
    """Edge in pixels and channels for the network (None: as the data set has them), and the seed of the splits."""

    image_size: int | None = None
    channels: int | None = None
    seed: int = 0
    max_bytes_in_memory: int = DEFAULT_BYTES_IN_MEMORY
    """Data sets whose pixels take no more than this are loaded into memory; larger ones are decoded batch by batch."""
    inspect_files: bool = False
    """Inspect every file first, so that all broken ones are reported at once."""
