"""Images that stay on disk and are read batch by batch. The next batches are read while the current one is used."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnpruner.data.images.images import ImageSet

DECODER_THREADS = max(2, min(os.cpu_count() or 1, 16))
DECODER_EXECUTOR = ThreadPoolExecutor(
    DECODER_THREADS, thread_name_prefix="decode"
)  # threads start at first use; PIL releases the GIL
PREFETCHED_BATCHES = 2
"""Number of batches read in advance. It limits the memory that streaming takes, whatever the size of the data set."""

_PendingBatch = list[Future[NDArray[np.uint8]]]


class StreamedImages:
    """Base class of image sets that read one image at a time; subclasses have `labels`, `shape` and `read`."""

    executor: ClassVar[ThreadPoolExecutor] = DECODER_EXECUTOR
    labels: Tensor

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of each image."""
        raise NotImplementedError

    def read(self, index: int) -> NDArray[np.uint8]:
        """Return image `index` as uint8 [C, H, W]."""
        raise NotImplementedError

    def batch(self, indices: Tensor, device: torch.device) -> Tensor:
        """Return the images at `indices` as uint8 [B, C, H, W] on `device`.

        Raises UnusableData if an image cannot be read.
        """
        return next(self.stream([indices], device))

    def stream(self, batches: Iterable[Tensor], device: torch.device) -> Iterator[Tensor]:
        """For each tensor of indices (int64 [B]) in `batches`, yield the images at these indices as uint8 [B, C, H, W]
        on `device`. Meanwhile, threads read the next batches.
        """
        remaining_batches = iter(batches)
        pending_batches = deque(
            self._submit_batch(indices) for indices in islice(remaining_batches, 1 + PREFETCHED_BATCHES)
        )
        try:
            while pending_batches:
                pixels = torch.from_numpy(np.stack([image.result() for image in pending_batches.popleft()]))
                pending_batches.extend(self._submit_batch(indices) for indices in islice(remaining_batches, 1))
                yield _to_device(pixels, device)
        finally:
            for image in (image for batch in pending_batches for image in batch):
                image.cancel()

    def _submit_batch(self, indices: Tensor) -> _PendingBatch:
        return [self.executor.submit(self.read, index) for index in indices.tolist()]


def stream(images: ImageSet, batches: Iterable[Tensor], device: torch.device) -> Iterator[Tensor]:
    """For each tensor of indices (int64 [B]) in `batches`, yield the images at these indices as uint8 [B, C, H, W] on
    `device`.
    """
    if isinstance(images, StreamedImages):
        return images.stream(batches, device)
    return (images.batch(indices, device) for indices in batches)


def _to_device(pixels: Tensor, device: torch.device) -> Tensor:
    return pixels.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else pixels.to(device)
