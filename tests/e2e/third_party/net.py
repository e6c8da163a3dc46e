"""A third-party network that does not depend on CNNPruner."""

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    """A residual block, functional activations, and a head on the mean of the map."""

    def __init__(self, width: int = 16, num_classes: int = 3) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1, bias=False)
        self.stem_norm = nn.BatchNorm2d(width)
        self.left = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.left_norm = nn.BatchNorm2d(width)
        self.wide = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.head = nn.Linear(2 * width, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[N, 3, H, W] → [N, K]."""
        x = F.max_pool2d(F.relu(self.stem_norm(self.stem(x))), 2)
        x = F.relu(x + self.left_norm(self.left(x)))
        x = F.relu(self.wide(F.max_pool2d(x, 2)))
        logits: torch.Tensor = self.head(x.mean((2, 3)))
        return logits


def make(width: int = 16, num_classes: int = 3) -> nn.Module:
    """The factory that the server calls."""
    return Net(width, num_classes)
