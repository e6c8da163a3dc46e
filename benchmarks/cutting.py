"""DenseNet-121: trace plus cut compared with Torch-Pruning's graph plus pruning, and the time of one exact cost."""

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
    """Measure one ratio and one time."""
    network: nn.Module = torchvision.models.densenet121(weights=None, num_classes=10).eval()
    image = torch.randn(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    return {
        "cut_vs_torch_pruning_densenet121": _cut(network, image),
        "cost_tick_ms_densenet121": _time_cost(trace_layers(network, image)),
    }


def _cut(network: nn.Module, image: Tensor) -> Result:
    peer = _TorchPruning(network, image)
    seconds = interleave({"ours": Contender(lambda: cut_share(network, image)), "peer": Contender(peer.cut, peer.copy)})
    our_parameters, peer_parameters = count_parameters(cut_share(network, image)), count_parameters(peer.network)
    assert our_parameters == peer_parameters, f"the cuts differ: {our_parameters} and {peer_parameters} parameters"
    return Result(
        ratio(seconds["ours"], seconds["peer"]),
        0.2,
        "ratio",
        f"DenseNet-121 at {SIZE}×{SIZE}, {SHARE:.0%} of every group: trace_layers and cut (which copies), divided by "
        f"Torch-Pruning {torch_pruning.__version__}: build_dependency and prune of every group (in place); both leave "
        f"{our_parameters:,} parameters",
    )


def _time_cost(layers: Layers) -> Result:
    """Time the exact cost without a random half of the free units, a different half in each call."""
    table, generator = CostTable(layers), np.random.default_rng(0)
    free = [unit.id for unit in layers.units if unit.free]
    durations = []
    for _ in range(CALLS):
        removed = generator.choice(free, len(free) // 2, replace=False).tolist()
        start = time.perf_counter()
        table.cost(removed)
        durations.append(time.perf_counter() - start)
    method = f"CostTable.cost of a random half of DenseNet-121's {len(free):,} free units, median of {CALLS} calls"
    return Result(median(durations) * 1000, 3.0, "ms", method)


def cut_share(network: nn.Module, image: Tensor) -> nn.Module:
    """Trace the network, then cut the first units of every group."""
    layers = trace_layers(network, image)
    groups: dict[int, list[int]] = defaultdict(list)
    for unit in layers.units:
        if unit.free:
            groups[unit.group].append(unit.id)
    return cut(network, layers, [unit for units in groups.values() for unit in units[: int(SHARE * len(units))]])


def count_parameters(network: nn.Module) -> int:
    """Return the number of parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


class _TorchPruning:
    """The peer, which prunes in place and so needs a new copy before each round."""

    def __init__(self, network: nn.Module, image: Tensor) -> None:
        self._original, self._image, self.network = network, image, network

    def copy(self) -> None:
        """Copy the network; this is not timed."""
        self.network = copy.deepcopy(self._original)

    def cut(self) -> None:
        """Prune with the low-level functions from its README."""
        graph = torch_pruning.DependencyGraph().build_dependency(self.network, example_inputs=self._image)
        for group in graph.get_all_groups(ignored_layers=[self.network.classifier]):
            _, indices = group[0]
            group.prune(idxs=list(range(int(SHARE * len(indices)))))
