"""Sets that torchvision reads: what is missing or broken is named; a download shows progress."""

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
    """Twenty tiny pictures in MNIST's own format, served from `folder`."""
    folder.mkdir()
    resources = []
    for part, count in (("train", 20), ("t10k", 10)):
        pixels = bytes(range(count)) * (28 * 28)
        for kind, body in (
            ("images-idx3", struct.pack(">4i", 2051, count, 28, 28) + pixels),
            ("labels-idx1", struct.pack(">2i", 2049, count) + bytes(n % 10 for n in range(count))),
        ):
            packed = gzip.compress(body)
            (folder / f"{part}-{kind}-ubyte.gz").write_bytes(packed)
            resources.append((f"{part}-{kind}-ubyte.gz", hashlib.md5(packed).hexdigest()))
    monkeypatch.setattr(reader, "mirrors", [folder.as_uri() + "/"])
    monkeypatch.setattr(reader, "resources", resources)


def test_download_shows_progress_and_the_set_is_framed_to_32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write_mnist(tmp_path / "mirror", monkeypatch)
    source, seen = DataSource(kind="mnist", download=True), []
    options = ImageOptions(image_size=32, channels=3)
    data = load_data(source, tmp_path / "data", options, lambda share, what: seen.append((share, what)))
    assert len(seen) == 4 and all(share == 1.0 for share, _ in seen)
    image = data.train_pool.batch(torch.tensor([1]), CPU)[0]
    assert image.shape == (3, 32, 32)
    assert int(image[:, :2].max()) == 0 and int(image[:, 2:30, 2:30].max()) > 0
    assert data.mean == (0.1307,) * 3
    assert data.notices[1] == "Images of 28×28 get a black frame to 32×32."


def test_download_that_fails_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.CIFAR10, "url", (tmp_path / "nowhere.tar.gz").as_uri())
    with pytest.raises(UnusableData, match="could not be downloaded"):
        load_data(DataSource(kind="cifar10", download=True), tmp_path, ImageOptions())
    assert list(tmp_path.iterdir()) == []


def test_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableData, match="cifar10 cannot be read"):
        load_data(DataSource(kind="cifar10"), tmp_path, ImageOptions())
    with pytest.raises(UnusableData, match="No data folder holds cifar100"):
        load_data(DataSource(kind="cifar100"), None, ImageOptions())


def test_fashion_mnist_comes_with_its_own_class_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write_mnist(tmp_path / "mirror", monkeypatch, datasets.FashionMNIST)
    data = load_data(DataSource(kind="fashion_mnist", download=True), tmp_path / "data", ImageOptions())
    assert (data.classes[0], len(data.train_pool), data.train_pool.shape) == ("T-shirt/top", 20, (1, 28, 28))
    assert data.train_pool.labels.tolist() == [number % 10 for number in range(20)]


def _write_cifar100(root: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Six tiny sets of CIFAR-100's own files; gives the train images [N, 3, 32, 32]."""
    folder = root / "cifar-100-python"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (6, 3 * 32 * 32), dtype=np.uint8)
    files = {
        "train": {"data": pixels, "fine_labels": [0, 99, 1, 2, 3, 4]},
        "test": {"data": pixels[:2], "fine_labels": [5, 6]},
        "meta": {"fine_label_names": [f"name {number}" for number in range(100)]},
    }
    sums = {}
    for name, content in files.items():
        (folder / name).write_bytes(pickle.dumps(content))
        sums[name] = hashlib.md5((folder / name).read_bytes()).hexdigest()
    monkeypatch.setattr(datasets.CIFAR100, "train_list", [["train", sums["train"]]])
    monkeypatch.setattr(datasets.CIFAR100, "test_list", [["test", sums["test"]]])
    meta = {"filename": "meta", "key": "fine_label_names", "md5": sums["meta"]}
    monkeypatch.setattr(datasets.CIFAR100, "meta", meta)
    return pixels.reshape(-1, 3, 32, 32)


def test_cifar_100_is_read_from_its_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = _write_cifar100(tmp_path, monkeypatch)
    data = load_data(DataSource(kind="cifar100"), tmp_path / "cifar-100-python", ImageOptions())
    assert data.train_pool.batch(torch.arange(6), CPU).numpy().tolist() == pixels.tolist()
    assert data.test_pool is not None and data.test_pool.labels.tolist() == [5, 6]
    assert (data.classes[99], len(data.classes)) == ("name 99", 100)
