"""Experiments of version 0.1.0 read the same pixels, in the same order and splits, as they did then."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from cnnpruner.data.images.images import ImageSet
from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.domain.tree.image_reading import LEGACY_IMAGE_READING, ImageReading
from cnnpruner.errors import UnusableData


def write_old_folder(folder: Path) -> Path:
    """Write a folder that is read differently today; return it."""
    generator = np.random.default_rng(11)
    values: tuple[NDArray[Any], ...] = (
        generator.uniform(0, 256, (12, 12, 3)).astype(np.uint8),
        generator.uniform(0, 4000, (12, 12)).astype(np.uint16),
        generator.uniform(0, 1, (12, 12)).astype(np.float32),
        generator.uniform(0, 200, (12, 12)).astype(np.uint16),
        generator.uniform(-500, 70000, (12, 12)).astype(np.int32),
        generator.uniform(0, 60000, (12, 12)).astype(">u2"),
    )
    for split in ("train", "val", "test"):
        for name in ("ant", "Bee"):
            for number in (10, 9, 2):
                for kind, image in enumerate(values):
                    path = folder / split / name / f"{number}_{kind}.{'png' if kind == 0 else 'tiff'}"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    Image.fromarray(np.roll(image, number + len(split) + len(name[0:kind]), axis=0)).save(path)
            Image.fromarray(values[0]).save(folder / split / name / "1.jfif", format="JPEG")
    return folder


def digest(images: ImageSet) -> str:
    pixels = images.batch(torch.arange(len(images)), torch.device("cpu"))
    return hashlib.sha256(pixels.numpy().tobytes() + images.labels.numpy().tobytes()).hexdigest()


DIGESTS_OF_0_1_0 = {
    "train": "17cfd0d27d545727fc0c87d122bc1450eb0fde8bff29867eeb09fe8d83650c28",
    "test": "eff4517e4bf60d692a4064934544d641ef10ed60919b1f86ce12355bf9ef1125",
}
"""Recorded with version 0.1.0: its train pool, and its test pool, which are the images in `val`."""


def load(folder: Path, reading: ImageReading | None) -> LoadedData:
    return load_data(DataSource(kind="folder", path="x"), folder, ImageOptions(12, 3, 5, reading=reading))


def test_pixels_order_and_splits_are_those_of_0_1_0(tmp_path: Path) -> None:
    data = load(write_old_folder(tmp_path), LEGACY_IMAGE_READING)
    assert data.test_pool is not None and data.held_out_pool is None
    assert {"train": digest(data.train_pool), "test": digest(data.test_pool)} == DIGESTS_OF_0_1_0
    splits = data.split(is_root_imported=False, seed=5)
    assert (splits.selection_pool, splits.test_pool, len(splits.test)) == ("train", "test", 36)


def test_a_new_experiment_on_the_same_folder_reads_it_by_the_rules_of_today(tmp_path: Path) -> None:
    folder = write_old_folder(tmp_path)
    for path in folder.rglob("*_2.tiff"):  # floats do not fit the scale of the integers
        path.unlink()
    data = load(folder, None)
    assert data.held_out_pool is not None and data.test_pool is not None
    assert (len(data.train_pool), len(data.held_out_pool), len(data.test_pool)) == (32, 32, 32)
    again = load(folder, data.reading)
    assert digest(again.train_pool) == digest(data.train_pool) and again.reading == data.reading


def test_a_link_out_of_the_data_folders_is_refused_for_old_experiments_too(tmp_path: Path) -> None:
    folder = write_old_folder(tmp_path / "data")
    (tmp_path / "secret.png").write_bytes((folder / "train/ant/9_0.png").read_bytes())
    (folder / "train/ant/3.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(UnusableData, match="lead out of the data folders"):
        load(folder, LEGACY_IMAGE_READING)
