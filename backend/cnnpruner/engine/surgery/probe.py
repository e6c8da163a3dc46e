"""Checks a trace by cutting: a cut network must run, and give the same output as the original with the units zeroed."""

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

CUT_SHARE = 0.3
"""Share of the free units in a trial cut or a proof."""


@dataclass(frozen=True)
class Proof:
    """Comparison of a random cut with the uncut network in which the same units are zeroed."""

    max_difference: float
    """max |Δlogit|."""
    scale: float
    """max |logit| of the uncut network with the units zeroed."""
    equal: bool
    """Whether max_difference ≤ 1e-4 · scale. Never true if the network normalises over channels."""
    units: tuple[int, ...]
    """Ids of the cut units."""


def prove_cut(network: nn.Module, layers: Layers, image: Tensor, seed: int) -> Proof:
    """Cut 30 % of the free units at random and compare. image: [N, C, H, W] with any content."""
    units = _choose([unit for unit in layers.units if unit.free], layers, seed)
    with torch.no_grad(), evaluation_mode(network):
        with zero_where_read(network, layers, units):
            masked_output = network(image)
        output = cut(network, layers, units)(image)
    difference, scale = float((output - masked_output).abs().max()), float(masked_output.abs().max())
    return Proof(difference, scale, difference <= TOLERANCE * scale, tuple(units))


def freeze_failing_groups(network: nn.Module, layers: Layers, image: Tensor) -> Layers:
    """Freeze every group whose cut fails or gives a wrong output, with the reason.

    image: [.., C, H, W], used for its shape and device only. A trace cannot see hard-coded sizes. So a few units of all
    groups are cut at once; if that fails, the groups are bisected until the failing ones are found.
    """
    return _Probe(network, layers, image).result()


class _Probe:
    """Tests cuts on two images of noise."""

    def __init__(self, network: nn.Module, layers: Layers, image: Tensor) -> None:
        generator = torch.Generator().manual_seed(0)
        noise = torch.randn((2, *layers.image), generator=generator)
        self._images = noise.to(image.device, image.dtype)
        self._network, self._layers = network, layers
        self._reasons: dict[int, str] = {}
        """Reason why a group is frozen, by group index."""

    def result(self) -> Layers:
        """Return the structure with all failing groups frozen."""
        groups = [group.index for group in self._layers.groups if self._free_units(group.index)]
        with torch.no_grad(), evaluation_mode(self._network):
            while groups and not self._can_cut_together(groups):
                groups = [group for group in groups if group not in self._reasons]
        return _freeze(self._layers, self._reasons)

    def _can_cut_together(self, groups: Sequence[int]) -> bool:
        """Whether these groups can be cut together; if not, at least one of them is frozen."""
        failure = self._find_failure(groups)
        if failure is None:
            return True
        middle = len(groups) // 2
        if middle and not all([self._can_cut_together(groups[:middle]), self._can_cut_together(groups[middle:])]):
            return False
        # a single group, or halves that work separately but fail together
        self._reasons |= dict.fromkeys(groups, failure)
        return False

    def _find_failure(self, groups: Sequence[int]) -> str | None:
        """Cut some units of each group and return what failed; None if nothing failed."""
        units = [unit for group in groups for unit in _choose(self._free_units(group), self._layers, seed=group)]
        try:
            output = cut(self._network, self._layers, units).eval()(self._images)
        except Exception as error:  # noqa: BLE001 - a cut third-party network may raise anything
            location = locate_error(error.__traceback__)
            location_text = f"at {location}" if location else "in one of its modules"
            return f"removing it makes the network fail {location_text}: {str(error).splitlines()[0]}"
        with zero_where_read(self._network, self._layers, units):
            masked_output = self._network(self._images)
        if output.shape != masked_output.shape:
            return f"removing it changes the network's output from {list(masked_output.shape)} to {list(output.shape)}"
        output_differs = bool((output - masked_output).abs().max() > TOLERANCE * masked_output.abs().max())
        if output_differs and not normalises_channels(self._network, self._images):
            return "removing it does not give the same output as zeroing it, so something depends on its position"
        return None

    def _free_units(self, group: int) -> list[Unit]:
        return [unit for unit in self._layers.units if unit.free and unit.group == group]


def normalises_channels(network: nn.Module, images: Tensor) -> bool:
    """Whether the network normalises over channels (layer or group norm), so that no cut can equal zeroing."""
    watcher = _NormWatcher()
    with torch.no_grad(), evaluation_mode(network), watcher:
        network(images)
    return watcher.has_seen_norm


class _NormWatcher(TorchFunctionMode):
    """Detects normalisation over channels, whose statistics change with every cut."""

    def __init__(self) -> None:
        super().__init__()
        self.has_seen_norm = False

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.has_seen_norm = self.has_seen_norm or func in {F.group_norm, F.layer_norm}
        return func(*args, **(kwargs or {}))


def _choose(units: Sequence[Unit], layers: Layers, seed: int) -> list[int]:
    """Return the ids of 30 % of `units`: at least one, unless that would empty a layer."""
    count = max(1, int(CUT_SHARE * len(units)))
    order = random.Random(seed).sample(list(units), len(units))
    removal = GreedyRemoval(layers, [])
    for unit in order:
        count -= removal.try_remove(unit)
        if not count:
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
