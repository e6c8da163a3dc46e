"""Greedy optimal brain surgeon: ranks the units of a layer by how little the loss grows without them, if the layers
that take them as input (their readers) are refitted.

For a reader, let X [M, D] be its centred input rows, and H = XᵀX / M + μI their second moments. If the columns of unit
u are removed and the remaining weights are refitted by least squares, the squared error of output f grows by W_{f,u}
((H⁻¹)_{uu})⁻¹ W_{f,u}ᵀ. Weighted by half of the mean squared gradient at f and summed over readers and outputs, this
estimates how much the loss grows. Units are removed one by one; after each removal, H⁻¹ and W are those of the refitted
reader. Hassibi and Stork, “Second order derivatives for network pruning: Optimal Brain Surgeon”, NIPS 1992, for blocks
of weights. Formulas: docs/methods.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress
from cnnpruner.engine.reconstruction.layer_calls import LAYER_FUNCTIONS, LayerCall, parse_call, sample_output_positions
from cnnpruner.engine.scoring.readers import copy_without_gradients
from cnnpruner.engine.training.threads import limit_threads, mean_layer_macs
from cnnpruner.errors import InvalidInput, UnusableNetwork
from cnnpruner.planning.criteria.base import FloatArray
from cnnpruner.planning.structure import find_interchangeable_units

POSITIONS_PER_IMAGE = 24
"""Number of output positions per image at which the inputs of a layer are sampled."""
RIDGE = 0.01
"""μ, relative to the mean diagonal of the centred second moments."""
MAX_DENSE_COLUMNS = 6144
"""If a layer has more input columns than this, only the diagonal of its matrix H is used, so that memory stays below
300 MiB per layer.
"""
MAX_PENDING_ROWS = 128
"""Number of rows that updates of H⁻¹ must have together before they are applied."""
EVALUATION_PROGRESS_SHARE = 0.5
"""Share of the reported progress that is assigned to the passes over the images; the rest is for ordering the units."""


@dataclass
class _ReaderSums:
    """Sums over all input rows x that a layer has received so far, separately for each of its G groups of D columns."""

    weight: Tensor
    """Weight of the layer, as one matrix per group, [G, D, F / G], float64."""
    columns: list[list[int]]
    """For each group of the convolution, the id of the unit behind each of its D columns; -1 for a column without a
    unit.
    """
    moments: Tensor
    """Σ x xᵀ, [G, D, D]; only the diagonal, Σ x², [G, D], if there are more than `MAX_DENSE_COLUMNS` columns."""
    input_sums: Tensor
    """Σ x, [G, D]."""
    rows: int = 0
    squared_gradient: Tensor | None = None
    """Σ over images and positions of (∂ℓ/∂y)², [F]; ℓ is the loss of one image."""


def score_by_brain_surgeon(
    network: nn.Module,
    layers: Layers,
    batches: Iterable[tuple[Tensor, Tensor]],
    batch_count: int,
    seed: int,
    progress: Progress | None = None,
) -> FloatArray:
    """Return, for each unit [U], by how much the loss is estimated to grow, in nats per image, if the unit and all
    units of the same layers with lower values are removed; nan for frozen units.

    Within the units that belong to the same layers, ascending values are the order of greedy removal. Values of
    different layers can only be compared roughly. batches: (images [N, C, H, W] normalised, labels [N]). The network is
    left unchanged. Raises InvalidInput without batches, UnusableNetwork if a value is not finite.
    """
    report = progress or (lambda done, text: None)
    sums, images = _collect_reader_sums(network, layers, batches, batch_count, seed, report)
    scores = np.full(len(layers.units), np.nan)
    position = {unit.id: index for index, unit in enumerate(layers.units)}
    unit_sets = find_interchangeable_units(layers)
    for number, unit_ids in enumerate(unit_sets):
        report(
            EVALUATION_PROGRESS_SHARE + (1 - EVALUATION_PROGRESS_SHARE) * number / len(unit_sets),
            "ordering the filters of each layer",
        )
        readers = [
            reader for reader_sums in sums for reader in _prepare_reader_groups(reader_sums, set(unit_ids), images)
        ]
        for unit_id, loss in _remove_greedily(unit_ids, readers):
            scores[position[unit_id]] = loss
    free = np.array([unit.free for unit in layers.units], dtype=np.bool_)
    if not np.isfinite(scores[free]).all():
        raise UnusableNetwork(
            "The optimal brain surgeon score (obs) of a filter is not finite, because the network's weights or "
            "gradients overflow."
        )
    return scores


def _collect_reader_sums(
    network: nn.Module,
    layers: Layers,
    batches: Iterable[tuple[Tensor, Tensor]],
    batch_count: int,
    seed: int,
    report: Progress,
) -> tuple[list[_ReaderSums], int]:
    """Return the sums over the inputs of each layer that reads units, and the number of images in the batches."""
    network_copy = copy_without_gradients(network)
    watcher = _InputWatcher(network_copy, layers, seed)
    device = next(network_copy.parameters()).device
    macs, images = mean_layer_macs(layers), 0
    for number, (pictures, labels) in enumerate(batches):
        report(EVALUATION_PROGRESS_SHARE * number / batch_count, "recording the inputs of each layer")
        with limit_threads(macs * len(pictures)), torch.enable_grad():
            with watcher:
                logits = network_copy(pictures.to(device))
            # summed, not averaged: the gradient of image n is then that of its own loss
            loss = F.cross_entropy(logits, labels.to(device), reduction="sum")
            if loss.requires_grad:
                loss.backward()  # type: ignore[no-untyped-call]
        images += len(pictures)
    if not images:
        raise InvalidInput("There are no batches to score with; the train split is empty.")
    return list(watcher.sums.values()), images


class _InputWatcher(TorchFunctionMode):
    """Inside the `with` block, adds up, for each layer that takes units as input, its inputs at sampled output
    positions and the squared gradients at its outputs.
    """

    def __init__(self, network: nn.Module, layers: Layers, seed: int) -> None:
        super().__init__()
        self.sums: dict[int, _ReaderSums] = {}
        self._inputs = {
            id(network.get_parameter(layers.tensors[reader.tensor].name)): layers.dim_units[reader.inputs]
            for reader in layers.readers
            if any(unit >= 0 for unit in layers.dim_units[reader.inputs])
        }
        self._seed, self._call = seed, 0
        parameter = next(network.parameters(), torch.empty(0))
        self._start = torch.zeros((), device=parameter.device, dtype=parameter.dtype, requires_grad=True)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`. If it is a layer that takes units as input, add up its inputs and, in the backward pass, its
        squared gradients.
        """
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        if func not in LAYER_FUNCTIONS:
            return out
        call = parse_call(func, args, kwargs)
        units = self._inputs.get(id(call.weight))
        if units is None:
            return out
        self._call += 1
        sums = self.sums.get(id(call.weight))
        if sums is None:
            sums = self.sums[id(call.weight)] = _create_reader_sums(call, units)
        with torch.no_grad():
            self._add_inputs(sums, call, out)
        # A sum is neither a leaf nor a view, so later operations may change it in place.
        watched_output = torch.add(out, self._start)
        watched_output.register_hook(  # type: ignore[no-untyped-call]
            lambda gradient: _add_gradient(sums, gradient, call.is_linear)
        )
        return watched_output

    def _add_inputs(self, sums: _ReaderSums, call: LayerCall, out: Tensor) -> None:
        filters = out.shape[-1] if call.is_linear else out.shape[out.ndim - len(call.geometry.stride) - 1]
        position_count = out.numel() // filters
        images = len(call.x)
        places = sample_output_positions(
            position_count, min(position_count, POSITIONS_PER_IMAGE * images), self._seed, self._call
        )
        for _, block in call.input_blocks(places.to(out.device)):
            rows = block.double()  # [G, m, D]
            sums.moments += rows.square().sum(1) if sums.moments.ndim == 2 else rows.mT @ rows
            sums.input_sums += rows.sum(1)
        sums.rows += len(places)


