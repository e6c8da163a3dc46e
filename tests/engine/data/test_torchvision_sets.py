"""Sets that torchvision reads: what is missing or broken is named; a download shows progress."""

import gzip
import hashlib
import struct
from pathlib import Path

import pytest
import torch
from torchvision import datasets

from cnnpruner.domain.experiments import DataSource
from cnnpruner.engine.data import ImageOptions, load_data
from cnnpruner.errors import UnusableData

CPU = torch.device("cpu")


def _write_mnist(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    monkeypatch.setattr(datasets.MNIST, "mirrors", [folder.as_uri() + "/"])
    monkeypatch.setattr(datasets.MNIST, "resources", resources)


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
