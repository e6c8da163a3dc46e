"""Exact cost of a network and of any hypothetical cut, from the units alone. Does not import torch.

Twin of `frontend/src/planning/cost.ts`; tests/fixtures/cost_model.json tests both.
"""

import json
from collections.abc import Collection
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.plans.layers import Layers, Tensor
from cnnpruner.domain.plans.plans import Cost
from cnnpruner.errors import InvalidInput

Ints = NDArray[np.int64]

DTYPES = ("BOOL", "U8", "I8", "I16", "U16", "F16", "BF16", "I32", "U32", "F32", "F64", "I64", "U64")
"""Data types in the order of safetensors, whose files store tensors of the last type first, and each type by name."""

_BYTES = (1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 8, 8, 8)
_POWERS = 10 ** np.arange(1, 19)
_ENTRY = '"":{"dtype":"","shape":[],"data_offsets":[,]}'
_LENGTH_FIELD = 8
_ALIGNMENT = 8


class CostTable:
    """Arrays compiled from a structure, with which the cost of any cut is computed in well under a millisecond."""

    def __init__(self, layers: Layers) -> None:
        tensors = sorted(layers.tensors, key=lambda tensor: (-DTYPES.index(tensor.dtype), tensor.name.encode()))
        self._position = {unit.id: position for position, unit in enumerate(layers.units)}
        self._compile_lists(layers)
        self._compile_tensors(tensors)
        outputs = {layer.index for layer in layers.layers if layer.output}
        self._filters = sum(layer.filters for layer in layers.layers if not layer.output)
        self._unit_filters = np.array(
            [sum(layer not in outputs for layer, _ in unit.members) for unit in layers.units], dtype=np.int64
        )

    def cost(self, removed_units: Collection[int]) -> Cost:
        """Return the cost of the network without these units (ids).

        Raises InvalidInput for a unit that is not in the network.
        """
        removed = self._positions_of(removed_units)
        lengths = np.append(self._lengths - self._lost(removed), 1)
        numel = self._fixed * lengths[self._dims].prod(axis=1)
        ends = np.cumsum(numel * self._bytes)
        header = self._characters + _digits(lengths[self._cut_dims]).sum()
        header += _digits(ends).sum() + _digits(ends[:-1]).sum() + 1 if len(ends) else 0
        return Cost(
            filters=int(self._filters - self._unit_filters[removed].sum()),
            parameters=int(numel @ self._is_parameter),
            macs=int(numel @ self._positions),
            size_bytes=int(_LENGTH_FIELD - -header // _ALIGNMENT * _ALIGNMENT + (ends[-1] if len(ends) else 0)),
        )

    def _positions_of(self, units: Collection[int]) -> Ints:
        try:
            return np.fromiter((self._position[unit] for unit in set(units)), dtype=np.int64)
        except KeyError as error:
            raise InvalidInput(
                f"Unit {error} is not in this network: it never existed or has already been removed."
            ) from error

    def _compile_lists(self, layers: Layers) -> None:
        """Compile an index of the lists of units that contain unit u: `_list[_start[u] : _start[u] + _count[u]]`."""
        self._lengths = np.array([len(ids) for ids in layers.dim_units], dtype=np.int64)
        flat = np.fromiter((unit for ids in layers.dim_units for unit in ids), dtype=np.int64)
        lists = np.repeat(np.arange(len(self._lengths)), self._lengths)
        ids = np.array([unit.id for unit in layers.units], dtype=np.int64)
        is_unit = flat >= 0
        position = np.searchsorted(ids, flat[is_unit])
        order = np.argsort(position, kind="stable")
        self._list = lists[is_unit][order]
        self._count = np.bincount(position, minlength=len(ids))
        self._start = np.cumsum(self._count) - self._count

    def _lost(self, removed: Ints) -> Ints:
        """Return how many entries each list of units loses."""
        counts = self._count[removed]
        # the ranges start..start+count of all units, concatenated
        offsets = np.repeat(self._start[removed] - (np.cumsum(counts) - counts), counts)
        return np.bincount(self._list[offsets + np.arange(len(offsets))], minlength=len(self._lengths))

    def _compile_tensors(self, tensors: list[Tensor]) -> None:
        uncut, depth = len(self._lengths), max((len(tensor.dims) for tensor in tensors), default=1)
        cut = [[dim for dim in tensor.dims if dim is not None] for tensor in tensors]
        fixed = [[n for n, dim in zip(t.shape, t.dims, strict=True) if dim is None] for t in tensors]
        self._dims = np.array([dims + [uncut] * (depth - len(dims)) for dims in cut], dtype=np.intp).reshape(-1, depth)
        self._cut_dims = np.array([dim for dims in cut for dim in dims], dtype=np.intp)
        self._fixed = np.array([prod(lengths) for lengths in fixed], dtype=np.int64)
        self._bytes = np.array([_BYTES[DTYPES.index(tensor.dtype)] for tensor in tensors], dtype=np.int64)
        self._positions = np.array([tensor.positions for tensor in tensors], dtype=np.int64)
        self._is_parameter = np.array([tensor.parameter for tensor in tensors], dtype=np.int64)
        entries = sum(_entry(tensor, lengths) for tensor, lengths in zip(tensors, fixed, strict=True))
        self._characters = 2 + max(len(tensors) - 1, 0) + entries


def _entry(tensor: Tensor, fixed: list[int]) -> int:
    """Return the bytes of a tensor's entry in the header, without the digits that change with a cut."""
    name = len(json.dumps(tensor.name, ensure_ascii=False).encode()) - 2
    commas = max(len(tensor.shape) - 1, 0)
    return len(_ENTRY) + name + len(tensor.dtype) + commas + sum(len(str(length)) for length in fixed)


def _digits(values: Ints) -> Ints:
    return np.searchsorted(_POWERS, values, side="right") + 1