def _create_reader_sums(call: LayerCall, units: Sequence[int]) -> _ReaderSums:
    weight = call.weight_matrix().double()
    groups, width, _ = weight.shape
    columns_per_channel = groups * width // len(units)
    columns = [unit for unit in units for _ in range(columns_per_channel)]
    shape = (groups, width) if width > MAX_DENSE_COLUMNS else (groups, width, width)
    return _ReaderSums(
        weight=weight,
        columns=[columns[group * width : (group + 1) * width] for group in range(groups)],
        moments=weight.new_zeros(shape),
        input_sums=weight.new_zeros((groups, width)),
    )


def _add_gradient(sums: _ReaderSums, gradient: Tensor, is_linear: bool) -> None:
    """Add the squared gradient at a layer's outputs, summed over images and positions, to `sums`. gradient: [.., F] for
    a linear layer, [N, F, ..] for a convolution.
    """
    gradient_by_filter = (
        gradient.reshape(-1, gradient.shape[-1]).mT if is_linear else gradient.transpose(0, 1).flatten(1)
    )
    total = gradient_by_filter.double().square().sum(1)
    sums.squared_gradient = total if sums.squared_gradient is None else sums.squared_gradient + total


class _InverseHessian:
    """H⁻¹ [D, D], updated after each removal. The updates of several removals are applied together, as one matrix
    product, because each alone would read and write the whole matrix.
    """

    def __init__(self, matrix: Tensor) -> None:
        self._matrix = matrix
        # H⁻¹ = matrix − left_rowsᵀ right_rows; both are [pending rows, D].
        self._left = self._right = matrix.new_zeros((0, len(matrix)))

    def rows(self, columns: Tensor) -> Tensor:
        """Return the rows [B, D] of H⁻¹ that belong to the input columns [B]."""
        return torch.addmm(self._matrix[columns], self._left[:, columns].mT, self._right, alpha=-1)

    def blocks(self, columns: Tensor) -> Tensor:
        """Return the diagonal blocks of H⁻¹ for m units with B columns each, [m, B, B]. columns: [m, B]."""
        left_rows, right_rows = (
            self._left[:, columns].transpose(0, 1),
            self._right[:, columns].transpose(0, 1),
        )  # [m, r, B]
        return torch.baddbmm(self._matrix[columns[:, :, None], columns[:, None, :]], left_rows.mT, right_rows, alpha=-1)

    def subtract_product(self, left_rows: Tensor, right_rows: Tensor) -> None:
        """Subtract left_rowsᵀ right_rows from H⁻¹; both are [B, D]."""
        self._left, self._right = torch.cat([self._left, left_rows]), torch.cat([self._right, right_rows])
        if len(self._left) >= MAX_PENDING_ROWS:
            self._matrix.addmm_(self._left.mT, self._right, alpha=-1)
            self._left, self._right = self._left[:0], self._right[:0]


