"""What a criterion is. No torch is imported here, so that the server process can list criteria and their help."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]
Needs = Literal["weights", "images", "labels"]


class Criterion(ABC):
    """A rule that gives every unit of a network a value."""

    name: ClassVar[str]
    """Stable identifier, as in URLs."""
    title: ClassVar[str]
    """As the literature calls it."""
    help: ClassVar[str]
    """One line for a person."""
    keep: ClassVar[Literal["high", "low"]]
    """Which end of the scale is kept."""
    needs: ClassVar[frozenset[Needs]]
    """What it looks at."""


class DataCriterion(Criterion):
    """A criterion that looks at what readers see; all of them share one forward and backward pass.

    Per reader and batch the pass asks for `channel_values`, adds them up by unit into a matrix [N, U] over all readers
    and positions, and hands that to `unit_values`, one number per unit and batch.
    """

    @abstractmethod
    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Value of every channel at one reader.

        inputs: [N, C, P], what the reader reads, P positions in space.
        gradient: [N, C, P], ∂ℓ/∂inputs through this reader alone, ℓ the cross-entropy summed over the batch.
        Returns [N, C].
        """

    @abstractmethod
    def unit_values(self, sums: Tensor) -> Tensor:
        """One value per unit of a batch, [U], from `sums` [N, U]: channel values added over readers and positions."""

    def compare(self, values: Floats, group: NDArray[np.intp], free: NDArray[np.bool_]) -> Floats:
        """A batch's unit values made comparable between groups: `values` [U] unless the criterion says otherwise.

        group: [U], number of the unit's group. free: [U], whether it can be removed. Frozen units take part in nothing.
        """
        return values


def divide_by_group_norm(values: Floats, group: NDArray[np.intp], free: NDArray[np.bool_]) -> Floats:
    """`values` [U] over the L2 norm of the free units of their group; 0 where that norm is 0."""
    norm = np.sqrt(np.bincount(group, weights=np.where(free, values, 0.0) ** 2))[group]
    return np.divide(values, norm, out=np.zeros_like(values), where=norm > 0)
