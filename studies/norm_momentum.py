"""How far batch norm statistics lag behind a short tuning: a ResNet-20 whose norms have the momentum 0.01.

    python -m studies.norm_momentum FOLDER

FOLDER contains `cifar10/` and `checkpoints/resnet20-12fca82f.th`. The network is cut at random to about half of the
free units, tuned for one epoch of 50 steps with the norms' own momentum and with the one that the product uses, and
evaluated as it is and with re-estimated statistics. Prints the number of correct test images of each. About a minute
on two cores.
"""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor, nn

from cnnpruner.data.images.images import ImageSet, Normalize
from cnnpruner.data.loaded_data import load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource
from cnnpruner.engine.checkpoints.weight_sets import load_checkpoint
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.engine.training import trainer
from cnnpruner.engine.training.batches import TrainData, scoring_batches
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.recalibration import recalibrate
from cnnpruner.planning.defaults import default_training

IMAGENET = Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
MOMENTUM, STEPS, BATCH_SIZE, TEST_IMAGES = 0.01, 50, 64, 4_000


def main(folder: Path) -> None:
    """Print the accuracies with the norms' own momentum and with the raised one."""
    data = load_data(DataSource(kind="cifar10"), folder / "cifar10", ImageOptions())
    assert data.test_pool is not None
    train = TrainData(data.train_pool, np.arange(50_000), IMAGENET, torch.device("cpu"))
    child = _cut_network(folder)
    sys.stdout.write(f"{'momentum':12s} as trained  re-estimated  (of {TEST_IMAGES} test images)\n")
    for label, context in (
        ("own, 0.01", patch.object(trainer, "raise_norm_momentum", _unchanged)),
        ("raised", nullcontext()),
    ):
        with context:
            tuned = _tune(child, train)
        reestimated = recalibrate(tuned, _images(train))
        sys.stdout.write(
            f"{label:12s} {_accuracy(tuned, data.test_pool):10.2%} {_accuracy(reestimated, data.test_pool):13.2%}\n"
        )


def _unchanged(*_: object) -> AbstractContextManager[None]:
    return nullcontext()


def _cut_network(folder: Path) -> nn.Module:
    """Return the trained ResNet-20 without a random half of its free units."""
    network = build_network(NetworkSource(name="resnet20"), 10, 3, 32, seed=0)
    load_checkpoint(network, folder / "checkpoints" / "resnet20-12fca82f.th")
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = MOMENTUM
    layers = trace_layers(network, torch.zeros(1, 3, 32, 32), 10)
    free = [unit.id for unit in layers.units if unit.free]
    return cut(network, layers, np.random.default_rng(0).choice(free, len(free) // 2, replace=False).tolist())


def _tune(network: nn.Module, train: TrainData) -> nn.Module:
    settings = default_training(DataSource(kind="cifar10"), "tune")
    changes = {"epochs": 1, "images": STEPS * BATCH_SIZE, "batch_size": BATCH_SIZE, "learning_rate": 0.01}
    tuning = trainer.Trainer(network, train, settings.model_copy(update=changes), seed=0)
    assert tuning.steps == STEPS
    tuning.epoch(1)
    return tuning.network


def _images(train: TrainData) -> Iterator[Tensor]:
    return (images for images, _ in scoring_batches(train, 50, BATCH_SIZE, 1))


def _accuracy(network: nn.Module, images: ImageSet) -> float:
    return predict(network, images, np.arange(TEST_IMAGES), IMAGENET).correct / TEST_IMAGES


if __name__ == "__main__":
    main(Path(sys.argv[1]))
