"""An epoch of fine-tuning compared with a plain PyTorch loop over a DataLoader with torchvision's transforms."""

import copy
import ctypes
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from benchmarks.results import Result
from benchmarks.rounds import BATCHES, Contender, interleave, ratio
from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.data.loaded_data import load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource
from cnnpruner.domain.tree.training import Training
from cnnpruner.engine.memory import M_MMAP_MAX, M_TRIM_THRESHOLD, reuse_freed_memory
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.engine.training.batches import TrainData
from cnnpruner.engine.training.threads import mean_layer_macs
from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.planning.defaults import default_training

CIFAR_MEAN, CIFAR_STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
M_MMAP_THRESHOLD = -3
METHOD = (
    "{}, {} batches of {} per round, float32, SGD with momentum: Trainer.epoch, divided by a plain loop with the "
    "better of 0 and 2 DataLoader workers (here {}; persistent) and the same augmentation by torchvision.transforms; "
    "ours as in a worker, which keeps freed memory"
)


def run() -> dict[str, Result]:
    """Measure VGG-16-BN as on CIFAR (random images of its shape), and the demo on the real digits."""
    return {
        "finetune_vs_dataloader_loop_vgg16bn": _compare(_vgg(), "vgg16_bn on 32×32 images, crop and flip"),
        "finetune_vs_dataloader_loop_demo": _compare(_demo(), "small_vgg on digits"),
    }


class _Case:
    """A network, images, and training settings."""

    def __init__(self, network: nn.Module, images: TensorImages, normalize: Normalize, training: Training) -> None:
        self.network, self.images, self.normalize = network, images, normalize
        self.training = training.model_copy(update={"amp": False, "epochs": 1000})


def _vgg() -> _Case:
    source = NetworkSource(name="vgg16_bn")
    training = default_training(DataSource(kind="cifar10"), "tune")
    generator, count = torch.Generator().manual_seed(0), BATCHES * training.batch_size
    pixels = torch.randint(0, 256, (count, 3, 32, 32), dtype=torch.uint8, generator=generator)
    images = TensorImages(pixels, torch.randint(0, 10, (count,), generator=generator))
    return _Case(build_network(source, 10, 3, 32, seed=0), images, Normalize(CIFAR_MEAN, CIFAR_STD), training)


def _demo() -> _Case:
    source = NetworkSource(name="small_vgg")
    digits = load_data(DataSource(kind="digits"), None, ImageOptions())
    training = default_training(DataSource(kind="digits"), "tune")
    pool = digits.train_pool
    indices = torch.arange(BATCHES * training.batch_size)
    images = TensorImages(pool.batch(indices, torch.device("cpu")), pool.labels[indices])
    network = build_network(source, len(digits.classes), digits.channels, digits.image_size, seed=0)
    return _Case(network, images, Normalize(digits.mean, digits.std), training)


def _compare(case: _Case, description: str) -> Result:
    seconds = interleave({"ours": _ours(case), "0": _plain_loop(case, 0), "2": _plain_loop(case, 2)})
    better = min(("0", "2"), key=lambda workers: median(seconds[workers]))
    method = METHOD.format(description, BATCHES, case.training.batch_size, better)
    return Result(ratio(seconds["ours"], seconds[better]), 1.0, "ratio", method)


def _ours(case: _Case) -> Contender:
    data = TrainData(case.images, np.arange(len(case.images)), case.normalize, torch.device("cpu"))
    layers = trace_layers(case.network, torch.zeros(1, *case.images.shape))
    trainer = Trainer(case.network, data, case.training, 0, mean_layer_macs(layers))
    epochs = iter(range(1, case.training.epochs + 1))
    return Contender(lambda: trainer.epoch(next(epochs)), reuse_freed_memory)


def _plain_loop(case: _Case, workers: int) -> Contender:
    """Return the usual training loop: zero_grad, forward, cross-entropy, backward, step."""
    training = case.training
    network = copy.deepcopy(case.network).train()
    optimizer = torch.optim.SGD(
        network.parameters(),
        lr=training.learning_rate,
        momentum=training.momentum,
        weight_decay=training.weight_decay,
        nesterov=True,
    )
    loader = DataLoader(
        _PilImages(case.images, _make_transform(case)),
        batch_size=training.batch_size,
        shuffle=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )

    def run() -> None:
        for images, labels in loader:
            optimizer.zero_grad()
            F.cross_entropy(network(images), labels).backward()
            optimizer.step()

    return Contender(run, _use_default_malloc)


def _use_default_malloc() -> None:
    """Set the thresholds that glibc reaches by itself once large blocks were freed (mallopt(3))."""
    library = ctypes.CDLL(None)
    for name, value in ((M_MMAP_MAX, 65536), (M_MMAP_THRESHOLD, 32 * 2**20), (M_TRIM_THRESHOLD, 64 * 2**20)):
        library.mallopt(name, value)


def _make_transform(case: _Case) -> Callable[[Image.Image], Tensor]:
    edge = case.images.shape[1]
    augmentation = [transforms.RandomCrop(edge, padding=edge // 8), transforms.RandomHorizontalFlip()]
    steps = augmentation if case.training.augmentation == "crop_flip" else []
    normalize = transforms.Normalize(case.normalize.mean, case.normalize.std)
    composed: Callable[[Image.Image], Tensor] = transforms.Compose([*steps, transforms.ToTensor(), normalize])
    return composed


class _PilImages(Dataset[tuple[Tensor, int]]):
    """Like torchvision's CIFAR10: an array of images, each converted to PIL when it is read."""

    def __init__(self, images: TensorImages, transform: Callable[[Image.Image], Tensor]) -> None:
        self._pixels: NDArray[np.uint8] = images.pixels.permute(0, 2, 3, 1).squeeze(3).contiguous().numpy()
        self._labels: list[int] = images.labels.tolist()
        self._transform = transform

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self._transform(Image.fromarray(self._pixels[index])), self._labels[index]
