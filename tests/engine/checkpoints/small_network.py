"""A small network, and its weights with known values, for tests of checkpoints."""

from pathlib import Path

import torch
from torch import Tensor, nn

from cnnpruner.engine.checkpoints.weight_sets import ChosenWeights, load_checkpoint


class Net(nn.Module):
    """Two convolutions with batch norm, and a head."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.b = nn.Sequential(nn.Conv2d(16, 24, 3, padding=1, bias=False), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Linear(24, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits."""
        logits: Tensor = self.head(self.b(self.a(images)).mean((2, 3)))
        return logits


def state(seed: int) -> dict[str, Tensor]:
    """Weights drawn from the seed."""
    torch.manual_seed(seed)
    return dict(Net().state_dict())


def load(path: Path, key: str | None = None) -> tuple[Net, ChosenWeights]:
    """A network with the weights from the file."""
    network = Net()
    return network, load_checkpoint(network, path, key)


def has_weights(network: nn.Module, expected: dict[str, Tensor]) -> bool:
    """Whether the network has exactly these weights."""
    return all(torch.equal(value, expected[name]) for name, value in network.state_dict().items())
