"""Scoring compared with its lower bound and with Torch-Pruning's Taylor importance, at 32×32, batches of 32."""

import copy

import torch
import torch_pruning
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.results import Result
from benchmarks.rounds import BATCHES, Contender, interleave, ratio
from cnnpruner.domain.tree.experiments import NetworkName, NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.scoring.scoring_pass import score_units
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.criteria import Taylor

Batches = list[tuple[Tensor, Tensor]]
SIZE = 32

NETWORKS: dict[NetworkName, tuple[str, float]] = {"vgg16_bn": ("vgg16bn", 0.7), "resnet18": ("resnet18", 1.0)}
"""Network → its name in the results, and the target ratio to Torch-Pruning."""


def run() -> dict[str, Result]:
    """Measure two ratios per network."""
    results: dict[str, Result] = {}
    for name, (label, target) in NETWORKS.items():
        network = build_network(NetworkSource(name=name), 10, 3, SIZE, seed=0).eval()
        batches = _batches()
        seconds = interleave(
            {
                "ours": _ours(network, batches),
                "limit": _limit(network, batches),
                "peer": _torch_pruning(network, batches),
            }
        )
        method = f"{name}, {BATCHES} batches of {SIZE} at {SIZE}×{SIZE}, float32: sensitivity and instability, over "
        results[f"score_vs_limit_{label}"] = Result(
            ratio(seconds["ours"], seconds["limit"]),
            1.2,
            "ratio",
            method + "a forward pass and a backward pass to the first ReLU's output, without weight gradients",
        )
        results[f"score_vs_torch_pruning_{label}"] = Result(
            ratio(seconds["ours"], seconds["peer"]),
            target,
            "ratio",
            method + f"Torch-Pruning {torch_pruning.__version__}: forward, backward, TaylorImportance of all groups, "
            "for each batch; its dependency graph is built beforehand",
        )
    return results


def _batches() -> Batches:
    generator = torch.Generator().manual_seed(0)
    return [
        (torch.randn(SIZE, 3, SIZE, SIZE, generator=generator), torch.randint(0, 10, (SIZE,), generator=generator))
        for _ in range(BATCHES)
    ]


def _ours(network: nn.Module, batches: Batches) -> Contender:
    """Score with a structure that was traced beforehand, as in the product."""
    layers = trace_layers(network, batches[0][0][:1])
    return Contender(lambda: score_units(network, layers, batches, [Taylor()]))


def _limit(network: nn.Module, batches: Batches) -> Contender:
    """Run forward, and backward to the activations only."""
    without_gradients = copy.deepcopy(network).requires_grad_(False)
    first = next(module for module in without_gradients.modules() if isinstance(module, nn.ReLU))
    # The stem's ReLU runs first; the autograd graph starts at its output.
    first.register_forward_hook(lambda module, inputs, output: output.requires_grad_(True))

    def run() -> None:
        for images, labels in batches:
            F.cross_entropy(without_gradients(images), labels, reduction="sum").backward()

    return Contender(run)


def _torch_pruning(network: nn.Module, batches: Batches) -> Contender:
    """Compute Taylor importance per batch: gradients of the weights, then the importance of every group."""
    network_copy = copy.deepcopy(network)
    output = [module for module in network_copy.modules() if isinstance(module, nn.Linear)][-1:]
    graph = torch_pruning.DependencyGraph().build_dependency(network_copy, example_inputs=batches[0][0][:1])
    importance = torch_pruning.importance.TaylorImportance()

    def run() -> None:
        for images, labels in batches:
            network_copy.zero_grad()
            F.cross_entropy(network_copy(images), labels).backward()
            for group in graph.get_all_groups(ignored_layers=output):
                importance(group)

    return Contender(run)
