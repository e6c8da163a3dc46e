"""Networks as the literature has them, as small as they can be."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.zoo.layers import conv, conv_bn


class Vgg(nn.Module):
    """A chain, a flattened map, two fully-connected layers."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(conv_bn(3, 8), nn.MaxPool2d(2), conv_bn(8, 12), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(nn.Linear(12 * 16, 20), nn.ReLU(), nn.Dropout(), nn.Linear(20, 10))

    def forward(self, x: Tensor) -> Any:
        return self.classifier(torch.flatten(self.features(x), 1))


class Block(nn.Module):
    """A basic block; where the width grows, a shortcut of padded zeros (option A) or a convolution (B)."""

    def __init__(self, inputs: int, filters: int, option: str) -> None:
        super().__init__()
        self.stride, self.pad = (1, 0) if inputs == filters else (2, (filters - inputs) // 2)
        self.conv1 = nn.Conv2d(inputs, filters, 3, self.stride, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(filters), nn.BatchNorm2d(filters)
        self.conv2 = conv(filters, filters)
        self.project = nn.Conv2d(inputs, filters, 1, self.stride) if self.pad and option == "B" else None

    def forward(self, x: Tensor) -> Any:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.project is not None:
            return F.relu(y + self.project(x))
        if self.pad:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        y += x
        return F.relu(y)


class ResNet(nn.Module):
    """Three stages of one block each: ResNet-8."""

    def __init__(self, option: str) -> None:
        super().__init__()
        self.stem = conv_bn(3, 8)
        self.blocks = nn.Sequential(Block(8, 8, option), Block(8, 16, option), Block(16, 32, option))
        self.linear = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.adaptive_avg_pool2d(self.blocks(self.stem(x)), 1)
        return self.linear(x.view(x.size(0), -1))


class Concat(nn.Module):
    """Branches behind each other, and a dense connection read by batch norm first."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.left, self.right = conv_bn(3, 6), conv_bn(6, 5), conv_bn(6, 7)
        self.norm, self.dense = nn.BatchNorm2d(18), conv(18, 8)
        self.fc = nn.Linear(26, 10)

    def forward(self, x: Tensor) -> Any:
        x = self.stem(x)
        x = torch.cat([x, self.left(x), self.right(x)], 1)
        x = torch.cat((x, self.dense(F.relu(self.norm(x)))), dim=1)
        return self.fc(x.mean((2, 3)))


class Depthwise(nn.Module):
    """An inverted residual, and a depthwise convolution that gives two filters per channel."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.wide = conv_bn(3, 8), conv_bn(8, 16)
        self.depth, self.narrow = conv_bn(16, 16, groups=16), nn.Sequential(conv(16, 8, 1), nn.BatchNorm2d(8))
        self.twice, self.fc = conv_bn(8, 16, groups=8), nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Any:
        x = self.stem(x)
        x = x + self.narrow(self.depth(self.wide(x)))
        return self.fc(self.twice(x).mean([2, 3]))


class SqueezeExcite(nn.Module):
    """A gate per channel, from views with sizes that are read off the tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = conv_bn(3, 16), conv_bn(16, 12)
        self.down, self.up, self.fc = nn.Linear(16, 4), nn.Linear(4, 16), nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Any:
        x = self.a(x)
        n, c, _, _ = x.size()
        gate = torch.sigmoid(self.up(F.relu(self.down(F.adaptive_avg_pool2d(x, 1).view(n, c))))).view(n, c, 1, 1)
        return self.fc(self.b(x * gate).mean((2, 3)))


class GroupNorm(nn.Module):
    """Statistics over groups of channels."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.norm, self.b = conv(3, 16), nn.GroupNorm(4, 16), conv(16, 12)
        self.fc = nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Any:
        return self.fc(F.relu(self.b(F.relu(self.norm(self.a(x))))).mean((2, 3)))


class LayerScale(nn.Module):
    """Layer norm over channels that lie last, and a bare parameter as scale per channel."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.depth, self.norm = conv(3, 8), conv(8, 8, 5, groups=8), nn.LayerNorm(8)
        self.wide, self.narrow, self.fc = nn.Linear(8, 20), nn.Linear(20, 8), nn.Linear(8, 10)
        self.scale = nn.Parameter(torch.rand(8, 1, 1))

    def forward(self, x: Tensor) -> Any:
        x = self.a(x)
        y = self.narrow(F.gelu(self.wide(self.norm(self.depth(x).permute(0, 2, 3, 1))))).permute(0, 3, 1, 2)
        return self.fc((x + self.scale * y).mean((2, 3)))


class Shuffle(nn.Module):
    """Grouped convolutions with a channel shuffle by view, transpose, reshape."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.g = conv(3, 16), conv(16, 16, 1, groups=4)
        self.d, self.h = conv(16, 16, groups=16), conv(16, 24, 1, groups=4)
        self.fc = nn.Linear(24, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.g(F.relu(self.a(x))))
        n, c, h, w = x.shape
        x = x.view(n, 4, c // 4, h, w).transpose(1, 2).reshape(n, c, h, w)
        return self.fc(F.relu(self.h(self.d(x))).mean((2, 3)))


class Upsample(nn.Module):
    """Down, up by a transposed convolution, and the skipped map beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = conv_bn(3, 6), conv_bn(6, 8)
        self.up, self.c, self.fc = nn.ConvTranspose2d(8, 5, 2, stride=2), conv_bn(11, 8), nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Any:
        x = self.a(x)
        y = self.up(self.b(F.avg_pool2d(x, 2)))
        return self.fc(self.c(torch.cat([x, y], 1)).mean((2, 3)))
