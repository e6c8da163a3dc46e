"""Networks whose multiplications a count per module misses: computed weights, attention, products, recurrent cells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations
from torchvision.ops import DeformConv2d

SIZE = 16
CLASSES = 10


class Plain(nn.Module):
    """Three convolutions and a head; `second` may be replaced."""

    def __init__(self, second: nn.Module | None = None) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.second = nn.Conv2d(8, 12, 3, padding=1) if second is None else second
        self.third = nn.Conv2d(12, 6, 1)
        self.head = nn.Linear(6, CLASSES)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.second(F.relu(self.first(x))))
        return self.head(F.relu(self.third(x)).mean((2, 3)))


class StandardisedConv(nn.Conv2d):
    """Standardises the weights of each filter, as in "Weight Standardization" (Qiao et al. 2019)."""

    def forward(self, x: Tensor) -> Tensor:
        mean, deviation = self.weight.mean((1, 2, 3), keepdim=True), self.weight.std((1, 2, 3), keepdim=True)
        output: Tensor = self._conv_forward(x, (self.weight - mean) / (deviation + 1e-5), self.bias)
        return output


class ConditionalConv(nn.Module):
    """Mixes two kernels by image, as in "CondConv" (Yang et al. 2019)."""

    def __init__(self) -> None:
        super().__init__()
        self.routing = nn.Linear(8, 2)
        self.kernels = nn.Parameter(torch.randn(2, 12 * 8 * 9) / 10)

    def forward(self, x: Tensor) -> Tensor:
        weight = torch.sigmoid(self.routing(x.mean((2, 3)))) @ self.kernels
        images, channels, height, width = x.shape
        x = x.reshape(1, images * channels, height, width)
        x = F.conv2d(x, weight.reshape(images * 12, channels, 3, 3), padding=1, groups=images)
        return x.reshape(images, 12, height, width)


class Recurrent(nn.Module):
    """Reads the rows of a convolution's output with a recurrent layer."""

    def __init__(self, layer: nn.Module, outputs: int) -> None:
        super().__init__()
        self.conv, self.layer, self.head = nn.Conv2d(3, 8, 3, padding=1), layer, nn.Linear(outputs, CLASSES)

    def forward(self, x: Tensor) -> Any:
        steps = F.relu(self.conv(x)).mean(3).transpose(1, 2)
        return self.head(self.layer(steps)[0][:, -1])


class EinsumMixing(nn.Module):
    """Mixes channels by an einsum."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.mix = nn.Conv2d(3, 8, 3, padding=1), nn.Parameter(torch.randn(12, 8) / 3)
        self.head = nn.Linear(12, CLASSES)

    def forward(self, x: Tensor) -> Any:
        x = torch.einsum("oc,nchw->nohw", self.mix, F.relu(self.conv(x)))
        return self.head(F.relu(x).mean((2, 3)))


class Attending(nn.Module):
    """One query attends to all positions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool = nn.Conv2d(3, 8, 3, padding=1), nn.AvgPool2d(4)
        self.query = nn.Parameter(torch.randn(1, 1, 8))
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, CLASSES)

    def forward(self, x: Tensor) -> Any:
        tokens = self.pool(F.relu(self.conv(x))).flatten(2).transpose(1, 2)
        output, _ = self.attention(self.query.expand(x.shape[0], -1, -1), tokens, tokens)
        return self.head(output[:, 0])


class Deformable(nn.Module):
    """A deformable convolution, as in "Deformable ConvNets v2" (Zhu et al. 2019)."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.offsets = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 18, 3, padding=1)
        self.second, self.head = DeformConv2d(8, 12, 3, padding=1), nn.Linear(12, CLASSES)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.first(x))
        return self.head(F.relu(self.second(x, self.offsets(x))).mean((2, 3)))


def weight_normalised() -> nn.Module:
    return _parametrized(parametrizations.weight_norm)


def spectral_normalised() -> nn.Module:
    return _parametrized(parametrizations.spectral_norm)


def _parametrized(parametrize: Callable[[nn.Module], object]) -> nn.Module:
    network = Plain()
    for module in list(network.modules()):
        if isinstance(module, nn.Conv2d | nn.Linear):
            parametrize(module)
    return network


PLAIN_MACS = SIZE * SIZE * (8 * 27 + 12 * 72 + 6 * 12) + 60
"""Three convolutions on 16×16 positions and a head."""

CONV_MACS = SIZE * SIZE * 8 * 27

SIGMA_MACS = sum(filters * (inputs + 1) for filters, inputs in ((8, 27), (12, 72), (6, 12), (CLASSES, 6)))
"""Spectral norm multiplies each weight by its two singular vectors."""


@dataclass(frozen=True)
class Case:
    """How a network is built, its MACs worked out by hand, and what version 0.1.0 said; None if it refused."""

    make: Callable[[], nn.Module]
    macs: int
    macs_0_1_0: int | None


NETWORKS = {
    "weight standardisation": Case(lambda: Plain(StandardisedConv(8, 12, 3, padding=1)), PLAIN_MACS, 73_788),
    "weight norm": Case(weight_normalised, PLAIN_MACS, None),
    "spectral norm": Case(spectral_normalised, PLAIN_MACS + SIGMA_MACS, None),
    "conditional convolution": Case(lambda: Plain(ConditionalConv()), PLAIN_MACS + 8 * 2 + 2 * 12 * 72, 73_804),
    "LSTM": Case(
        lambda: Recurrent(nn.LSTM(8, 7, batch_first=True), 7),
        CONV_MACS + SIZE * 4 * 7 * (8 + 7) + 7 * CLASSES,
        55_366,
    ),
    "GRU": Case(
        lambda: Recurrent(nn.GRU(8, 7, batch_first=True, bidirectional=True), 14),
        CONV_MACS + 2 * SIZE * 3 * 7 * (8 + 7) + 14 * CLASSES,
        55_436,
    ),
    "einsum": Case(EinsumMixing, CONV_MACS + SIZE * SIZE * 12 * 8 + 12 * CLASSES, 55_416),
    "attention": Case(Attending, CONV_MACS + (1 + 16 + 16 + 1) * 64 + 2 * 16 * 8 + 8 * CLASSES, 55_376),
    "deformable convolution": Case(Deformable, CONV_MACS + SIZE * SIZE * (18 * 72 + 12 * 72) + 12 * CLASSES, 387_192),
}
