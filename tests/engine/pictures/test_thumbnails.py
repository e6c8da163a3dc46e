"""Thumbnails for the page."""

import numpy as np
import torch

from cnnpruner.data.images.images import TensorImages
from cnnpruner.engine.pictures.thumbnails import thumbnail_shape, thumbnails


def test_small_images_are_not_resized_and_channels_come_last() -> None:
    pixels = torch.arange(3 * 3 * 2 * 2, dtype=torch.uint8).view(3, 3, 2, 2)
    images = TensorImages(pixels, torch.zeros(3).long())
    (pictures,) = thumbnails(images, np.array([2, 0]), thumbnail_shape(images, 2))
    assert pictures.shape == (2, 2, 2, 3)
    assert pictures.dtype == np.uint8
    assert pictures[0, 1, 0].tolist() == pixels[2, :, 1, 0].tolist()


def test_large_images_shrink_in_proportion() -> None:
    pixels = torch.full((1, 1, 200, 100), 77, dtype=torch.uint8)
    images = TensorImages(pixels, torch.zeros(1).long())
    (pictures,) = thumbnails(images, np.array([0]), thumbnail_shape(images, 1))
    assert pictures.shape == (1, 96, 48, 1)
    assert int(pictures.min()) == int(pictures.max()) == 77
