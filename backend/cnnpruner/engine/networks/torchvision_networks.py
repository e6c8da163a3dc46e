"""torchvision's classifiers with a head for our classes. They take three channels; grey images are repeated."""

from torch import nn
from torchvision import models


def resnet18(classes: int) -> nn.Module:
    """ResNet-18 (He et al. 2015), fresh weights."""
    network: nn.Module = models.resnet18(weights=None, num_classes=classes)
    return network


def vgg11_bn(classes: int) -> nn.Module:
    """VGG-11 with batch norm and three fully-connected layers (Simonyan & Zisserman 2015), fresh weights."""
    network: nn.Module = models.vgg11_bn(weights=None, num_classes=classes)
    return network


def mobilenet_v2(classes: int) -> nn.Module:
    """MobileNetV2 (Sandler et al. 2018), fresh weights."""
    network: nn.Module = models.mobilenet_v2(weights=None, num_classes=classes)
    return network
