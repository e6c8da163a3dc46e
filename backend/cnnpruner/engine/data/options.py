"""How the images of a data set shall be handed out. Free of torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ImageOptions:
    """What the network wants: edge in pixels and channels, each None where the set decides; the seed of the splits."""

    image_size: int | None = None
    channels: int | None = None
    seed: int = 0
