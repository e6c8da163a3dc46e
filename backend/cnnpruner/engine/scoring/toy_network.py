"""A toy network with every kind of coupling that criteria must handle. It is used to check that criteria satisfy their
contract.
"""

import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.tracing.trace import trace_layers

SEED = 3


class _ToyNetwork(nn.Module):
    """An uncoupled convolution, two convolutions coupled by a residual connection, a depthwise convolution between
    them, a fully connected layer, and the output layer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.a, self.norm_a = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6)
        self.b, self.norm_b = nn.Conv2d(6, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.c, self.norm_c = nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.BatchNorm2d(8)
        self.d, self.norm_d = nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8)
        self.e, self.norm_e = nn.Linear(8, 7), nn.BatchNorm1d(7)
        self.out = nn.Linear(7, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.norm_b(self.b(torch.relu(self.norm_a(self.a(x))))))
        x = torch.relu(x + self.norm_d(self.d(torch.relu(self.norm_c(self.c(x))))))
        logits: Tensor = self.out(torch.relu(self.norm_e(self.e(x.mean((2, 3))))))
        return logits


def toy_network() -> tuple[nn.Module, Layers]:
    """Return the seeded network in evaluation mode, and its structure. Batch norm follows every layer but the output
    layer.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        network = _ToyNetwork().eval()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                nn.init.uniform_(module.weight, 0.5, 1.5)
    return network, trace_layers(network, torch.zeros(1, 3, 8, 8))


def toy_images() -> list[tuple[Tensor, Tensor]]:
    """Return two batches of images [4, 3, 8, 8] and labels [4]. They are the same in every call."""
    generator = torch.Generator().manual_seed(SEED)
    return [
        (torch.randn(4, 3, 8, 8, generator=generator), torch.randint(0, 4, (4,), generator=generator)) for _ in range(2)
    ]
