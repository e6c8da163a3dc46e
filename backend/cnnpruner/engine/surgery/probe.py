"""The check behind every trace: a cut network must run, and equal the original with zeros where it is read."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.engine.modes import evaluation_mode
from cnnpruner.engine.surgery.masks import zero_where_read
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.source import locate_error
from cnnpruner.planning.greedy import GreedyRemoval

TOLERANCE = 1e-4
"""Largest difference of logits that counts as equal, as a share of the largest logit (float32)."""

SHARE = 0.3
"""Of the free units, in a cut that tries or proves."""


@dataclass(frozen=True)
class Proof:
    """A random cut beside the uncut network with zeros where it is read."""

    max_difference: float
    """max |Δlogit|."""
    scale: float
    """max |logit| of the uncut network with zeros."""
    equal: bool
    """max_difference ≤ 1e-4 · scale; None of it can hold where normalisation runs over channels."""
    units: tuple[int, ...]
    """Ids of what was cut."""


def prove_cut(network: nn.Module, layers: Layers, image: Tensor, seed: int) -> Proof:
    """Cut 30 % of the free units at random and compare. image: [N, C, H, W] of any content."""
    units = _choose([unit for unit in layers.units if unit.free], layers, seed)
    with torch.no_grad(), evaluation_mode(network):
        with zero_where_read(network, layers, units):
            wanted = network(image)
        found = cut(network, layers, units)(image)
    difference, scale = float((found - wanted).abs().max()), float(wanted.abs().max())
    return Proof(difference, scale, difference <= TOLERANCE * scale, tuple(units))


def freeze_failing_groups(network: nn.Module, layers: Layers, image: Tensor) -> Layers:
    """The same structure with every group frozen, with the reason, whose cut fails or changes what it should not.

    image: [.., C, H, W], for its shape and place alone. No trace can see a hard-coded size; so all groups are cut a
    little at once, and where that fails, halved until the culprits stand alone.
    """
    return _Probe(network, layers, image).result()


class _Probe:
    """Tries cuts on two images of noise."""

    def __init__(self, network: nn.Module, layers: Layers, image: Tensor) -> None:
        generator = torch.Generator().manual_seed(0)
        noise = torch.randn((2, *layers.image), generator=generator)
        self._images = noise.to(image.device, image.dtype)
        self._network, self._layers = network, layers
        self._reasons: dict[int, str] = {}
        """By group."""

    def result(self) -> Layers:
        """The structure less what fails."""
        groups = [group.index for group in self._layers.groups if self._free(group.index)]
        with torch.no_grad(), evaluation_mode(self._network):
            while groups and not self._search(groups):
                groups = [group for group in groups if group not in self._reasons]
        return _freeze(self._layers, self._reasons)

    def _search(self, groups: Sequence[int]) -> bool:
        """Whether these groups can be cut together; else freezes at least one of them."""
        fault = self._fault(groups)
        if fault is None:
            return True
        half = len(groups) // 2
        if half and not all([self._search(groups[:half]), self._search(groups[half:])]):
            return False
        # one alone, or halves that go well alone and fail together
        self._reasons |= dict.fromkeys(groups, fault)
        return False

    def _fault(self, groups: Sequence[int]) -> str | None:
        """What goes wrong when some units of each group are cut; None: nothing."""
        units = [unit for group in groups for unit in _choose(self._free(group), self._layers, seed=group)]
        try:
            found = cut(self._network, self._layers, units).eval()(self._images)
        except Exception as error:  # noqa: BLE001 - whatever a foreign network raises when it is cut
            place = locate_error(error.__traceback__)
            return f"the network fails without it, {place or 'in one of its modules'}: {str(error).splitlines()[0]}"
        with zero_where_read(self._network, self._layers, units):
            wanted = self._network(self._images)
        if found.shape != wanted.shape:
            return f"without it the network answers {list(found.shape)} instead of {list(wanted.shape)}"
        differs = bool((found - wanted).abs().max() > TOLERANCE * wanted.abs().max())
        if differs and not normalises_channels(self._network, self._images):
            return "removing it is not the same as zeroing it where it is read, so something depends on its place"
        return None

    def _free(self, group: int) -> list[Unit]:
        return [unit for unit in self._layers.units if unit.free and unit.group == group]


def normalises_channels(network: nn.Module, images: Tensor) -> bool:
    """Whether a statistic runs over channels (layer or group norm): then equality of a cut cannot hold."""
    watch = _WatchNorms()
    with torch.no_grad(), evaluation_mode(network), watch:
        network(images)
    return watch.seen


class _WatchNorms(TorchFunctionMode):
    """Sees whether a statistic runs over channels: it changes with every cut, and equality cannot hold."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = False

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.seen = self.seen or func in {F.group_norm, F.layer_norm}
        return func(*args, **(kwargs or {}))


def _choose(units: Sequence[Unit], layers: Layers, seed: int) -> list[int]:
    """Ids of 30 % of `units`, at least one where that leaves no layer empty."""
    wanted = max(1, int(SHARE * len(units)))
    order = random.Random(seed).sample(list(units), len(units))
    removal = GreedyRemoval(layers, [])
    for unit in order:
        wanted -= removal.take(unit)
        if not wanted:
            break
    return removal.units()


def _freeze(layers: Layers, reasons: dict[int, str]) -> Layers:
    units = [
        unit.model_copy(update={"free": False, "reason": reasons[unit.group]})
        if unit.free and unit.group in reasons
        else unit
        for unit in layers.units
    ]
    return layers.model_copy(update={"units": units})
