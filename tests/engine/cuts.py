"""Shared by tests of cuts: random units, the output difference of a cut, the size of a saved network."""

import random
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.surgery.comparison import MIN_SPREAD, compare_cut
from cnnpruner.engine.surgery.live_copy import make_noisy_copy
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.greedy import GreedyRemoval


def trace(network: nn.Module, image: tuple[int, int, int]) -> Layers:
    return trace_layers(network, torch.zeros(1, *image))


def noise(image: tuple[int, int, int], images: int = 2, seed: int = 0) -> Tensor:
    return torch.randn(images, *image, generator=torch.Generator().manual_seed(seed))


def random_units(layers: Layers, seed: int, share: float = 0.3) -> list[int]:
    """Ids of a share of the free units, without emptying a layer."""
    free = [unit for unit in layers.units if unit.free]
    removal = GreedyRemoval(layers, [])
    for unit in random.Random(seed).sample(free, int(share * len(free))):
        removal.try_remove_unit(unit)
    return removal.units()


def difference(network: nn.Module, layers: Layers, units: Sequence[int], images: Tensor) -> float:
    """max |Δlogit| between the cut network and the zeroed original, as a share of max |logit|.

    Compared on a noisy copy, as everywhere in the product; fails if the logits hardly depend on the image.
    """
    result = compare_cut(make_noisy_copy(network, images), layers, units, images)
    assert result.spread >= MIN_SPREAD * result.scale, "nothing can be seen in logits that do not depend on the image"
    return result.difference / result.scale


def saved_size(network: nn.Module, folder: Path) -> int:
    """Size of the network's safetensors file in bytes."""
    path = folder / "weights.safetensors"
    save_file({name: value.contiguous().clone() for name, value in network.state_dict().items()}, path)
    return path.stat().st_size
