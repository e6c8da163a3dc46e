"""Plain chains of 3×3 convolutions with batch norm (Simonyan & Zisserman 2015), for small images."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

POOLING = 0
"""Entry in a list of widths that stands for a 2×2 max pooling."""

SMALL_WIDTHS = (32, 32, POOLING, 64, 64, POOLING, 128, 128, POOLING)
VGG16_WIDTHS = (64, 64, POOLING, 128, 128, POOLING, *(256,) * 3, POOLING, *(512,) * 3, POOLING, *(512,) * 3, POOLING)


class Vgg(nn.Module):
    """A chain of convolutions, followed by global average pooling, linear layers of `hidden_widths`, and the output
    layer.
    """

    def __init__(self, widths: Sequence[int], hidden_widths: Sequence[int], classes: int, channels: int) -> None:
        super().__init__()
        self.features = nn.Sequential(*_build_convolution_layers(widths, channels))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            *_build_fully_connected_layers(next(width for width in reversed(widths) if width), hidden_widths, classes)
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        """Map images [N, C, H, W] to logits [N, K]."""
        pooled_maps = self.pool(self.features(images))
        logits: Tensor = self.classifier(torch.flatten(pooled_maps, 1))
        return logits


def small_vgg(classes: int, channels: int) -> Vgg:
    """The network of the demo: 448 convolution filters and a fully connected layer of 128 units before the output."""
    return Vgg(SMALL_WIDTHS, (128,), classes, channels)


def vgg16_bn(classes: int, channels: int) -> Vgg:
    """VGG-16 for 32×32 images: 13 convolutions with 4,224 filters in total, and one linear layer."""
    return Vgg(VGG16_WIDTHS, (), classes, channels)


def _build_convolution_layers(widths: Sequence[int], channels: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for width in widths:
        if width == POOLING:
            layers.append(nn.MaxPool2d(2))
            continue
        # no bias: batch norm would cancel it
        layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        channels = width
    return layers


def _build_fully_connected_layers(width: int, hidden_widths: Sequence[int], classes: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for units in hidden_widths:
        layers += [nn.Linear(width, units), nn.ReLU(inplace=True)]
        width = units
    return [*layers, nn.Linear(width, classes)]
