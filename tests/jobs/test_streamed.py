"""A root trained on images streamed from disk equals one trained on images in memory; changed folders are reported."""

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


def make_root(data: Path, folder: Path, max_bytes_in_memory: int) -> tuple[list[float], bytes, NDArray[np.uint8]]:
    """Returns the losses of two epochs, the weights and the pictures."""
    cache = WorkerCache(torch.device("cpu"), max_bytes_in_memory)
    folder.mkdir()
    setup, context = setup_of(NEW, check_experiment(NEW, data, cache), data), FakeContext(folder)
    training = TRAINING.model_copy(update={"epochs": 2, "augmentation": "crop_flip", "batch_size": 8})
    inputs = root.RootInputs(setup, 1, training, None, folder / "weights.safetensors", folder / "pictures.npy")
    result = root.run(inputs, context, cache)
    assert result.predictions.loss > 0
    return [row.loss for row in context.rows], inputs.weights.read_bytes(), np.load(inputs.pictures)


def test_a_root_on_streamed_images_equals_one_on_images_in_memory(data: Path, tmp_path: Path) -> None:
    in_memory, streamed = make_root(data, tmp_path / "in_memory", 2**30), make_root(data, tmp_path / "streamed", 1000)
    assert in_memory[:2] == streamed[:2]
    assert np.array_equal(in_memory[2], streamed[2]) and in_memory[2].shape == (12, 16, 16, 3)


def test_a_folder_with_missing_images_is_refused(data: Path) -> None:
    cache = WorkerCache(torch.device("cpu"))
    setup = setup_of(NEW, check_experiment(NEW, data, cache), data)
    (data / "pets/train/cat/3.jpg").unlink()
    with pytest.raises(UnusableData, match="59 train images, but it had 60 when the experiment was created"):
        cache.images(setup)
