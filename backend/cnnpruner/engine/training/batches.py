"""Batches of normalised images, in a seeded order, for training, scoring and recalibration."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnpruner.data.images.augmentation import augment
from cnnpruner.data.images.images import ImageSet, Normalize, TensorImages
from cnnpruner.data.images.streamed import stream
from cnnpruner.domain.tree.training import Training
from cnnpruner.planning.training.durations import count_epoch_images

MAX_BYTES_IN_MEMORY = 256 * 2**20
"""Memory limit for normalised images, in bytes. If a split is not augmented and fits, its images are normalised once
and stay in memory. Otherwise, each batch is read and normalised again in every epoch.
"""


@dataclass(frozen=True)
class TrainData:
    """The train split: the images at `indices` (int64 [N]) in `images`, how to normalise them, and the device to
    compute on.
    """

    images: ImageSet
    indices: NDArray[np.int64]
    normalize: Normalize
    device: torch.device


def seeded_generator(*key: int) -> torch.Generator:
    """Return a CPU random generator whose state depends only on `key`."""
    seed = int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> np.uint64(1))
    return torch.Generator().manual_seed(seed)


def scoring_batches(data: TrainData, count: int, size: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield `count` batches of normalised images [size, C, H, W] and labels [size], without augmentation, in a seeded
    order.

    If the split has fewer than count · size images, it is reshuffled and repeated; every batch has exactly `size`
    images.
    """
    repeat_count = -(-count * size // len(data.indices))
    permutations = [
        torch.randperm(len(data.indices), generator=seeded_generator(seed, number)) for number in range(repeat_count)
    ]
    image_indices = torch.from_numpy(data.indices)[torch.cat(permutations)]
    batches = torch.split(image_indices[: count * size], size)
    for batch, pixels in zip(batches, stream(data.images, batches, data.device), strict=True):
        yield data.normalize(pixels), data.images.labels[batch].to(data.device)


class EpochBatches:
    """The batches of each training epoch. Their order depends on (seed, epoch), and their augmentation on (seed, epoch,
    step).
    """

    def __init__(self, data: TrainData, training: Training, seed: int, memory_format: torch.memory_format) -> None:
        self.data, self.training, self.seed, self._format = data, training, seed, memory_format
        self._indices = torch.from_numpy(data.indices)
        self._labels = data.images.labels[self._indices].to(data.device)
        self._normalized = self._normalize_all_images()

    def __len__(self) -> int:
        """Return the number of steps per epoch."""
        return len(_batch_bounds(self.images_per_epoch, self.training.batch_size)) - 1

    @property
    def images_per_epoch(self) -> int:
        """Number of images per epoch: all images of the train split, or fewer if the training settings limit the
        number.
        """
        return count_epoch_images(self.training, len(self._indices))

    @property
    def normalized_images(self) -> Tensor | None:
        """All images of the split, normalised [N, C, H, W]; None if they are augmented or do not fit into memory."""
        return self._normalized

    def epoch(self, epoch: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield the batches of this epoch: normalised images [B, C, H, W] and their labels [B], both on the device, and
        the positions [B] of the images in the split.
        """
        image_order = torch.randperm(len(self._indices), generator=seeded_generator(self.seed, epoch))[
            : self.images_per_epoch
        ]
        bounds = _batch_bounds(len(image_order), self.training.batch_size)
        labels = self._labels[image_order.to(self.data.device)]
        if self._normalized is not None:
            images = self._normalized[image_order.to(self.data.device)]
            yield from (
                (images[start:end], labels[start:end], image_order[start:end]) for start, end in pairwise(bounds)
            )
            return
        batch_indices = [self._indices[image_order[start:end]] for start, end in pairwise(bounds)]
        steps = zip(pairwise(bounds), stream(self.data.images, batch_indices, self.data.device), strict=True)
        for step, ((start, end), pixels) in enumerate(steps):
            images = self._augment_and_normalize(pixels, seeded_generator(self.seed, epoch, step))
            yield images, labels[start:end], image_order[start:end]

    def _augment_and_normalize(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        augmented_images = augment(pixels, self.training.augmentation, generator)
        return self.data.normalize(augmented_images.contiguous(memory_format=self._format))

    def _normalize_all_images(self) -> Tensor | None:
        """Return all images of the split in normalised form; None if they are augmented or do not fit into memory."""
        images = self.data.images
        fits_in_memory = 4 * len(self._indices) * _values_per_image(images) <= MAX_BYTES_IN_MEMORY
        if self.training.augmentation != "none" or not isinstance(images, TensorImages) or not fits_in_memory:
            return None
        pixels = images.batch(self._indices, self.data.device)
        return self.data.normalize(pixels.contiguous(memory_format=self._format))


def _batch_bounds(images: int, batch_size: int) -> list[int]:
    """Return the positions in the epoch at which batches begin and end.

    A last batch with only one image is merged into the previous one, because batch norm needs at least two images.
    """
    bounds = [*range(0, images, batch_size), images]
    if len(bounds) > 2 and bounds[-1] - bounds[-2] == 1:
        del bounds[-2]
    return bounds


def _values_per_image(images: ImageSet) -> int:
    channels, height, width = images.shape
    return channels * height * width
