"""What a criterion is. No torch is imported here, so that the server process can list criteria and their help."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.plans.criteria import Option, OptionValue, Scale
from cnnpruner.domain.plans.specs import write_spec

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cnnpruner.domain.plans.layers import Layers

Floats = NDArray[np.float64]
Needs = Literal["weights", "images", "labels"]


class Criterion(ABC):
    """A rule that gives every unit of a network a value."""

    name: ClassVar[str]
    """Stable identifier, as in URLs."""
    title: ClassVar[str]
    """As the literature calls it."""
    short: ClassVar[str] = ""
    """In a few words, as axes and sentences name it; empty: its name, with spaces."""
    abbreviation: ClassVar[str] = ""
    """In one word, as it stands beside a bar; empty: as `short`."""
    help: ClassVar[str]
    """One line for a person."""
    keep: ClassVar[Literal["high", "low"]]
    """Which end of the scale is kept."""
    needs: ClassVar[frozenset[Needs]]
    """What it looks at."""
    scale: ClassVar[Scale] = "log"
    """Axis of its values. Linear for shares and places in an order, whose small values tell no more than large ones."""
    unit: ClassVar[str] = ""
    """Unit of its values, for axes; empty for plain numbers."""
    options: ClassVar[tuple[Option, ...]] = ()
    """What a person may set; the page makes its form of it. Methods read `self.settings`."""

    order: ClassVar[int] = 1000
    """Place in lists of those that come with the program, smallest first, then by name."""

    def __init__(self, settings: Mapping[str, OptionValue] | None = None) -> None:
        """settings: by option, in range; options left out have their defaults."""
        self.settings: Mapping[str, OptionValue] = {one.name: one.default for one in self.options} | dict(
            settings or {}
        )

    @property
    def spec(self) -> str:
        """Name and options that are not at their defaults, as values are kept by."""
        return write_spec(self.name, self.options, self.settings)


class DataCriterion(Criterion):
    """A criterion that looks at what readers see; all of them share one forward and backward pass.

    Per reader and batch the pass asks for `channel_values`, adds them up by unit into a matrix [N, U] over all readers
    and positions, and hands that to `unit_values`, one number per unit and batch.
    """

    over_places: ClassVar[Literal["sum", "mean"]] = "sum"
    """How the values of a unit's places combine; a place is a channel of a reader that carries the unit."""

    over_batches: ClassVar[Literal["mean", "instability"]] = "mean"
    """What of a unit's values over the batches is its score: their mean, or how far its rank moves among them."""

    @abstractmethod
    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Value of every channel at one reader.

        inputs: [N, C, P], what the reader reads, P positions in space.
        gradient: [N, C, P], ∂ℓ/∂inputs through this reader alone, ℓ the cross-entropy summed over the batch.
        Returns [N, C].
        """

    def unit_values(self, sums: Tensor) -> Tensor:
        """One value per unit of a batch, [U], from `sums` [N, U]: channel values added (or averaged) over places.

        The mean over the images unless the criterion says otherwise.
        """
        return sums.mean(0)

    def compare(self, values: Floats, group: NDArray[np.intp], free: NDArray[np.bool_]) -> Floats:
        """A batch's unit values made comparable between groups: `values` [U] unless the criterion says otherwise.

        group: [U], number of the unit's group. free: [U], whether it can be removed. Frozen units take part in nothing.
        """
        return values


class StaticCriterion(Criterion):
    """A criterion that looks at no image."""

    @abstractmethod
    def values(self, network: nn.Module, layers: Layers, seed: int) -> Floats:
        """One value per unit, [U] in the order of `layers.units`; nan for a unit that it cannot judge.

        network: in evaluation mode and left as it is. seed: the experiment's, for criteria that draw.
        """


class FilterCriterion(StaticCriterion):
    """A criterion of a filter's weights; a unit's value is the mean over its filters, in all its layers."""

    needs = frozenset({"weights"})

    @abstractmethod
    def filter_values(self, weight: Tensor) -> Tensor:
        """Value of every filter of a layer, [F], from its weights [F, D], float64, biases excluded."""

    def values(self, network: nn.Module, layers: Layers, seed: int) -> Floats:
        """Mean over the unit's filters."""
        weights = weights_by_filter(network, layers)
        return mean_by_unit(layers, ((dim, self.filter_values(weight)) for dim, weight in weights))


def weights_by_filter(network: nn.Module, layers: Layers) -> Iterator[tuple[int, Tensor]]:
    """Of each layer: index into `layers.dim_units` of its filters, and their weights [F, D], float64, biases excluded.

    Layers whose filters belong to no unit are left out.
    """
    for tensor in layers.tensors:
        if not tensor.parameter or tensor.layer is None or len(tensor.shape) < 2:
            continue
        module = network.get_submodule(tensor.name.rpartition(".")[0])
        place = 1 if getattr(module, "transposed", False) else 0  # a transposed convolution has [C, F, ...]
        dim = tensor.dims[place]
        if dim is not None:
            yield dim, network.get_parameter(tensor.name).detach().transpose(0, place).flatten(1).double()


def mean_by_unit(layers: Layers, found: Iterable[tuple[int | None, Tensor]]) -> Floats:
    """[U]: mean over all places of a unit; nan without one.

    found: index into `layers.dim_units` of the filters (None: they belong to no unit), and a value for each, [F].
    """
    column = {unit.id: place for place, unit in enumerate(layers.units)}
    total, places = np.zeros(len(column)), np.zeros(len(column))
    for dim, values in found:
        if dim is None:
            continue
        for unit, value in zip(layers.dim_units[dim], values.tolist(), strict=True):
            if unit >= 0:
                total[column[unit]] += value
                places[column[unit]] += 1
    return np.divide(total, places, out=np.full_like(total, np.nan), where=places > 0)


def divide_by_group_norm(values: Floats, group: NDArray[np.intp], free: NDArray[np.bool_]) -> Floats:
    """`values` [U] over the L2 norm of the free units of their group; 0 where that norm is 0."""
    norm = np.sqrt(np.bincount(group, weights=np.where(free, values, 0.0) ** 2))[group]
    return np.divide(values, norm, out=np.zeros_like(values), where=norm > 0)
