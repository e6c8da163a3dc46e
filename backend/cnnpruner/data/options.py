"""How the images of a data set shall be handed out. Free of torch."""

from dataclasses import dataclass

DEFAULT_BYTES_IN_MEMORY = 512 * 2**20


@dataclass(frozen=True)
class ImageOptions:
    """What the network wants: edge in pixels and channels, each None where the set decides; the seed of the splits."""

    image_size: int | None = None
    channels: int | None = None
    seed: int = 0
    max_bytes_in_memory: int = DEFAULT_BYTES_IN_MEMORY
    """Sets up to this size as pixels are held in memory; larger ones are decoded batch by batch."""
    examine: bool = False
    """Look at every file first, so that all that is broken is told at once."""
