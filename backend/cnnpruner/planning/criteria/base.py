"""Base classes of criteria. Does not import torch, so that the server process can list criteria and their help."""

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
    """One word to show beside a bar; if empty, `short` is shown."""
    help: ClassVar[str]
    """One line of help for users."""
    keep: ClassVar[Literal["high", "low"]]
    """Whether units with high or with low scores are kept."""
    needs: ClassVar[frozenset[Needs]]
    """The data that the criterion uses."""
    scale: ClassVar[Scale] = "log"
    """Scale of the axis for the criterion's scores.

    Choose linear for shares and ranks, whose small values need not be spread out.
    """
    unit: ClassVar[str] = ""
    """Unit of measurement to show on axes; empty for plain numbers."""
    options: ClassVar[tuple[Option, ...]] = ()
    """Options that users can set in the page. Methods read their values from `self.settings`."""

    order: ClassVar[int] = 1000
    """Sort key in the list of built-in criteria, smallest first, then by name."""

    def __init__(self, settings: Mapping[str, OptionValue] | None = None) -> None:
        """settings: values of the options, by name and within range; omitted options get their defaults."""
        self.settings: Mapping[str, OptionValue] = {option.name: option.default for option in self.options} | dict(
            settings or {}
        )

    @property
    def spec(self) -> str:
        """The criterion's name with all options that differ from the defaults; scores are stored under this text."""
        return write_spec(self.name, self.options, self.settings)


class DataCriterion(Criterion):
    """A criterion computed from the inputs of readers; all of these criteria share one forward and backward pass.

    For each batch, the pass calls `channel_values` for every reader, combines the results by unit into a matrix [N, U],
    and passes the matrix to `unit_values`, which returns one number per unit.
    """

    over_places: ClassVar[Literal["sum", "mean"]] = "sum"
    """How the values of a unit are combined over its places. A place is a channel in which a reader reads the unit."""

    over_batches: ClassVar[Literal["mean", "instability"]] = "mean"
    """How a unit's score is computed from its values in all batches: their mean, or the instability of the unit's rank.
    """

    @abstractmethod
    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Return the value of every channel at one reader, [N, C]. inputs: [N, C, P], the reader's input, P spatial
        positions. gradient: [N, C, P], ∂ℓ/∂inputs through this reader alone; ℓ is the cross-entropy summed over the
        batch.
        """

    def unit_values(self, sums: Tensor) -> Tensor:
        """Return one value per unit for a batch, [U]; by default the mean of `sums` over the images. `sums` [N, U]:
        channel values added (or averaged) over each unit's places.
        """
        return sums.mean(0)

    def compare(self, values: Floats, group: NDArray[np.intp], free: NDArray[np.bool_]) -> Floats:
        """Make a batch's unit values comparable between groups; by default `values` [U] are returned unchanged.

        group: [U], number of the unit's group. free: [U], whether the unit can be removed. Frozen units must not
        influence the result.
        """
        return values


class StaticCriterion(Criterion):
    """A criterion that uses no images."""

    @abstractmethod
    def values(self, network: nn.Module, layers: Layers, seed: int) -> Floats:
        """Return one value per unit, [U], in the order of `layers.units`; nan for a unit that cannot be scored.
        network: in evaluation mode; must not be changed. seed: the experiment's seed, for random criteria.
        """


class FilterCriterion(StaticCriterion):
    """A criterion computed from the weights of filters; a unit's value is the mean over all filters of the unit."""

    needs = frozenset({"weights"})

    @abstractmethod
    def filter_values(self, weight: Tensor) -> Tensor:
        """Return the value of every filter of a layer, [F], from the weights [F, D], float64, without biases."""

    def values(self, network: nn.Module, layers: Layers, seed: int) -> Floats:
        """Return the mean over each unit's filters, [U]."""
        weights = iterate_filter_weights(network, layers)
        return mean_by_unit(layers, ((dim, self.filter_values(weight)) for dim, weight in weights))


def iterate_filter_weights(network: nn.Module, layers: Layers) -> Iterator[tuple[int, Tensor]]:
    """Yield, for each layer, the index into `layers.dim_units` for the filters, and the filters' weights [F, D],
    float64, without biases.

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
    """Return the mean value of each unit's filters, [U], ignoring filters without a value; nan if there are no values.

    filter_values: pairs of an index into `layers.dim_units` (None if the filters belong to no unit) and the filters'
    values, [F].
    """
    position_by_unit_id = {unit.id: position for position, unit in enumerate(layers.units)}
    total, count = np.zeros(len(position_by_unit_id)), np.zeros(len(position_by_unit_id))
    for dim, values in filter_values:
        if dim is None:
            continue
        for unit, value in zip(layers.dim_units[dim], values.tolist(), strict=True):
            if unit >= 0:
                total[position_by_unit_id[unit]] += value
                count[position_by_unit_id[unit]] += 1
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def divide_by_group_norm(values: Floats, group: NDArray[np.intp], free: NDArray[np.bool_]) -> Floats:
    """Divide each of `values` [U] by the L2 norm over the free units of the unit's group. The result is 0 if the norm
    is 0.
    """
    norm = np.sqrt(np.bincount(group, weights=np.where(free, values, 0.0) ** 2))[group]
    return np.divide(values, norm, out=np.zeros_like(values), where=norm > 0)
