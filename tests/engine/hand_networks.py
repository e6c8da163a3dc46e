"""Small networks whose units are listed by hand, so that scoring is tested without tracing."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.domain.plans.layers import Group, Layers, Reader, Unit
from cnnpruner.domain.plans.layers import Tensor as TensorValue


@dataclass(frozen=True)
class HandStructure:
    """The structure of a network that scoring needs, listed by hand."""

    groups: tuple[int, ...]
    """Units per group; unit ids are numbered over all groups."""
    readers: dict[str, list[int]]
    """Parameter name -> unit of every input channel; -1 for a constant."""
    frozen: tuple[int, ...] = ()

    def layers(self) -> Layers:
        """The same as the engine's value, without what scoring does not use."""
        names = list(self.readers)
        groups = [index for index, count in enumerate(self.groups) for _ in range(count)]
        return Layers(
            image=(3, 8, 8),
            layers=[],
            units=[
                Unit(
                    id=unit,
                    group=group,
                    members=[],
                    free=unit not in self.frozen,
                    reason="by hand" if unit in self.frozen else None,
                )
                for unit, group in enumerate(groups)
            ],
            groups=[Group(index=index, name=f"g{index}", layers=[]) for index in range(len(self.groups))],
            tensors=[
                TensorValue(name=name, parameter=True, dtype="F32", shape=[], dims=[], positions=0, layer=None)
                for name in names
            ],
            dim_units=[self.readers[name] for name in names],
            readers=[Reader(tensor=index, inputs=index) for index in range(len(names))],
            architecture=[],
            notes=[],
        )


def conv_bn(inputs: int, filters: int, *, groups: int = 1) -> nn.Sequential:
    """Convolution 3x3, batch norm with random scale and shift, in-place ReLU."""
    norm = nn.BatchNorm2d(filters)
    nn.init.uniform_(norm.weight, 0.5, 1.5)
    nn.init.uniform_(norm.bias, -0.3, 0.3)
    return nn.Sequential(
        nn.Conv2d(inputs, filters, 3, padding=1, groups=groups, bias=False), norm, nn.ReLU(inplace=True)
    )


class Chain(nn.Module):
    """Convolutions, pooling, a flattened map, two fully connected layers."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = conv_bn(3, 4), conv_bn(4, 5)
        self.f, self.out = nn.Linear(20, 6), nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(self.b(F.max_pool2d(self.a(x), 2)), 2)
        logits: Tensor = self.out(F.relu(self.f(x.flatten(1)), inplace=True))
        return logits


class Residual(nn.Module):
    """A residual block with an in-place sum that is read twice."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = conv_bn(3, 4), conv_bn(4, 5)
        self.c = nn.Conv2d(5, 4, 3, padding=1)
        self.d = conv_bn(4, 3)
        self.out = nn.Linear(4 + 3, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.a(x)
        y = self.c(self.b(x))
        y += x
        y = F.relu(y)
        logits: Tensor = self.out(torch.cat([y, self.d(y)], 1).mean((2, 3)))
        return logits


class Depthwise(nn.Module):
    """Expand, depthwise, project; functional convolution at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.dw = conv_bn(3, 4), conv_bn(4, 4, groups=4)
        self.p = nn.Parameter(torch.randn(5, 4, 1, 1))
        self.out = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.out(F.relu(F.conv2d(input=self.dw(self.a(x)), weight=self.p)).mean((2, 3)))
        return logits


class SqueezeExcite(nn.Module):
    """A gate computed from the channels that it multiplies."""

    def __init__(self) -> None:
        super().__init__()
        self.a = conv_bn(3, 6)
        self.squeeze, self.excite = nn.Linear(6, 3), nn.Linear(3, 6)
        self.b = conv_bn(6, 4)
        self.out = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.a(x)
        gate = torch.sigmoid(self.excite(F.relu(self.squeeze(x.mean((2, 3))))))
        logits: Tensor = self.out(self.b(x * gate[:, :, None, None]).mean((2, 3)))
        return logits


class Dense(nn.Module):
    """Every layer reads all previous ones through its own batch norm."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3, padding=1)
        self.n1, self.n2, self.n3 = nn.BatchNorm2d(4), nn.BatchNorm2d(7), nn.BatchNorm2d(10)
        self.l1, self.l2 = nn.Conv2d(4, 3, 3, padding=1), nn.Conv2d(7, 3, 3, padding=1)
        self.out = nn.Linear(10, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.a(x)
        x = torch.cat([x, self.l1(F.relu(self.n1(x)))], 1)
        x = torch.cat([x, self.l2(F.relu(self.n2(x)))], 1)
        logits: Tensor = self.out(F.relu(self.n3(x)).mean((2, 3)))
        return logits


class Twice(nn.Module):
    """One convolution used twice, and a fully connected layer over positions, [N, P, C]."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.s = conv_bn(3, 4), nn.Conv2d(4, 4, 3, padding=1)
        self.mix, self.out = nn.Linear(4, 5), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.s(F.relu(self.s(self.a(x)))))
        logits: Tensor = self.out(F.relu(self.mix(x.flatten(2).transpose(1, 2))).mean(1))
        return logits


def span(first: int, count: int, repeats: int = 1) -> list[int]:
    """Unit ids first, first + 1, ..., each repeated `repeats` times."""
    return [unit for unit in range(first, first + count) for _ in range(repeats)]


NETWORKS: dict[str, tuple[Callable[[], nn.Module], HandStructure]] = {
    "chain": (
        Chain,
        HandStructure((4, 5, 6), {"b.0.weight": span(0, 4), "f.weight": span(4, 5, 4), "out.weight": span(9, 6)}),
    ),
    "residual": (
        Residual,
        HandStructure(
            (4, 5, 3),
            {
                "b.0.weight": span(0, 4),
                "c.weight": span(4, 5),
                "d.0.weight": span(0, 4),
                "out.weight": span(0, 4) + span(9, 3),
            },
        ),
    ),
    "depthwise": (
        Depthwise,
        HandStructure((4, 5), {"a.0.weight": [-1] * 3, "p": span(0, 4), "out.weight": span(4, 5)}),
    ),
    "squeeze-excite": (
        SqueezeExcite,
        HandStructure(
            (6, 3, 4),
            {
                "squeeze.weight": span(0, 6),
                "excite.weight": span(6, 3),
                "b.0.weight": span(0, 6),
                "out.weight": span(9, 4),
            },
        ),
    ),
    "dense": (
        Dense,
        HandStructure((4, 3, 3), {"l1.weight": span(0, 4), "l2.weight": span(0, 7), "out.weight": span(0, 10)}),
    ),
    "constants": (
        Dense,
        HandStructure(
            (3, 3, 3),
            {
                "l1.weight": [-1, *span(0, 3)],
                "l2.weight": [-1, *span(0, 6)],
                "out.weight": [-1, *span(0, 9)],
            },
            frozen=(0, 4),
        ),
    ),
    "twice": (
        Twice,
        HandStructure((4, 5), {"s.weight": span(0, 4), "mix.weight": span(0, 4), "out.weight": span(4, 5)}),
    ),
}


def build(name: str) -> tuple[nn.Module, HandStructure]:
    """A network with seeded weights, in evaluation mode."""
    torch.manual_seed(3)
    make, hand = NETWORKS[name]
    return make().eval(), hand
