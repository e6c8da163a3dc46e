"""Builds the structure of a network from the record of a trace."""

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray

from cnnpruner.domain.plans.layers import CountedOperation, Group, Layer, Layers, Op, Reader, Tensor, Unit
from cnnpruner.engine.tracing.components import Ids, find_components
from cnnpruner.engine.tracing.ledger import Ledger, TracedLayer
from cnnpruner.errors import UnusableNetwork
from cnnpruner.planning.structure import compute_layer_cost

DTYPES = {
    torch.bool: "BOOL",
    torch.uint8: "U8",
    torch.int8: "I8",
    torch.int16: "I16",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int32: "I32",
    torch.float32: "F32",
    torch.float64: "F64",
    torch.int64: "I64",
}
"""The name that each torch dtype has in safetensors files."""


def assemble_layers(ledger: Ledger, output: torch.Tensor, image: tuple[int, int, int]) -> Layers:
    """Return the structure of a root network. output: channel ids of the network's output. image: (C, H, W). Raises
    UnusableNetwork if the network has no layer.
    """
    if not ledger.calls:
        raise UnusableNetwork(
            "The network's forward pass contains no convolution or fully connected layer, so there is nothing to "
            "prune. Use a plain nn.Module (not scripted or compiled) with such layers."
        )
    return _StructureBuilder(ledger, output).layers(image)


