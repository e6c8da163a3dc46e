"""Mean and std of the pixels, where imported weights come without saying which they were trained with."""

from dataclasses import dataclass

import numpy as np
from torch import nn

from cnnpruner.data.images.images import Normalize
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.pretrained import published_mean_std
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.jobs.images import Pools

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""What torchvision's weights, and much code that began there, are trained with."""
PLAIN = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
IMAGES = 1000


@dataclass(frozen=True)
class Normalization:
    """Per channel, pixels 0-1."""

    mean: tuple[float, ...]
    std: tuple[float, ...]
    notice: str | None


def published_normalization(network: NetworkSource, channels: int) -> Normalization:
    """What the published weights of `network` were trained with."""
    mean, std = published_mean_std(network) or IMAGENET
    notice = f"Mean and std are those that the published weights of {network.name} were trained with."
    return Normalization(mean[:channels], std[:channels], notice)


def fitting_normalization(network: nn.Module, pools: Pools) -> Normalization:
    """Of the customary values and those of the data set itself, what gives the lowest loss on 1,000 *training* images.

    Selection and test images have no say. The difference can be small (0.04 points for a ResNet-20 on CIFAR-10), but
    it is a property of the weights, and a wrong value would be blamed on them.
    """
    loaded = pools.loaded
    choices = {"the data set's own": (tuple(loaded.mean), tuple(loaded.std)), "ImageNet's": IMAGENET, "0.5": PLAIN}
    images = pools["train"]
    chosen = np.linspace(0, len(images) - 1, min(IMAGES, len(images))).astype(np.int64)
    network = network.to(pools.device)
    losses = {
        name: predict(network, images, chosen, Normalize(mean, std)).loss for name, (mean, std) in choices.items()
    }
    best = min(losses, key=losses.__getitem__)
    report = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
    notice = (
        f"Mean and std were not given: {best} fit the weights best (loss on {len(chosen)} training images: {report})."
    )
    mean, std = choices[best]
    return Normalization(mean, std, notice)
