"""The intensity scale also holds for the PIL images of a data factory."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from cnnpruner.data.factories import register_datasets
from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.domain.tree.image_reading import LEGACY_IMAGE_READING, ImageReading
from tests.data.image_folders.scan_dataset import make


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    module = "tests.data.image_folders.scan_dataset"
    register_datasets([f"bits={module}:make", f"floats={module}:make(mode='floats')"])
    yield
    register_datasets([])


def load(name: str, reading: ImageReading | None = None) -> LoadedData:
    return load_data(DataSource(kind="factory", name=name), None, ImageOptions(reading=reading))


def first_image(data: LoadedData) -> torch.Tensor:
    return data.train_pool.batch(torch.tensor([0]), torch.device("cpu"))[0, 0]


def test_images_of_twelve_bits_are_read_on_one_scale() -> None:  # 0.1.0: 500 to 1,000 became 1 to 3
    data = load("bits")
    assert data.reading is not None and (data.reading.low, data.reading.high) == (0, 4095)
    expected = np.rint(make()[0].values[0] * (255 / 4095)).astype(np.uint8)
    assert np.array_equal(first_image(data), expected)
    assert any(notice.startswith("50 sampled images have more than 8 bits") for notice in data.notices)


def test_floats_are_read_on_one_scale() -> None:  # 0.1.0: all black
    data = load("floats")
    assert data.reading is not None and (data.reading.low, data.reading.high) == (0, 1)
    assert first_image(data).float().mean() == pytest.approx(750 / 4000 * 255, rel=0.05)


def test_an_old_experiment_reads_each_image_by_itself() -> None:
    image = load("bits", LEGACY_IMAGE_READING)
    assert np.array_equal(first_image(image), (make()[0].values[0].astype(np.float32) / 65535 * 255).astype(np.uint8))
