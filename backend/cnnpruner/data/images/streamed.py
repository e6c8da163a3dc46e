"""Images that stay where they are and are read batch by batch, the next ones while one is used."""

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

THREADS = max(2, min(os.cpu_count() or 1, 16))
DECODERS = ThreadPoolExecutor(THREADS, thread_name_prefix="decode")  # started at first use; PIL releases the GIL
AHEAD = 2
"""Batches in the making beside the one in use: the memory that streaming takes, whatever the size of the set."""

_Batch = list[Future[NDArray[np.uint8]]]


class StreamedImages:
    """Base of sets that read one image at a time; a subclass has `labels`, `shape` and `read`."""

    readers: ClassVar[ThreadPoolExecutor] = DECODERS
    labels: Tensor

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of each image."""
        raise NotImplementedError

    def read(self, index: int) -> NDArray[np.uint8]:
        """Image `index` as uint8 [C, H, W]."""
        raise NotImplementedError

    def batch(self, indices: Tensor, device: torch.device) -> Tensor:
        """Images at `indices` as uint8 [B, C, H, W] on `device`; UnusableData names one that cannot be read."""
        return next(self.stream([indices], device))

    def stream(self, batches: Iterable[Tensor], device: torch.device) -> Iterator[Tensor]:
        """Each of `batches` (indices) in turn, while the next ones are read by threads."""
        waiting = iter(batches)
        begun = deque(self._begin(indices) for indices in islice(waiting, 1 + AHEAD))
        try:
            while begun:
                pixels = torch.from_numpy(np.stack([image.result() for image in begun.popleft()]))
                begun.extend(self._begin(indices) for indices in islice(waiting, 1))
                yield _to(pixels, device)
        finally:
            for image in (image for batch in begun for image in batch):
                image.cancel()

    def _begin(self, indices: Tensor) -> _Batch:
        return [self.readers.submit(self.read, index) for index in indices.tolist()]


def stream(images: ImageSet, batches: Iterable[Tensor], device: torch.device) -> Iterator[Tensor]:
    """uint8 [B, C, H, W] on `device` for each of `batches` (indices int64 [B]), in their order."""
    if isinstance(images, StreamedImages):
        return images.stream(batches, device)
    return (images.batch(indices, device) for indices in batches)


def _to(pixels: Tensor, device: torch.device) -> Tensor:
    return pixels.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else pixels.to(device)
