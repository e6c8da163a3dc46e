"""Data sets as users write them. Nothing here depends on CNNPruner."""

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset, TensorDataset


class Squares(Dataset[tuple[Image.Image, int]]):
    """PIL images of two named classes."""

    classes = ("dark", "light")

    def __init__(self, count: int, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._pixels = self._random.integers(0, 100, (count, 12, 18, 3), dtype=np.uint8)

    def __len__(self) -> int:
        return len(self._pixels)

    def __getitem__(self, index: int) -> tuple[Image.Image, int]:
        if index >= len(self):
            raise IndexError
        return Image.fromarray(self._pixels[index] + np.uint8(100 * (index % 2))), index % 2


class Jittered(Squares):
    """Returns a different image each time."""

    def __getitem__(self, index: int) -> tuple[Image.Image, int]:
        image, label = super().__getitem__(index)
        return Image.fromarray(np.asarray(image) + self._random.integers(0, 9, dtype=np.uint8)), label


class Broken(Squares):
    """Fails at its last item."""

    def __getitem__(self, index: int) -> tuple[Image.Image, int]:
        if index == len(self) - 1:
            raise KeyError("lost")
        return super().__getitem__(index)


def three(count: int = 20, seed: int = 0) -> tuple[Squares, Squares, Squares]:
    """Train, selection, test."""
    return Squares(count, seed), Squares(8, 1), Squares(6, 2)


def two() -> list[Squares]:
    """Train and selection."""
    return [Squares(20, 0), Squares(9, 1)]


def jittered() -> tuple[Squares, Squares]:
    """Train is random."""
    return Jittered(20, 0), Squares(8, 1)


def broken() -> tuple[Squares, Squares]:
    """Train fails at its end."""
    return Broken(20, 0), Squares(8, 1)


def tensors(scale: float = 1.0) -> tuple[TensorDataset, TensorDataset]:
    """Float images [C, H, W] from 0 to `scale`, without class names."""
    images = torch.linspace(0, scale, 12 * 3 * 8 * 8).view(12, 3, 8, 8)
    return TensorDataset(images, torch.arange(12) % 3), TensorDataset(images[:6], torch.arange(6) % 3)


def nothing() -> None:
    """Returns no data sets."""
