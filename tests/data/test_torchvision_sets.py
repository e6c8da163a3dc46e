"""Data sets read by torchvision: errors name what is missing or broken; a download reports progress."""

import gzip
import hashlib
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torchvision import datasets

from cnnpruner.data.loaded_data import load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData

CPU = torch.device("cpu")


def _write_mnist(folder: Path, monkeypatch: pytest.MonkeyPatch, reader: Any = datasets.MNIST) -> None:
    """Write twenty images in MNIST's own format and serve them from `folder`."""
    folder.mkdir()
    resources = []
    for split, count in (("train", 20), ("t10k", 10)):
        pixels = bytes(range(count)) * (28 * 28)
        for kind, body in (
            ("images-idx3", struct.pack(">4i", 2051, count, 28, 28) + pixels),
            ("labels-idx1", struct.pack(">2i", 2049, count) + bytes(n % 10 for n in range(count))),
        ):
            packed = gzip.compress(body)
            (folder / f"{split}-{kind}-ubyte.gz").write_bytes(packed)
            resources.append((f"{split}-{kind}-ubyte.gz", hashlib.md5(packed).hexdigest()))
    monkeypatch.setattr(reader, "mirrors", [folder.as_uri() + "/"])
    monkeypatch.setattr(reader, "resources", resources)


def test_download_reports_progress_and_images_are_padded_to_32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write_mnist(tmp_path / "mirror", monkeypatch)
    source, reports = DataSource(kind="mnist", download=True), []
    options = ImageOptions(image_size=32, channels=3)
    data = load_data(source, tmp_path / "data", options, lambda share, message: reports.append((share, message)))
    assert len(reports) == 4 and all(share == 1.0 for share, _ in reports)
    image = data.train_pool.batch(torch.tensor([1]), CPU)[0]
    assert image.shape == (3, 32, 32)
    assert int(image[:, :2].max()) == 0 and int(image[:, 2:30, 2:30].max()) > 0
    assert data.mean == (0.1307,) * 3
    assert data.notices[1] == "Images of 28×28 are padded with black to 32×32."


def test_failed_download_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.CIFAR10, "url", (tmp_path / "nowhere.tar.gz").as_uri())
    with pytest.raises(UnusableData, match="could not be downloaded"):
        load_data(DataSource(kind="cifar10", download=True), tmp_path, ImageOptions())
    assert list(tmp_path.iterdir()) == []


def test_missing_data_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableData, match="cifar10 cannot be read"):
        load_data(DataSource(kind="cifar10"), tmp_path, ImageOptions())
    with pytest.raises(UnusableData, match="No data folder contains the data set cifar100"):
        load_data(DataSource(kind="cifar100"), None, ImageOptions())


def test_fashion_mnist_comes_with_its_own_class_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write_mnist(tmp_path / "mirror", monkeypatch, datasets.FashionMNIST)
    data = load_data(DataSource(kind="fashion_mnist", download=True), tmp_path / "data", ImageOptions())
    assert (data.classes[0], len(data.train_pool), data.train_pool.shape) == ("T-shirt/top", 20, (1, 28, 28))
    assert data.train_pool.labels.tolist() == [number % 10 for number in range(20)]


def _write_cifar100(root: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Write six images in CIFAR-100's own format and return them as [N, 3, 32, 32]."""
    folder = root / "cifar-100-python"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (6, 3 * 32 * 32), dtype=np.uint8)
    files = {
        "train": {"data": pixels, "fine_labels": [0, 99, 1, 2, 3, 4]},
        "test": {"data": pixels[:2], "fine_labels": [5, 6]},
        "meta": {"fine_label_names": [f"name {number}" for number in range(100)]},
    }
    md5 = {}
    for name, content in files.items():
        (folder / name).write_bytes(pickle.dumps(content))
        md5[name] = hashlib.md5((folder / name).read_bytes()).hexdigest()
    monkeypatch.setattr(datasets.CIFAR100, "train_list", [["train", md5["train"]]])
    monkeypatch.setattr(datasets.CIFAR100, "test_list", [["test", md5["test"]]])
    meta = {"filename": "meta", "key": "fine_label_names", "md5": md5["meta"]}
    monkeypatch.setattr(datasets.CIFAR100, "meta", meta)
    return pixels.reshape(-1, 3, 32, 32)


def test_cifar_100_is_read_from_its_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = _write_cifar100(tmp_path, monkeypatch)
    data = load_data(DataSource(kind="cifar100"), tmp_path / "cifar-100-python", ImageOptions())
    assert data.train_pool.batch(torch.arange(6), CPU).numpy().tolist() == pixels.tolist()
    assert data.test_pool is not None and data.test_pool.labels.tolist() == [5, 6]
    assert (data.classes[99], len(data.classes)) == ("name 99", 100)
