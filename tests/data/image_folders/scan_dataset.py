"""A data factory whose images have more than 8 bits, as a person writes it."""

import numpy as np
from PIL import Image


class Scans:
    """Grey PIL images of 12 bits or floats; those of class 1 are brighter."""

    def __init__(self, count: int, seed: int, mode: str) -> None:
        random = np.random.default_rng(seed)
        values = [random.uniform(500, 1000, (16, 16)) * (1 + 2 * (number % 2)) for number in range(count)]
        self.values = [image.astype(np.uint16) if mode == "bits" else (image / 4000).astype("f4") for image in values]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> tuple[Image.Image, int]:
        if index >= len(self):
            raise IndexError
        return Image.fromarray(self.values[index]), index % 2


def make(mode: str = "bits") -> tuple[Scans, Scans]:
    """Train and selection."""
    return Scans(40, 0, mode), Scans(10, 1, mode)
