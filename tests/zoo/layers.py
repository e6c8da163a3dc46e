"""Layers that networks of the zoo are made of."""

from torch import nn


def conv(inputs: int, filters: int, size: int = 3, *, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, filters, size, padding=size // 2, groups=groups, bias=False)


def conv_bn(inputs: int, filters: int, *, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(conv(inputs, filters, groups=groups), nn.BatchNorm2d(filters), nn.ReLU(inplace=True))
