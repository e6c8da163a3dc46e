"""Data sets streamed from disk give the same numbers as in memory, with few batches in memory at once."""

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.data.images.streamed import PREFETCHED_BATCHES, StreamedImages, stream
from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.engine.pictures.thumbnails import thumbnails
from cnnpruner.engine.training.batches import EpochBatches, TrainData, scoring_batches
from cnnpruner.errors import UnusableData
from tests.data.test_reports import save
from tests.values import TRAINING

CPU = torch.device("cpu")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(12):
        for label, name in enumerate("ab"):
            save(tmp_path / "train" / name / f"{number}.jpg", 2 * number + label, (20 + number, 30))
    return tmp_path


def load(folder: Path, max_bytes_in_memory: int) -> LoadedData:
    return load_data(DataSource(kind="folder", path="x"), folder, ImageOptions(16, 3, 0, max_bytes_in_memory))


def batches_of(loaded: LoadedData) -> list[Tensor]:
    """Two epochs, some scoring batches and the thumbnails."""
    train = TrainData(loaded.train_pool, np.arange(20), Normalize(loaded.mean, loaded.std), CPU)
    training = TRAINING.model_copy(update={"augmentation": "crop_flip", "batch_size": 7})
    epochs = EpochBatches(train, training, 5, torch.contiguous_format)
    batches = [images for epoch in (1, 2) for images, _, _ in epochs.epoch(epoch)]
    batches += [images for images, _ in scoring_batches(train, 3, 8, 5)]
    return [*batches, *map(torch.from_numpy, thumbnails(loaded.train_pool, np.arange(20, 24), (12, 12, 3)))]


def test_streamed_sets_and_sets_in_memory_give_equal_batches_and_equal_mean_and_std(folder: Path) -> None:
    in_memory, streamed = load(folder, 2**30), load(folder, 1000)
    assert isinstance(in_memory.train_pool, TensorImages) and isinstance(streamed.train_pool, StreamedImages)
    assert (in_memory.mean, in_memory.std) == (streamed.mean, streamed.std)
    pairs = zip(batches_of(in_memory), batches_of(streamed), strict=True)
    assert all(torch.equal(expected, batch) for expected, batch in pairs)


class RecordingImages(StreamedImages):
    """Records which images were read."""

    def __init__(self) -> None:
        self.labels = torch.zeros(1000, dtype=torch.int64)
        self.read_so_far: list[int] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """One grey pixel."""
        return 1, 1, 1

    def read(self, index: int) -> NDArray[np.uint8]:
        """Return the index as a pixel; the last image cannot be read."""
        with self._lock:
            self.read_so_far.append(index)
        if index == 999:
            raise UnusableData("Image 999 cannot be read.")
        return np.full((1, 1, 1), index % 256, dtype=np.uint8)


def test_only_a_few_batches_are_read_ahead() -> None:
    images = RecordingImages()
    index_batches = torch.split(torch.arange(1000), 10)
    batches = stream(images, index_batches, CPU)
    for number in range(5):
        assert next(batches).flatten().tolist() == list(range(10 * number, 10 * number + 10))
        assert len(images.read_so_far) <= 10 * (number + 2 + PREFETCHED_BATCHES)
    batches.close()  # type: ignore[attr-defined]
    assert len(images.read_so_far) < 100


def test_an_image_that_fails_in_the_background_is_named_with_its_batch() -> None:
    images = RecordingImages()
    batches = stream(images, [torch.arange(990, 995), torch.arange(995, 1000)], CPU)
    next(batches)
    with pytest.raises(UnusableData, match="999"):
        next(batches)