@dataclass
class _ReaderGroup:
    """One convolution group of a layer whose input units are removed greedily: H⁻¹ and the weight, refitted after each
    removal.
    """

    inverse_hessian: _InverseHessian | None
    """H⁻¹, updated after each removal; None if only the diagonal of H is used."""
    diagonal: Tensor
    """Diagonal of H, [D]."""
    weight: Tensor
    """Weight of the group, refitted after each removal, [D, F / G]."""
    output_importance: Tensor
    """For each output, half of its squared gradient, summed over positions and averaged over images, [F / G]."""
    columns: dict[int, Tensor]
    """For each unit that has not been removed, by id, the positions of its columns."""

    def losses(self) -> dict[int, float]:
        """Return, for each unit that has not been removed, by how much the loss would grow if it were removed next."""
        units_by_column_count: dict[int, list[int]] = {}
        for unit, columns in self.columns.items():
            units_by_column_count.setdefault(len(columns), []).append(unit)
        return {unit: loss for units in units_by_column_count.values() for unit, loss in self._removal_losses(units)}

    def _removal_losses(self, units: list[int]) -> Iterable[tuple[int, float]]:
        """Yield each of `units` with the growth of the loss if it were removed next. All `units` have the same number
        of columns, B.
        """
        columns = torch.stack([self.columns[unit] for unit in units])  # [m, B]
        weight = self.weight[columns]  # [m, B, F / G]
        if self.inverse_hessian is None:
            losses = ((weight.square() * self.output_importance).sum(2) * self.diagonal[columns]).sum(1)
        else:
            blocks = self.inverse_hessian.blocks(columns)  # [m, B, B]
            weight_products = (weight * self.output_importance) @ weight.mT  # [m, B, B]
            losses = torch.linalg.solve(blocks, weight_products).diagonal(dim1=1, dim2=2).sum(1)
        yield from zip(units, losses.tolist(), strict=True)

    def remove(self, unit: int) -> None:
        """Remove a unit and refit the remaining weights. If only the diagonal of H is used, weights need no change."""
        columns = self.columns.pop(unit)
        if self.inverse_hessian is None:
            return
        rows = self.inverse_hessian.rows(columns)  # [B, D]
        solved_rows = torch.linalg.solve(rows[:, columns], rows)  # [B, D]
        self.weight.addmm_(solved_rows.mT, self.weight[columns], alpha=-1)
        self.inverse_hessian.subtract_product(rows, solved_rows)


