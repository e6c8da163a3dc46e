"""Small seeded data and settings for tests of training."""

import numpy as np
import torch

from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.domain.tree.training import Training
from cnnpruner.engine.training.batches import TrainData
from cnnpruner.planning.defaults import default_training


def random_data(images: int = 50) -> TrainData:
    """Return random 8×8 images of two classes, which the first pixel tells apart."""
    random = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (images, 1, 8, 8), dtype=torch.uint8, generator=random)
    tensors = TensorImages(pixels, (pixels[:, 0, 0, 0] > 127).long())
    return TrainData(tensors, np.arange(images), Normalize((0.5,), (0.3,)), torch.device("cpu"))


def training_settings(**changes: object) -> Training:
    """Return the digits' settings for tuning, with four epochs of batches of 16, and with `changes`."""
    default = default_training(DataSource(kind="digits"), "tune")
    return default.model_copy(update={"epochs": 4, "batch_size": 16, "schedule": "cosine", **changes})
