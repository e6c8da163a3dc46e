"""A root on pictures that stay on disk is the root on the same pictures in memory; changed folders are told."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.errors import UnusableData
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import root
from tests.data.test_reports import save
from tests.jobs.contexts import FakeContext
from tests.jobs.setups import check_experiment, setup_of
from tests.values import TRAINING

NEW = NewExperiment.model_validate(
    {"data": {"kind": "folder", "path": "pets", "crop_share": 0.9}, "network": {"name": "small_vgg"}, "image_size": 16}
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in range(30):
        for label, name in enumerate(("cat", "dog")):
            save(tmp_path / "pets" / "train" / name / f"{number}.jpg", 2 * number + label, (18 + number % 5, 20))
    return tmp_path


def make_root(data: Path, to: Path, max_bytes_in_memory: int) -> tuple[list[float], bytes, NDArray[np.uint8]]:
    """Losses of two epochs, the weights, the pictures."""
    cache = WorkerCache(torch.device("cpu"), max_bytes_in_memory)
    to.mkdir()
    setup, context = setup_of(NEW, check_experiment(NEW, data, cache), data), FakeContext(to)
    training = TRAINING.model_copy(update={"epochs": 2, "augmentation": "crop_flip", "batch_size": 8})
    inputs = root.RootInputs(setup, 1, training, None, to / "weights.safetensors", to / "pictures.npy")
    result = root.run(inputs, context, cache)
    assert result.predictions.loss > 0
    return [row.loss for row in context.rows], inputs.weights.read_bytes(), np.load(inputs.pictures)


def test_a_streamed_root_has_the_numbers_of_a_held_one(data: Path, tmp_path: Path) -> None:
    held, streamed = make_root(data, tmp_path / "held", 2**30), make_root(data, tmp_path / "streamed", 1000)
    assert held[:2] == streamed[:2]
    assert np.array_equal(held[2], streamed[2]) and held[2].shape == (12, 16, 16, 3)


def test_a_folder_that_lost_pictures_is_refused_by_its_experiment(data: Path) -> None:
    cache = WorkerCache(torch.device("cpu"))
    setup = setup_of(NEW, check_experiment(NEW, data, cache), data)
    (data / "pets/train/cat/3.jpg").unlink()
    with pytest.raises(UnusableData, match="59 train images now but had 60 when the experiment was created"):
        cache.images(setup)
