"""The exact cost of a network with or without some of its units, computed from its structure. Does not import torch.

`frontend/src/planning/cost.ts` computes the same costs; tests/fixtures/cost_model.json contains test cases for both.
"""

import json
from collections.abc import Collection
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.plans.layers import Layers, Tensor
from cnnpruner.domain.plans.plans import Cost
from cnnpruner.errors import InvalidInput

IntArray = NDArray[np.int64]

DTYPES = ("BOOL", "U8", "I8", "I16", "U16", "F16", "BF16", "I32", "U32", "F32", "F64", "I64", "U64")
"""Data types in the order by which safetensors sorts tensors: tensors of the last type are stored first. Tensors of the
same type are sorted by name.
"""

_BYTES_PER_ELEMENT = (1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 8, 8, 8)
_POWERS_OF_TEN = 10 ** np.arange(1, 19)
_HEADER_ENTRY_TEMPLATE = '"":{"dtype":"","shape":[],"data_offsets":[,]}'
_HEADER_LENGTH_BYTES = 8
_HEADER_ALIGNMENT_BYTES = 8


class CostTable:
    """Arrays that are precomputed from a structure, so that computing the cost after removing some units takes well
    under a millisecond.
    """

    def __init__(self, layers: Layers) -> None:
        tensors = sorted(layers.tensors, key=lambda tensor: (-DTYPES.index(tensor.dtype), tensor.name.encode()))
        self._index_of_unit = {unit.id: position for position, unit in enumerate(layers.units)}
        self._index_unit_lists(layers)
        self._build_tensor_arrays(tensors)
        self._constant_macs = sum(operation.macs for operation in layers.operations)
        output_layers = {layer.index for layer in layers.layers if layer.output}
        self._filters = sum(layer.filters for layer in layers.layers if not layer.output)
        self._unit_filters = np.array(
            [sum(layer not in output_layers for layer, _ in unit.members) for unit in layers.units], dtype=np.int64
        )
        self._kinds = self._build_unit_kinds()

    def cost(self, removed_units: Collection[int]) -> Cost:
        """Return the cost of the network without the units that have these ids.

        Raises InvalidInput if a unit is not in the network.
        """
        removed = self._find_unit_indices(removed_units)
        lengths = np.append(self._list_lengths - self._count_removed_list_entries(removed), 1)
        element_counts = self._fixed_elements * lengths[self._dims].prod(axis=1)
        end_offsets = np.cumsum(element_counts * self._element_bytes)
        header_bytes = self._fixed_header_bytes + _count_digits(lengths[self._prunable_dims]).sum()
        header_bytes += (
            _count_digits(end_offsets).sum() + _count_digits(end_offsets[:-1]).sum() + 1 if len(end_offsets) else 0
        )
        return Cost(
            filters=int(self._filters - self._unit_filters[removed].sum()),
            parameters=int(element_counts @ self._is_parameter),
            macs=int(element_counts @ self._positions) + self._constant_macs,
            size_bytes=int(
                _HEADER_LENGTH_BYTES
                - -header_bytes // _HEADER_ALIGNMENT_BYTES * _HEADER_ALIGNMENT_BYTES
                + (end_offsets[-1] if len(end_offsets) else 0)
            ),
        )

    def kind(self, unit: int) -> bytes:
        """Return a key that two units share if removing either of them always changes the cost by the same amount."""
        return self._kinds[self._index_of_unit[unit]]

    def savings(self) -> list[Cost]:
        """Return, for each unit, what the network saves if only this unit is removed; [U] in the order of
        `layers.units`.
        """
        now, saving_by_unit_kind = self.cost([]), dict[bytes, Cost]()
        for unit, kind in zip(self._index_of_unit, self._kinds, strict=True):
            if kind not in saving_by_unit_kind:
                saving_by_unit_kind[kind] = _subtract_costs(now, self.cost([unit]))
        return [saving_by_unit_kind[kind] for kind in self._kinds]

    def _build_unit_kinds(self) -> list[bytes]:
        """Return a key for each unit, made from the number of its filters and the lists of units that contain it.
        Removing any one of the units with the same key saves the same cost.
        """
        end_entries = self._first_entry + self._entry_count
        return [
            filters.tobytes() + self._list_of_entry[first:end].tobytes()
            for filters, first, end in zip(self._unit_filters, self._first_entry, end_entries, strict=True)
        ]

    def _find_unit_indices(self, units: Collection[int]) -> IntArray:
        try:
            return np.fromiter((self._index_of_unit[unit] for unit in set(units)), dtype=np.int64)
        except KeyError as error:
            raise InvalidInput(
                f"Unit {error} is not in this network: it never existed or has already been removed."
            ) from error

    def _index_unit_lists(self, layers: Layers) -> None:
        """Build an index of the lists in `layers.dim_units` that contain each unit. The lists that contain the unit at
        position u start at `_list_of_entry[_first_entry[u]]`.
        """
        self._list_lengths = np.array([len(ids) for ids in layers.dim_units], dtype=np.int64)
        unit_id_by_entry = np.fromiter((unit for ids in layers.dim_units for unit in ids), dtype=np.int64)
        list_by_entry = np.repeat(np.arange(len(self._list_lengths)), self._list_lengths)
        ids = np.array([unit.id for unit in layers.units], dtype=np.int64)
        has_unit = unit_id_by_entry >= 0
        position = np.searchsorted(ids, unit_id_by_entry[has_unit])
        entry_order = np.argsort(position, kind="stable")
        self._list_of_entry = list_by_entry[has_unit][entry_order]
        self._entry_count = np.bincount(position, minlength=len(ids))
        self._first_entry = np.cumsum(self._entry_count) - self._entry_count

    def _count_removed_list_entries(self, removed: IntArray) -> IntArray:
        """Return how many entries each list of units would lose if the units at these positions were removed."""
        counts = self._entry_count[removed]
        # the ranges start..start+count of all units, concatenated
        entry_indices = np.repeat(self._first_entry[removed] - (np.cumsum(counts) - counts), counts)
        return np.bincount(
            self._list_of_entry[entry_indices + np.arange(len(entry_indices))], minlength=len(self._list_lengths)
        )

    def _build_tensor_arrays(self, tensors: list[Tensor]) -> None:
        padding_index, max_dims = len(self._list_lengths), max((len(tensor.dims) for tensor in tensors), default=1)
        prunable_dims = [[dim for dim in tensor.dims if dim is not None] for tensor in tensors]
        fixed_dim_lengths = [[n for n, dim in zip(t.shape, t.dims, strict=True) if dim is None] for t in tensors]
        self._dims = np.array(
            [dims + [padding_index] * (max_dims - len(dims)) for dims in prunable_dims], dtype=np.intp
        ).reshape(-1, max_dims)
        self._prunable_dims = np.array([dim for dims in prunable_dims for dim in dims], dtype=np.intp)
        self._fixed_elements = np.array([prod(lengths) for lengths in fixed_dim_lengths], dtype=np.int64)
        self._element_bytes = np.array(
            [_BYTES_PER_ELEMENT[DTYPES.index(tensor.dtype)] for tensor in tensors], dtype=np.int64
        )
        self._positions = np.array([tensor.positions for tensor in tensors], dtype=np.int64)
        self._is_parameter = np.array([tensor.parameter for tensor in tensors], dtype=np.int64)
        entry_bytes = sum(
            _count_fixed_entry_bytes(tensor, lengths)
            for tensor, lengths in zip(tensors, fixed_dim_lengths, strict=True)
        )
        self._fixed_header_bytes = 2 + max(len(tensors) - 1, 0) + entry_bytes


def _subtract_costs(cost_before: Cost, cost_after: Cost) -> Cost:
    return Cost(**{name: value - getattr(cost_after, name) for name, value in cost_before})


def _count_fixed_entry_bytes(tensor: Tensor, fixed_dim_lengths: list[int]) -> int:
    """Return the length in bytes of a tensor's entry in the file header, not counting the digits that pruning may
    change.
    """
    name_bytes = len(json.dumps(tensor.name, ensure_ascii=False).encode()) - 2
    length_digits = sum(len(str(length)) for length in fixed_dim_lengths)
    comma_count = max(len(tensor.shape) - 1, 0)
    return len(_HEADER_ENTRY_TEMPLATE) + name_bytes + len(tensor.dtype) + comma_count + length_digits


def _count_digits(values: IntArray) -> IntArray:
    return np.searchsorted(_POWERS_OF_TEN, values, side="right") + 1
