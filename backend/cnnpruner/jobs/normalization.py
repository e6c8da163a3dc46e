"""Chooses the pixel mean and std for published weights, and for imported weights whose mean and std are not known."""

from dataclasses import dataclass

import numpy as np
from torch import nn

from cnnpruner.data.images.images import Normalize
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.pretrained import published_mean_std
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.jobs.images import ImagePools

IMAGENET_MEAN_STD = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""The mean and std with which torchvision's weights, and many other published weights, were trained."""
INCEPTION_MEAN_STD = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
MAX_COMPARED_IMAGES = 1000


@dataclass(frozen=True)
class Normalization:
    """Mean and std per channel, for pixel values 0-1."""

    mean: tuple[float, ...]
    std: tuple[float, ...]
    notice: str | None


def get_published_normalization(network: NetworkSource, channels: int) -> Normalization:
    """Return the mean and std with which the published weights of `network` were trained."""
    mean, std = published_mean_std(network) or IMAGENET_MEAN_STD
    notice = f"The mean and std are those with which the published weights of {network.name} were trained."
    return Normalization(mean[:channels], std[:channels], notice)


def find_best_normalization(network: nn.Module, pools: ImagePools) -> Normalization:
    """Return the mean and std that give the lowest loss on 1,000 *training* images. Three candidates are compared: the
    mean and std of the data set, those of ImageNet, and 0.5 for both.

    Selection and test images are not used. The difference in accuracy can be small (0.04 percentage points for a
    ResNet-20 on CIFAR-10), but with wrong values, the weights would look worse than they are.
    """
    loaded_data = pools.loaded_data
    choices = {
        "the mean and std of the data set": (tuple(loaded_data.mean), tuple(loaded_data.std)),
        "the mean and std of ImageNet": IMAGENET_MEAN_STD,
        "a mean and std of 0.5": INCEPTION_MEAN_STD,
    }
    images = pools["train"]
    indices = np.linspace(0, len(images) - 1, min(MAX_COMPARED_IMAGES, len(images))).astype(np.int64)
    network = network.to(pools.device)
    losses = {
        name: predict(network, images, indices, Normalize(mean, std)).loss for name, (mean, std) in choices.items()
    }
    best_choice = min(losses, key=losses.__getitem__)
    losses_text = ", ".join(f"{loss:.4f} with {name}" for name, loss in losses.items())
    notice = (
        f"No mean and std were specified. Of three choices, {best_choice} fit the weights best. Losses on "
        f"{len(indices)} training images: {losses_text}."
    )
    mean, std = choices[best_choice]
    return Normalization(mean, std, notice)
