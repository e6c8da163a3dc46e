"""Three networks as third parties write them, and factories that fail. Nothing here depends on CNNPruner."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Lenet(nn.Module):
    """Functional ReLU and pooling, a layer used twice, and a hard-coded flattened size."""

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.same = nn.Conv2d(16, 16, 3, padding=1)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, 32, 32] → [N, K]."""
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.same(x))
        x = F.relu(self.same(x))
        x = x.view(-1, 400)
        logits: Tensor = self.fc2(F.relu(self.fc1(x)))
        return logits


class Halves(nn.Module):
    """Splits channels by `chunk`, joins them by `cat`, adds a shortcut; two branches share a batch norm."""

    def __init__(self, width: int = 16, classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 2 * width, 3, padding=1)
        self.left = nn.Conv2d(width, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] → [N, K]."""
        x = F.relu(self.stem(x))
        a, b = x.chunk(2, dim=1)
        y = torch.cat([F.relu(self.norm(self.left(a))), self.norm(b)], 1)
        logits: Tensor = self.head((x + y).mean([2, 3]))
        return logits


class Gated(nn.Module):
    """A module reused at two depths, a hand-written squeeze-and-excitation gate, and a slice of the last channels."""

    def __init__(self, num_classes: int = 10, in_channels: int = 3) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(in_channels, 24, 3, padding=1, bias=False), nn.BatchNorm2d(24))
        self.block = nn.Sequential(nn.Conv2d(24, 24, 3, padding=1, bias=False), nn.BatchNorm2d(24))
        self.gate = nn.Linear(24, 24)
        self.side = nn.Conv2d(24, 12, 1)
        self.fc = nn.Linear(24 + 4, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → [N, K]."""
        x = F.relu(self.stem(x))
        x = F.relu(self.block(F.relu(self.block(x))))
        gate = torch.sigmoid(self.gate(F.adaptive_avg_pool2d(x, 1).flatten(1)))
        x = x * gate[:, :, None, None]
        side = F.relu(self.side(x))[:, 8:]
        logits: Tensor = self.fc(torch.cat([x.mean((2, 3)), side.mean((2, 3))], 1))
        return logits


class Softmaxed(Gated):
    """Returns probabilities."""

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → [N, K], rows that sum to 1."""
        return F.softmax(super().forward(x), 1)


def broken() -> nn.Module:
    """Fails like a factory whose weights file is missing."""
    raise FileNotFoundError("weights.pt is not here")


def number() -> int:
    """Returns a number instead of a network."""
    return 3
