"""What people write into networks and what is hard to follow."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.zoo.families import Vgg
from tests.zoo.layers import conv


class Gate(nn.Module):
    """A bare vector that scales channels, PReLU slopes per channel, a map that scales all channels at once."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.prelu = conv(3, 8), conv(8, 12), nn.PReLU(12)
        self.gate = nn.Parameter(torch.rand(8))
        self.map, self.fc = conv(12, 1, 1), nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Any:
        x = self.a(x) * torch.sigmoid(self.gate)[None, :, None, None]
        x = self.prelu(self.b(x))
        return self.fc((x * self.map(x).sigmoid()).mean((2, 3)))


class Chunk(nn.Module):
    """Two halves of the channels go different ways."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c, self.fc = conv(3, 16), conv(8, 8), conv(16, 12), nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Any:
        p, q = F.relu(self.a(x)).chunk(2, 1)
        return self.fc(F.relu(self.c(torch.cat([p, F.relu(self.b(q))], 1))).mean((2, 3)))


class Split(Chunk):
    """The same with sizes written down."""

    def forward(self, x: Tensor) -> Any:
        p, q = torch.split(F.relu(self.a(x)), [8, 8], 1)
        return self.fc(F.relu(self.c(torch.cat([p, F.relu(self.b(q))], 1))).mean((2, 3)))


class Reused(nn.Module):
    """One convolution, used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.s, self.fc = conv(3, 12), conv(12, 12), nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Any:
        return self.fc(F.relu(self.s(F.relu(self.s(F.relu(self.a(x)))))).mean((2, 3)))


class HardView(nn.Module):
    """A flattened size that is written down: no trace can see it."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.f, self.fc = conv(3, 6), conv(6, 8), nn.Linear(128, 12), nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.max_pool2d(F.relu(self.b(F.max_pool2d(F.relu(self.a(x)), 2))), 2)
        return self.fc(F.relu(self.f(x.view(-1, 128))))


class UnusedHead(nn.Module):
    """An auxiliary head that runs in training alone."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.aux, self.b, self.fc = conv(3, 12), conv(12, 10, 1), conv(12, 8), nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.a(x))
        if self.training:
            self.aux(x)
        return self.fc(F.relu(self.b(x)).mean((2, 3)))


class LogSoftmax(Vgg):
    """Answers with log-probabilities."""

    def forward(self, x: Tensor) -> Any:
        return F.log_softmax(super().forward(x), dim=1)


class Attention(nn.Module):
    """Products that mix channels in a way no rule follows."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c, self.fc = conv(3, 8), conv(8, 8), conv(8, 12), nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Any:
        x = self.b(self.a(x))
        y = x.flatten(2)
        mixed = (torch.softmax(y @ y.transpose(1, 2), -1) @ y).view_as(x)
        return self.fc(F.relu(self.c(x + mixed)).mean((2, 3)))
