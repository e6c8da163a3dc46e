"""Ridge regression that keeps weights close to given weights. Sums are computed in float64, and memory is bounded."""

from dataclasses import dataclass

import torch
from torch import Tensor

MAX_GRAM_WIDTH = 6144
"""A layer whose outputs depend on more inputs than this is solved in the dual form; its Gram matrix would take over 300
MB.
"""
MAX_DUAL_ROWS = 4096
"""The dual form uses at most this many rows; its matrix then takes up to 134 MB."""
COLUMNS_PER_BLOCK = 4096


@dataclass(frozen=True)
class WeightChange:
    """The change to add to a layer's weights [G, D, F], and the constant to add to its outputs [G, F], both in
    float64.
    """

    weight: Tensor
    offset: Tensor
    """Constant that is added to the outputs; 0 if none is added."""


class GramFit:
    """Finds the weight change V and the constant c that minimise ‖R − XV − 1cᵀ‖² + μ‖V‖². Needs only sums over the rows
    of the inputs X and the residuals R: XᵀX [G, D, D], XᵀR [G, D, F], and the column sums.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._sums: tuple[Tensor, Tensor, Tensor, Tensor] | None = None

    def add(self, x: Tensor, residuals: Tensor) -> None:
        """Add rows: x [G, m, D] and residuals [G, m, F], both float64."""
        sums = (x.mT @ x, x.mT @ residuals, x.sum(1), residuals.sum(1))
        self._rows += x.shape[1]
        if self._sums is None:
            self._sums = sums
        else:
            for total, block_sum in zip(self._sums, sums, strict=True):
                total.add_(block_sum)

    def solve(self, ridge: float, may_add_constant: bool) -> WeightChange:
        """Return the weight change V and the constant c. μ is `ridge` times the mean diagonal of XᵀX; XᵀX is centred if
        there is a constant. Raises `torch.linalg.LinAlgError`, a RuntimeError, if the sums are not finite.
        """
        assert self._sums is not None, "a fit needs at least one row"
        gram, cross_products, input_sum, residual_sum = self._sums
        if may_add_constant:
            gram = gram - input_sum[:, :, None] * input_sum[:, None, :] / self._rows
            cross_products = cross_products - input_sum[:, :, None] * residual_sum[:, None, :] / self._rows
        weight = torch.cholesky_solve(cross_products, torch.linalg.cholesky(_add_ridge(gram, ridge, gram.shape[-1])))
        if not may_add_constant:
            return WeightChange(weight, torch.zeros_like(residual_sum))
        return WeightChange(weight, (residual_sum - (input_sum[:, None, :] @ weight)[:, 0]) / self._rows)


class DualFit:
    """Solves the same problem as `GramFit`, but from the rows themselves: V = Xᵀ(XXᵀ + μI)⁻¹R. Used if there are more
    inputs per row than rows, or too many inputs for a Gram matrix.
    """

    def __init__(self) -> None:
        self._x: list[Tensor] = []
        self._residuals: list[Tensor] = []

    def add(self, x: Tensor, residuals: Tensor) -> None:
        """Add rows: x [G, m, D] and residuals [G, m, F], both float64. x is stored as float32, its original
        precision.
        """
        self._x.append(x.float())
        self._residuals.append(residuals)

    def solve(self, ridge: float, may_add_constant: bool) -> WeightChange:
        """Return the weight change V and the constant c, as `GramFit.solve` does."""
        x, residuals = torch.cat(self._x, 1), torch.cat(self._residuals, 1)
        residual_mean = residuals.mean(1, keepdim=True) if may_add_constant else torch.zeros_like(residuals[:, :1])
        kernel = x.new_zeros((len(x), x.shape[1], x.shape[1]), dtype=torch.float64)
        for columns in torch.split(x, COLUMNS_PER_BLOCK, 2):
            block = _centre_columns(columns, may_add_constant)
            kernel += block @ block.mT
        factor = torch.linalg.cholesky(_add_ridge(kernel, ridge, x.shape[2]))
        dual_coefficients = torch.cholesky_solve(residuals - residual_mean, factor)
        blocks = torch.split(x, COLUMNS_PER_BLOCK, 2)
        weight = torch.cat([_centre_columns(columns, may_add_constant).mT @ dual_coefficients for columns in blocks], 1)
        offset = residual_mean[:, 0]
        if may_add_constant:
            offset = offset - (x.double().mean(1, keepdim=True) @ weight)[:, 0]
        return WeightChange(weight, offset)


Fit = GramFit | DualFit


def pick_solver(rows: int, width: int) -> Fit:
    """Return the solver that needs less memory for this number of rows with `width` inputs per row."""
    return DualFit() if rows < width or width > MAX_GRAM_WIDTH else GramFit()


def max_rows(width: int) -> int | None:
    """Return the largest number of rows to use for a layer with `width` inputs per row; None if there is no limit."""
    return MAX_DUAL_ROWS if width > MAX_GRAM_WIDTH else None


def _centre_columns(columns: Tensor, may_add_constant: bool) -> Tensor:
    columns = columns.double()
    return columns - columns.mean(1, keepdim=True) if may_add_constant else columns


def _add_ridge(matrix: Tensor, ridge: float, width: int) -> Tensor:
    """Return matrix + μI, where the matrix is XᵀX or XXᵀ. μ is `ridge` times the mean diagonal of XᵀX, which is the
    trace of either matrix divided by the number of columns of X, `width`.
    """
    matrix_trace = matrix.diagonal(dim1=1, dim2=2).sum(1)
    # Inputs that are all constant have a trace of 0; any positive diagonal then gives a change of 0.
    shift = torch.where(matrix_trace > 0, matrix_trace * (ridge / width), torch.ones_like(matrix_trace))
    return matrix + torch.diag_embed(shift[:, None].expand(-1, matrix.shape[-1]))
