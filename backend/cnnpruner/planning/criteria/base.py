"""What a criterion is. Does not import torch, so that the server process can list criteria and their help."""

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
    """Assigns a score to every unit of a network."""

    name: ClassVar[str]
    """Stable identifier, used in URLs."""
    title: ClassVar[str]
    """Full name, as in the literature."""
    short: ClassVar[str] = ""
    """Short name for axes and sentences; if empty, `name` with spaces."""
    abbreviation: ClassVar[str] = ""
    """One word to show beside a bar; if empty, as `short`."""
    help: ClassVar[str]
    """One line of help for users."""
    keep: ClassVar[Literal["high", "low"]]
    """Which end of the scale is kept."""
    needs: ClassVar[frozenset[Needs]]
    """The data that it uses."""
    scale: ClassVar[Scale] = "log"
    """Scale of the axis. Choose linear for shares and ranks, whose small values matter no more than large ones."""
    unit: ClassVar[str] = ""
    """Unit of its values on axes; empty for plain numbers."""
    options: ClassVar[tuple[Option, ...]] = ()
    """Options that users can set; the page builds its form from them. Methods read `self.settings`."""

    order: ClassVar[int] = 1000
    """Sort key in the list of built-in criteria, smallest first, then by name."""

    def __init__(self, settings: Mapping[str, OptionValue] | None = None) -> None:
        """settings: value by option name, in range; omitted options have their defaults."""
        self.settings: Mapping[str, OptionValue] = {option.name: option.default for option in self.options} | dict(
            settings or {}
        )

    @property
    def spec(self) -> str:
        """Name, and the options that differ from their defaults; scores are stored under it."""
        return write_spec(self.name, self.options, self.settings)


class DataCriterion(Criterion):
    """A criterion of what readers read; all of these criteria share one forward and backward pass.

    Per reader and batch the pass calls `channel_values`, adds the results up by unit over all readers and positions
    into a matrix [N, U], and passes it to `unit_values`, which returns one number per unit and batch.
    """

    over_places: ClassVar[Literal["sum", "mean"]] = "sum"
    """How the values of a unit's places are combined; a place is a channel in which a reader reads the unit."""

    over_batches: ClassVar[Literal["mean", "instability"]] = "mean"
    """How the values over the batches become the score: their mean, or how much the unit's rank changes."""

    @abstractmethod
    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Returns the value of every channel at one reader, [N, C].

        inputs: [N, C, P], the reader's input, P spatial positions.
        gradient: [N, C, P], ∂ℓ/∂inputs through this reader alone; ℓ is the cross-entropy summed over the batch.
        """

    def unit_values(self, sums: Tensor) -> Tensor:
        """One value per unit of a batch, [U], from `sums` [N, U]: channel values added (or averaged) over places.

        By default the mean over the images.
        """
        return sums.mean(0)

    def compare(self, values: Floats, group: NDArray[np.intp], free: NDArray[np.bool_]) -> Floats:
        """A batch's unit values, made comparable between groups: by default `values` [U] unchanged.

        group: [U], number of the unit's group. free: [U], whether it can be removed. Frozen units must not count.
        """
        return values


class StaticCriterion(Criterion):
    """A criterion that uses no images."""

    @abstractmethod
    def values(self, network: nn.Module, layers: Layers, seed: int) -> Floats:
        """One value per unit, [U] in the order of `layers.units`; nan for a unit that it cannot score.

        network: in evaluation mode; must not be changed. seed: the experiment's, for random criteria.
        """


class FilterCriterion(StaticCriterion):
    """A criterion of a filter's weights; a unit's value is the mean over its filters, in all its layers."""

    needs = frozenset({"weights"})

    @abstractmethod
    def filter_values(self, weight: Tensor) -> Tensor:
        """Value of every filter of a layer, [F], from its weights [F, D], float64, without biases."""

    def values(self, network: nn.Module, layers: Layers, seed: int) -> Floats:
        """Mean over the unit's filters."""
        weights = weights_by_filter(network, layers)
        return mean_by_unit(layers, ((dim, self.filter_values(weight)) for dim, weight in weights))


def weights_by_filter(network: nn.Module, layers: Layers) -> Iterator[tuple[int, Tensor]]:
    """For each layer: index into `layers.dim_units` of its filters, and their weights [F, D], float64, without biases.

    Skips layers whose filters belong to no unit.
    """
    for tensor in layers.tensors:
        if not tensor.parameter or tensor.layer is None or len(tensor.shape) < 2:
            continue
        module = network.get_submodule(tensor.name.rpartition(".")[0])
        axis = 1 if getattr(module, "transposed", False) else 0  # a transposed convolution has [C, F, ...]
        dim = tensor.dims[axis]
        if dim is not None:
            yield dim, network.get_parameter(tensor.name).detach().transpose(0, axis).flatten(1).double()


def mean_by_unit(layers: Layers, filter_values: Iterable[tuple[int | None, Tensor]]) -> Floats:
    """[U]: mean over all filters of a unit that have a value; nan if none has.

    filter_values: index into `layers.dim_units` of the filters (None: they belong to no unit), and their values, [F].
    """
    column = {unit.id: position for position, unit in enumerate(layers.units)}
    total, count = np.zeros(len(column)), np.zeros(len(column))
    for dim, values in filter_values:
        if dim is None:
            continue
        for unit, value in zip(layers.dim_units[dim], values.tolist(), strict=True):
            if unit >= 0:
                total[column[unit]] += value
                count[column[unit]] += 1
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def divide_by_group_norm(values: Floats, group: NDArray[np.intp], free: NDArray[np.bool_]) -> Floats:
    """`values` [U] divided by the L2 norm of the free units of their group; 0 if that norm is 0."""
    norm = np.sqrt(np.bincount(group, weights=np.where(free, values, 0.0) ** 2))[group]
    return np.divide(values, norm, out=np.zeros_like(values), where=norm > 0)
