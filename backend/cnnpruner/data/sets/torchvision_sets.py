"""CIFAR-10, CIFAR-100, MNIST and Fashion-MNIST loaded by torchvision, which verifies the MD5 hash of every file."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torchvision import datasets

from cnnpruner.data.data_folders import TORCHVISION_FOLDERS
from cnnpruner.data.images.images import TensorImages
from cnnpruner.data.sets.download import download_if_missing
from cnnpruner.data.sets.raw_data import RawData
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData

_DATASET_TYPES: dict[str, Any] = {
    "cifar10": datasets.CIFAR10,
    "cifar100": datasets.CIFAR100,
    "mnist": datasets.MNIST,
    "fashion_mnist": datasets.FashionMNIST,
}

_FOLDER_NAMES = {kind: name for name, (kind, _) in TORCHVISION_FOLDERS.items()}
"""Name of the folder that torchvision expects below its root, for each data set."""


def load_torchvision_dataset(source: DataSource, folder: Path, progress: Progress | None) -> RawData:
    """Load the official training and test images; `folder` is torchvision's root or the data set's own folder in it."""
    root = folder.parent if folder.name == _FOLDER_NAMES[source.kind] else folder
    dataset_type = _DATASET_TYPES[source.kind]
    if source.download and not (root / _FOLDER_NAMES[source.kind]).exists():
        _download(dataset_type, root, progress)
    train, test = (_open_dataset(dataset_type, source, root, is_train) for is_train in (True, False))
    return RawData(_to_images(train), _to_images(test), tuple(str(name) for name in train.classes))


def _open_dataset(dataset_type: Any, source: DataSource, root: Path, is_train: bool) -> Any:
    try:
        return dataset_type(root=str(root), train=is_train, download=source.download)
    except (RuntimeError, OSError, EOFError, ValueError, KeyError) as error:
        reason = str(error).partition(". You can use")[0]  # the rest is advice for callers of torchvision
        raise UnusableData(
            f"{source.kind} cannot be read from {root.name} ({reason}). Put the complete, unchanged data set there "
            f"(folder {_FOLDER_NAMES[source.kind]}), or choose to download it.",
            kind=source.kind,
        ) from error


def _to_images(dataset: Any) -> TensorImages:
    """Return the images and labels of a torchvision data set, whose pixels have the shape [N, H, W, 3] for CIFAR and
    [N, H, W] for MNIST.
    """
    pixels = torch.as_tensor(np.asarray(dataset.data))
    pixels = pixels.unsqueeze(1) if pixels.ndim == 3 else pixels.permute(0, 3, 1, 2)  # [N, C, H, W]
    return TensorImages(pixels.contiguous(), torch.as_tensor(np.asarray(dataset.targets, dtype=np.int64)))


def _download(dataset_type: Any, root: Path, progress: Progress | None) -> None:
    """Download the archives to the place where torchvision expects them; torchvision then verifies and unpacks them."""
    if hasattr(dataset_type, "mirrors"):
        raw = root / dataset_type.__name__ / "raw"
        for name, _ in dataset_type.resources:
            download_if_missing([mirror_url + name for mirror_url in dataset_type.mirrors], raw / name, progress)
    else:
        download_if_missing([dataset_type.url], root / dataset_type.filename, progress)
