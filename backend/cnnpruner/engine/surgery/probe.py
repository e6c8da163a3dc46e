"""Checks a trace by trial cuts: a cut network must run, and give the same output as the original with the cut units
zeroed.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.engine.surgery.comparison import Comparison, OutputShapeChanged, compare_cut
from cnnpruner.engine.surgery.live_copy import make_noisy_copy, noise_images
from cnnpruner.engine.tracing.source import first_line, locate_error
from cnnpruner.errors import UnusableNetwork
from cnnpruner.planning.greedy import GreedyRemoval

TRIAL_CUT_SHARE = 0.3
"""Share of the removable units that a trial cut removes, both to find groups that must be frozen and to verify a
network.
"""


@dataclass(frozen=True)
class CutVerification:
    """Comparison of a random cut with the uncut network in which the same units are zeroed."""

    comparison: Comparison
    units: tuple[int, ...]
    """Ids of the cut units."""


def verify_random_cut(network: nn.Module, layers: Layers, images: Tensor, seed: int) -> CutVerification:
    """Cut a random 30% of the removable units of a noisy copy of the network. Compare the outputs with those of the
    uncut noisy copy in which the same units are zeroed. images: [N, C, H, W], N ≥ 2.
    """
    units = _choose_units([unit for unit in layers.units if unit.free], layers, seed)
    return CutVerification(compare_cut(make_noisy_copy(network, images, seed), layers, units, images), tuple(units))


def require_correct_cut(network: nn.Module, layers: Layers, units: Collection[int]) -> None:
    """Raise UnusableNetwork if removing these units (ids) does not give the same output as zeroing them.

    In trees from version 0.1.0, some units that are not frozen may be unsafe to cut, because that version's comparison
    left out some norms.
    """
    images = noise_images(layers.image, next(network.parameters()))
    if compare_cut(make_noisy_copy(network, images), layers, units, images).result == "differs":
        raise UnusableNetwork(
            "Removing these filters does not give the same output as zeroing them, so something in the network depends "
            "on their positions. Create a new experiment from this network; these filters will be frozen there."
        )


def freeze_failing_groups(network: nn.Module, layers: Layers, image: Tensor) -> Layers:
    """Freeze every group that cannot be cut because a trial cut fails or gives a wrong output, and store the reason.

    image: [.., C, H, W]; only its shape and device are used. Tracing cannot detect hard-coded sizes. Therefore, a few
    units of every group are cut at the same time; if that fails, the groups are bisected until the failing ones are
    found.
    """
    return _CutProbe(network, layers, image).result()


class _CutProbe:
    """Tries out cuts on a noisy copy of the network, with two noise images as input."""

    def __init__(self, network: nn.Module, layers: Layers, image: Tensor) -> None:
        self._images = noise_images(layers.image, image)
        self._network, self._layers = make_noisy_copy(network, self._images), layers
        self._reasons: dict[int, str] = {}
        """Reason why a group is frozen, by group index."""

    def result(self) -> Layers:
        """Return the structure with all failing groups frozen."""
        groups = [group.index for group in self._layers.groups if self._free_units(group.index)]
        while groups and not self._can_cut_together(groups):
            groups = [group for group in groups if group not in self._reasons]
        return _freeze_groups(self._layers, self._reasons)

    def _can_cut_together(self, groups: Sequence[int]) -> bool:
        """Return whether these groups can be cut at the same time; if they cannot, freeze at least one of them."""
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
        """Try to cut some units of each group at the same time. Return what failed, or None if nothing failed."""
        units = [unit for group in groups for unit in _choose_units(self._free_units(group), self._layers, seed=group)]
        try:
            comparison = compare_cut(self._network, self._layers, units, self._images)
        except OutputShapeChanged as change:
            return f"removing it changes the network's output {change}"
        except Exception as error:  # noqa: BLE001 - a cut third-party network may raise anything
            location = locate_error(error.__traceback__)
            location_text = f"at {location}" if location else "in one of its modules"
            return f"removing it makes the network raise an error {location_text}: {first_line(error)}"
        if comparison.result == "differs":
            return "removing it does not give the same output as zeroing it, so something depends on its position"
        return None

    def _free_units(self, group: int) -> list[Unit]:
        return [unit for unit in self._layers.units if unit.free and unit.group == group]


def _choose_units(units: Sequence[Unit], layers: Layers, seed: int) -> list[int]:
    """Return the ids of a random 30% of `units`, but of at least one. Units whose removal would empty a layer are
    skipped.
    """
    count = max(1, int(TRIAL_CUT_SHARE * len(units)))
    order = random.Random(seed).sample(list(units), len(units))
    removal = GreedyRemoval(layers, [])
    for unit in order:
        count -= removal.try_remove_unit(unit)
        if not count:
            break
    return removal.units()


def _freeze_groups(layers: Layers, reasons: dict[int, str]) -> Layers:
    units = [
        unit.model_copy(update={"free": False, "reason": reasons[unit.group]})
        if unit.free and unit.group in reasons
        else unit
        for unit in layers.units
    ]
    return layers.model_copy(update={"units": units})
