"""Fits one layer to its target outputs."""

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.reconstruction.layer_calls import LayerCall
from cnnpruner.engine.reconstruction.least_squares import WeightChange, max_rows, pick_solver


class FitFailed(Exception):
    """Raised if a layer cannot be fitted; the message says why."""


@dataclass(frozen=True)
class CutWeight:
    """A weight tensor that mixes channels, and what a cut removes from it."""

    layer: str
    """Name of the layer that the weight belongs to."""
    kept: tuple[list[int] | None, list[int] | None]
    """Positions that are kept in each of the first two dimensions; None if all are kept."""
    has_lost_inputs: bool

    def kept_outputs(self, call: LayerCall) -> list[int] | None:
        """Return the positions of the filters that are kept; None if all are kept."""
        return self.kept[1 if call.is_transposed else 0]


def find_cut_weights(layers: Layers, units: Collection[int]) -> dict[str, CutWeight]:
    """Return, for each weight that mixes channels, by name, what the removal of `units` (ids) cuts from it. Depthwise
    convolutions are not included.
    """
    removed = set(units)

    def find_kept_positions(dim: int | None) -> list[int] | None:
        ids = [] if dim is None else layers.dim_units[dim]
        positions = [position for position, unit in enumerate(ids) if unit not in removed]
        return None if len(positions) == len(ids) else positions

    weights = {}
    for reader in layers.readers:
        tensor = layers.tensors[reader.tensor]
        assert tensor.layer is not None
        has_lost_inputs = any(unit in removed for unit in layers.dim_units[reader.inputs])
        kept_positions = (find_kept_positions(tensor.dims[0]), find_kept_positions(tensor.dims[1]))
        weights[tensor.name] = CutWeight(layers.layers[tensor.layer].name, kept_positions, has_lost_inputs)
    return weights


class LayerFit:
    """Collects the sampled inputs and target outputs of all calls of one weight, and fits the weight to them."""

    def __init__(self, call: LayerCall, rows: int) -> None:
        """rows: number of sampled output positions in all calls together."""
        self._call = call
        limit = max_rows(call.width)
        self._share = 1.0 if limit is None else min(1.0, limit / rows)
        self._fit = pick_solver(rows, call.width)
        self._weight = call.weight_matrix().double()

    def add(self, call: LayerCall, places: Tensor, targets: Tensor) -> None:
        """Add a call of the weight. places: output positions, int64 [M], ascending; targets: outputs to be
        approximated, [M, F].
        """
        if self._share < 1:
            indices = torch.linspace(0, len(places) - 1, max(1, int(self._share * len(places))), dtype=torch.float64)
            places, targets = places[indices.long()], targets[indices.long()]
        targets_by_group = targets.double().reshape(len(targets), call.groups, -1).transpose(0, 1)  # [G, M, F / G]
        bias = 0.0 if call.bias is None else call.bias.detach().double().reshape(call.groups, 1, -1)
        for part, x in call.input_blocks(places):
            inputs = x.double()
            # The error of the cut weight is fitted, so a layer without an error keeps its weight.
            self._fit.add(inputs, targets_by_group[:, part] - inputs @ self._weight - bias)

    def solve(self, ridge: float, may_add_constant: bool) -> Tensor:
        """Write the fitted weight into the layer, and return the constant to add to its outputs, float64 [F].

        Raises FitFailed, and leaves the weight unchanged, if any value is not finite.
        """
        try:
            change: WeightChange = self._fit.solve(ridge, may_add_constant)
        except RuntimeError as error:
            raise FitFailed("its inputs are not finite") from error
        weight = (self._weight + change.weight).to(self._call.weight.dtype)
        if not (weight.isfinite().all() and change.offset.isfinite().all()):
            raise FitFailed("its inputs, or its outputs in the parent, are not finite")
        self._call.write_weight(weight)
        return change.offset.flatten()
