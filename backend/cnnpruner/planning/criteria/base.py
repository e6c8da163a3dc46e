"""Base classes of criteria. Does not import torch, so that the server process can list the criteria and their help
texts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.plans.criteria import AxisScale, Option, OptionValue
from cnnpruner.domain.plans.specs import format_criterion_spec

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cnnpruner.domain.plans.layers import Layers

FloatArray = NDArray[np.float64]
RequiredData = Literal["weights", "images", "labels"]


class Criterion(ABC):
    """Assigns a score to every unit of a network."""

    name: ClassVar[str]
    """Stable identifier, used in URLs."""
    title: ClassVar[str]
    """Full name, as used in the literature."""
    short: ClassVar[str] = ""
    """Short name for axes and sentences; if empty, `name` is shown, with spaces instead of underscores."""
    abbreviation: ClassVar[str] = ""
    """One word to show next to a bar; if empty, `short` is shown."""
    help: ClassVar[str]
    """One line of help text for users."""
    keep: ClassVar[Literal["high", "low"]]
    """Whether units with high scores or units with low scores are kept."""
    needs: ClassVar[frozenset[RequiredData]]
    """The data that the criterion uses."""
    scale: ClassVar[AxisScale] = "log"
    """Scale of the axis for the criterion's scores.

    Choose a linear scale for shares and ranks, because their small values need not be spread out.
    """
    unit: ClassVar[str] = ""
    """Unit of measurement to show on axes; empty for plain numbers."""
    options: ClassVar[tuple[Option, ...]] = ()
    """Options that users can set on the page. The criterion's methods read their values from `self.settings`."""

    order: ClassVar[int] = 1000
    """Sort key in the list of built-in criteria, ascending; criteria with equal keys are sorted by name."""

    def __init__(self, settings: Mapping[str, OptionValue] | None = None) -> None:
        """settings: option values by name, each within its range; options that are omitted get their defaults."""
        self.settings: Mapping[str, OptionValue] = {option.name: option.default for option in self.options} | dict(
            settings or {}
        )

    @property
    def spec(self) -> str:
        """The criterion's name, followed by all options that differ from their defaults. Scores are stored under this
        string.
        """
        return format_criterion_spec(self.name, self.options, self.settings)


class DataCriterion(Criterion):
    """A criterion that is computed at the inputs of readers, that is, of layers that read the channels of units. All
    such criteria share one forward and backward pass.

    For each batch, the pass calls `channel_values` for every reader, combines the results by unit into a matrix [N, U],
    and passes this matrix to `unit_values`, which returns one number per unit.
    """

    over_places: ClassVar[Literal["sum", "mean"]] = "sum"
    """How a unit's values are combined over its places. A place is an input channel through which a following layer
    reads the unit.
    """

    over_batches: ClassVar[Literal["mean", "instability"]] = "mean"
    """How a unit's score is computed from its values in all batches: as their mean, or as the instability of the unit's
    rank.
    """

    @abstractmethod
    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Return the value of every input channel of one reader, [N, C].

        inputs: [N, C, P], the reader's input at P spatial positions. gradient: [N, C, P], ∂ℓ/∂inputs through this
        reader alone, where ℓ is the cross-entropy summed over the batch.
        """

    def unit_values(self, sums: Tensor) -> Tensor:
        """Return one value per unit for a batch, [U]; by default the mean of `sums` over the images. sums: [N, U], the
        channel values, summed (or averaged) over each unit's places.
        """
        return sums.mean(0)

    def compare(self, values: FloatArray, group: NDArray[np.intp], free: NDArray[np.bool_]) -> FloatArray:
        """Make a batch's unit values comparable between groups. By default, `values` [U] are returned unchanged.

        group: [U], number of each unit's group. free: [U], whether each unit can be removed. Frozen units must not
        influence the result.
        """
        return values


class StaticCriterion(Criterion):
    """A criterion that uses no images."""

    @abstractmethod
    def values(self, network: nn.Module, layers: Layers, seed: int) -> FloatArray:
        """Return one value per unit, [U], in the order of `layers.units`; nan for a unit that cannot be scored.

        network: in evaluation mode; must not be changed. seed: the experiment's seed, for criteria that use random
        numbers.
        """


class FilterCriterion(StaticCriterion):
    """A criterion that is computed from the weights of filters. A unit's value is the mean over all of its filters."""

    needs = frozenset({"weights"})

    @abstractmethod
    def filter_values(self, weight: Tensor) -> Tensor:
        """Return the value of every filter of a layer, [F]. weight: [F, D], float64, without biases."""

    def values(self, network: nn.Module, layers: Layers, seed: int) -> FloatArray:
        """Return the mean value of each unit's filters, [U]."""
        weights = iterate_filter_weights(network, layers)
        return mean_by_unit(layers, ((dim, self.filter_values(weight)) for dim, weight in weights))


def iterate_filter_weights(network: nn.Module, layers: Layers) -> Iterator[tuple[int, Tensor]]:
    """For each layer, yield the weights of its filters [F, D], float64, without biases, after the index in
    `layers.dim_units` at which the filters' units are listed.

    Layers whose filters belong to no unit are skipped.
    """
    for tensor in layers.tensors:
        if not tensor.parameter or tensor.layer is None or len(tensor.shape) < 2:
            continue
        module = network.get_submodule(tensor.name.rpartition(".")[0])
        axis = 1 if getattr(module, "transposed", False) else 0  # a transposed convolution has [C, F, ...]
        dim = tensor.dims[axis]
        if dim is not None:
            yield dim, network.get_parameter(tensor.name).detach().transpose(0, axis).flatten(1).double()


def mean_by_unit(layers: Layers, filter_values: Iterable[tuple[int | None, Tensor]]) -> FloatArray:
    """Return the mean value of each unit's filters, [U], ignoring filters without a value; nan for units without any
    value.

    filter_values: for each layer, the index in `layers.dim_units` at which its filters' units are listed (None if the
    filters belong to no unit), and the values of the filters, [F].
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


def divide_by_group_norm(values: FloatArray, group: NDArray[np.intp], free: NDArray[np.bool_]) -> FloatArray:
    """Divide each of `values` [U] by the L2 norm of the values of all free (removable) units in the same group. The
    result is 0 if the norm is 0.
    """
    norm = np.sqrt(np.bincount(group, weights=np.where(free, values, 0.0) ** 2))[group]
    return np.divide(values, norm, out=np.zeros_like(values), where=norm > 0)
