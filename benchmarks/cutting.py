"""DenseNet-121: trace plus cut against Torch-Pruning's graph plus pruning, and a tick of its exact cost."""

import copy
import time
from collections import defaultdict
from statistics import median

import numpy as np
import torch
import torch_pruning
import torchvision
from torch import Tensor, nn

from benchmarks.results import Result
from benchmarks.rounds import Contender, interleave, ratio
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.cost import CostTable

SHARE = 0.3
SIZE = 224
CALLS = 200


def run() -> dict[str, Result]:
    """One ratio, one time."""
    network: nn.Module = torchvision.models.densenet121(weights=None, num_classes=10).eval()
    image = torch.randn(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    return {
        "cut_vs_torch_pruning_densenet121": _cut(network, image),
        "cost_tick_ms_densenet121": _tick(trace_layers(network, image)),
    }


def _cut(network: nn.Module, image: Tensor) -> Result:
    peer = _TorchPruning(network, image)
    seconds = interleave({"ours": Contender(lambda: cut_share(network, image)), "peer": Contender(peer.cut, peer.copy)})
    ours, theirs = parameters(cut_share(network, image)), parameters(peer.network)
    assert ours == theirs, f"the two cuts differ: {ours} and {theirs} parameters"
    return Result(
        ratio(seconds["ours"], seconds["peer"]),
        0.2,
        "ratio",
        f"DenseNet-121 at {SIZE}×{SIZE}, {SHARE:.0%} of every group: trace_layers and cut (which copies), over "
        f"Torch-Pruning {torch_pruning.__version__}: build_dependency and prune of every group (in place); both leave "
        f"{ours:,} parameters",
    )


def _tick(layers: Layers) -> Result:
    """The exact cost of a random half of the free units, a different one each call."""
    table, random = CostTable(layers), np.random.default_rng(0)
    free = [unit.id for unit in layers.units if unit.free]
    taken = []
    for _ in range(CALLS):
        removed = random.choice(free, len(free) // 2, replace=False).tolist()
        start = time.perf_counter()
        table.cost(removed)
        taken.append(time.perf_counter() - start)
    how = f"CostTable.cost of a random half of DenseNet-121's {len(free):,} free units, median of {CALLS} calls"
    return Result(median(taken) * 1000, 3.0, "ms", how)


def cut_share(network: nn.Module, image: Tensor) -> nn.Module:
    """Our way: trace, then cut the first units of every group."""
    layers = trace_layers(network, image)
    groups: dict[int, list[int]] = defaultdict(list)
    for unit in layers.units:
        if unit.free:
            groups[unit.group].append(unit.id)
    return cut(network, layers, [unit for units in groups.values() for unit in units[: int(SHARE * len(units))]])


def parameters(network: nn.Module) -> int:
    """How many the network has."""
    return sum(parameter.numel() for parameter in network.parameters())


class _TorchPruning:
    """The peer cuts in place, so it gets a fresh copy before each round."""

    def __init__(self, network: nn.Module, image: Tensor) -> None:
        self._whole, self._image, self.network = network, image, network

    def copy(self) -> None:
        """Outside the time that counts."""
        self.network = copy.deepcopy(self._whole)

    def cut(self) -> None:
        """Its README's low-level way."""
        graph = torch_pruning.DependencyGraph().build_dependency(self.network, example_inputs=self._image)
        for group in graph.get_all_groups(ignored_layers=[self.network.classifier]):
            _, places = group[0]
            group.prune(idxs=list(range(int(SHARE * len(places)))))