class _StructureBuilder:
    """Builds the structure of a traced network. Units are numbered in the order of their first filters, one layer after
    another.
    """

    def __init__(self, ledger: Ledger, output: torch.Tensor) -> None:
        self._ledger = ledger
        self._calls = list(ledger.calls.values())
        self._component_of_id = _find_channel_components(ledger)
        self._filters = [self._component_of_id[call.filters.numpy()] for call in self._calls]
        roots, first_positions = np.unique(np.concatenate(self._filters), return_index=True)
        self._unit_of_root = np.full(ledger.count, -1)
        self._unit_of_root[roots[np.argsort(first_positions)]] = np.arange(len(roots))
        self._filter_units = [self._unit_of_root[roots] for roots in self._filters]
        self._output_units = set(self._find_units(output).reshape(-1).tolist()) - {-1}
        self._classes = output.shape[1]
        self._list_by_key: dict[bytes, int] = {}
        self._dim_units: list[list[int]] = []
        self._operations = self._build_counted_operations()

    def layers(self, image: tuple[int, int, int]) -> Layers:
        """Return the complete structure of the network."""
        tensors = self._build_tensors()
        groups, group_by_layer = self._build_groups()
        return Layers(
            image=image,
            layers=[self._build_layer(index, group_by_layer[index], tensors) for index in range(len(self._calls))],
            units=self._build_units(group_by_layer),
            groups=groups,
            tensors=tensors,
            readers=self._build_readers(tensors),
            dim_units=self._dim_units,
            architecture=self._build_architecture(),
            operations=self._operations,
            uncounted=list(self._ledger.uncounted),
            notes=self._collect_notes(),
        )

    def _find_units(self, ids: torch.Tensor) -> Ids:
        """Return the unit that each channel id belongs to; -1 for constants and for channels that are not the output of
        a filter.
        """
        values = ids.numpy()
        return np.where(values < 0, -1, self._unit_of_root[self._component_of_id[np.maximum(values, 0)]])

    def _store_unit_list(self, units: Ids) -> int:
        """Return the index in `dim_units` under which a list of units is stored. Equal lists are stored only once."""
        key = units.tobytes()
        if key not in self._list_by_key:
            self._list_by_key[key] = len(self._dim_units)
            self._dim_units.append(units.tolist())
        return self._list_by_key[key]

    def _build_layer(self, index: int, group: int, tensors: list[Tensor]) -> Layer:
        call, filters = self._calls[index], len(self._filters[index])
        parameters, macs = compute_layer_cost(index, tensors, self._operations)
        return Layer(
            index=index,
            name=layer_name(call),
            kind=call.kind,
            group=group,
            output=self._is_output(index),
            filters=filters,
            original_filters=filters,
            numbers=list(range(filters)),
            height=call.height,
            width=call.width,
            stride=call.stride,
            parameters=parameters,
            macs=macs,
        )

    def _is_output(self, index: int) -> bool:
        return set(self._filter_units[index].tolist()) <= self._output_units

    def _build_units(self, group_by_layer: list[int]) -> list[Unit]:
        members = _unit_members(self._filter_units)
        reasons = self._frozen_reasons()
        return [
            Unit(
                id=unit,
                group=group_by_layer[pairs[0][0]],
                members=pairs,
                free=unit not in reasons,
                reason=reasons.get(unit),
            )
            for unit, pairs in enumerate(members)
        ]

    def _frozen_reasons(self) -> dict[int, str]:
        """Return the reason why each frozen unit cannot be removed. If several reasons were recorded, the first of them
        is returned. Units at the network's output are frozen because they are the classes.
        """
        reasons = dict.fromkeys(self._output_units, f"its outputs are the {self._classes} classes")
        for frozen in self._ledger.frozen:
            for unit in np.unique(self._find_units(frozen.ids)).tolist():
                if unit >= 0:
                    reasons.setdefault(unit, frozen.reason)
        return reasons

    def _build_groups(self) -> tuple[list[Group], list[int]]:
        """Return the groups (layers that share units), ordered by their first layer, and the group index of each
        layer.
        """
        first_layer_of_unit: dict[int, int] = {}
        layer_pairs = [
            (first_layer_of_unit.setdefault(unit, index), index)
            for index, units in enumerate(self._filter_units)
            for unit in set(units.tolist())
        ]
        edges = np.array(layer_pairs, dtype=np.int64)
        roots = find_components(len(self._calls), edges[:, 0], edges[:, 1])
        group_roots, group_by_layer = np.unique(roots, return_inverse=True)
        groups = [
            Group(
                index=index,
                name=layer_name(self._calls[group_root]),
                layers=np.flatnonzero(roots == group_root).tolist(),
            )
            for index, group_root in enumerate(group_roots.tolist())
        ]
        return groups, group_by_layer.tolist()

    def _build_tensors(self) -> list[Tensor]:
        parameters = {name for name, _ in self._ledger.network.named_parameters()}
        weights = {call.weight: index for index, call in enumerate(self._calls)}
        state = self._ledger.network.state_dict(keep_vars=True)
        layer_by_tensor = self._map_computed_tensors_to_layers(state)
        layer_by_tensor |= {call.bias: index for index, call in enumerate(self._calls) if call.bias} | weights
        tensors = []
        for name, value in state.items():
            traced_name = self._ledger.find_name(value) or name
            positions = self._calls[weights[name]].positions if name in weights else 0
            tensors.append(
                Tensor(
                    name=name,
                    parameter=name in parameters,  # a tied tensor counts once, under its first name
                    dtype=DTYPES[value.dtype],
                    shape=list(value.shape),
                    dims=[self._find_units_of_dim(traced_name, dim) for dim in range(value.ndim)],
                    positions=positions,
                    layer=layer_by_tensor.get(name),
                )
            )
        return tensors

    def _map_computed_tensors_to_layers(self, names: Iterable[str]) -> dict[str, int]:
        """Return, by tensor name, the layer index of each tensor in a module that computes its weight in the forward
        pass.
        """
        modules = {layer_name(call): index for index, call in enumerate(self._calls) if call.has_computed_weight}
        return {name: index for name in names for module, index in modules.items() if name.startswith(f"{module}.")}

    def _build_counted_operations(self) -> list[CountedOperation]:
        index_by_key = {key: index for index, key in enumerate(self._ledger.calls)}
        return [
            CountedOperation(
                name=calls.name,
                location=calls.location,
                macs=calls.macs,
                layer=None if calls.layer is None else index_by_key[calls.layer],
            )
            for calls in self._ledger.counted_calls.values()
        ]

    def _find_units_of_dim(self, name: str, dim: int) -> int | None:
        ids = self._ledger.ids_by_dim.get((name, dim))
        if ids is None:
            return None
        units = self._find_units(ids)
        return self._store_unit_list(units) if (units >= 0).any() else None

    def _build_readers(self, tensors: list[Tensor]) -> list[Reader]:
        index_by_name = {tensor.name: index for index, tensor in enumerate(tensors)}
        return [
            Reader(tensor=index_by_name[call.weight], inputs=self._store_unit_list(self._find_units(call.inputs)))
            for call in self._calls
            if call.kind != "depthwise" and not call.has_computed_weight
        ]

    def _build_architecture(self) -> list[Op]:
        index_by_name = {call.weight: index for index, call in enumerate(self._calls)}
        ops = []
        for op in self._ledger.ops:
            if op.kind == "layer":
                index = index_by_name[op.name]
                ops.append(op.model_copy(update={"name": layer_name(self._calls[index]), "layer": index}))
            else:
                ops.append(op)
        return ops

    def _collect_notes(self) -> list[str]:
        layer_weight_names = {call.weight for call in self._calls}
        layer_weight_names |= set(self._map_computed_tensors_to_layers(self._ledger.used_names))
        names = [
            name
            for name, value in self._ledger.network.named_parameters()
            if value.ndim > 1 and name not in layer_weight_names
        ]
        used_names = self._ledger.used_names
        names_with_ids = {name for name, _ in self._ledger.ids_by_dim}
        unused_names = [name for name in names if name not in used_names]
        uncut_names = [name for name in names if name in used_names and name not in names_with_ids]
        notes = (
            [
                "Parameters that are not used in evaluation mode and are therefore never cut: "
                f"{_format_name_list(unused_names)}."
            ]
            if unused_names
            else []
        )
        if uncut_names:
            operation_text = "operations other than convolutions and linear layers"
            notes.append(
                f"Parameters that are used by {operation_text} and are therefore never cut: "
                f"{_format_name_list(uncut_names)}."
            )
        return notes


def layer_name(call: TracedLayer) -> str:
    """Return the name of the layer's module; if the weight belongs to no layer module, return the weight's own name."""
    return call.weight.removesuffix(".weight")


def _format_name_list(names: list[str]) -> str:
    return ", ".join([name.removesuffix(".weight") for name in names[:5]] + (["…"] if len(names) > 5 else []))


def _unit_members(unit_of_each_filter: Iterable[NDArray[np.int64]]) -> list[list[tuple[int, int]]]:
    """Return, for each unit, its filters as (layer index, filter number) pairs, in forward order."""
    members: dict[int, list[tuple[int, int]]] = {}
    for layer, units in enumerate(unit_of_each_filter):
        for number, unit in enumerate(units.tolist()):
            members.setdefault(unit, []).append((layer, number))
    return [members[unit] for unit in range(len(members))]


def _find_channel_components(ledger: Ledger) -> Ids:
    """Return the connected component of every channel id, [count]. A component is identified by its smallest id."""
    if not ledger.pairs:
        return np.arange(ledger.count)
    first_ids, second_ids = (torch.cat(id_tensors).numpy() for id_tensors in zip(*ledger.pairs, strict=True))
    return find_components(ledger.count, first_ids, second_ids)