def _prepare_reader_groups(sums: _ReaderSums, units: set[int], images: int) -> list[_ReaderGroup]:
    """Return a `_ReaderGroup` for each convolution group of the layer that takes any of `units` as input."""
    readers = []
    assert sums.squared_gradient is not None
    output_importance = (0.5 * sums.squared_gradient / images).reshape(len(sums.columns), -1)
    for group, ids in enumerate(sums.columns):
        columns: dict[int, list[int]] = {}
        for column, unit in enumerate(ids):
            if unit in units:
                columns.setdefault(unit, []).append(column)
        if not columns:
            continue
        device = sums.weight.device
        inverse_hessian, diagonal = _invert_hessian(sums.moments[group] / sums.rows, sums.input_sums[group] / sums.rows)
        positions = {unit: torch.tensor(column_list, device=device) for unit, column_list in columns.items()}
        readers.append(
            _ReaderGroup(inverse_hessian, diagonal, sums.weight[group].clone(), output_importance[group], positions)
        )
    return readers


def _invert_hessian(moments: Tensor, mean: Tensor) -> tuple[_InverseHessian | None, Tensor]:
    """Return H⁻¹ and the diagonal of H. moments: mean of x xᵀ [D, D], or only its diagonal [D], in which case H⁻¹ is
    None.
    mean: mean of x [D].
    """
    if moments.ndim == 1:
        diagonal = moments - mean.square()
        return None, diagonal + RIDGE * diagonal.mean() + 1e-12
    centred_moments = moments - torch.outer(mean, mean)
    centred_moments.diagonal().add_(RIDGE * centred_moments.diagonal().mean() + 1e-12)
    return _InverseHessian(torch.linalg.inv(centred_moments)), centred_moments.diagonal()


def _remove_greedily(unit_ids: Sequence[int], readers: list[_ReaderGroup]) -> Iterable[tuple[int, float]]:
    """Yield the units in the order of greedy removal. Each unit comes with the estimated growth of the loss that is due
    to its removal and all earlier removals together.
    """
    left, total = dict.fromkeys(unit_ids), 0.0
    while left:
        losses = dict.fromkeys(left, 0.0)
        for reader in readers:
            for unit, loss in reader.losses().items():
                losses[unit] += loss
        unit = min(left, key=lambda unit: losses[unit])
        total += max(losses[unit], 0.0)
        yield unit, total
        del left[unit]
        for reader in readers:
            if unit in reader.columns:
                reader.remove(unit)
