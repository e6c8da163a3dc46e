"""torchvision's classifiers with a head for our classes. They take three channels; grey images are repeated."""

from typing import Any

from torch import nn


def _build(name: str, classes: int) -> nn.Module:
    # torchvision takes longer to import than all else that a worker needs for the demo.
    from torchvision import models

    constructor: Any = getattr(models, name)
    network: nn.Module = constructor(weights=None, num_classes=classes)
    return network


def resnet18(classes: int) -> nn.Module:
    """ResNet-18 (He et al. 2015), fresh weights."""
    return _build("resnet18", classes)


def vgg11_bn(classes: int) -> nn.Module:
    """VGG-11 with batch norm and three fully-connected layers (Simonyan & Zisserman 2015), fresh weights."""
    return _build("vgg11_bn", classes)


def mobilenet_v2(classes: int) -> nn.Module:
    """MobileNetV2 (Sandler et al. 2018), fresh weights."""
    return _build("mobilenet_v2", classes)
