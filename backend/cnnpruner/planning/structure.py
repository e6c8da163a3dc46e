"""The structure of a pruned network, and the conversion between filter numbers and units. Does not import torch."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from math import prod

from cnnpruner.domain.plans.layers import CountedOperation, Layer, Layers, Tensor, Unit
from cnnpruner.domain.plans.rules import FilterNumbers
from cnnpruner.errors import InvalidInput


def count_filters(layers: Layers) -> int:
    """Return the number of filters, without the filters of the output layer."""
    return sum(layer.filters for layer in layers.layers if not layer.output)


def count_free_filters(layers: Layers) -> int:
    """Return the number of free filters, that is, filters that can be removed."""
    return sum(len(unit.members) for unit in layers.units if unit.free)


def find_interchangeable_units(layers: Layers) -> list[list[int]]:
    """Return the ids of the free (removable) units, divided into sets. The units of a set have the same number of
    filters in the same layers, so removing one of them in place of another changes no layer's width.
    """
    sets: dict[tuple[int, ...], list[int]] = {}
    for unit in layers.units:
        if unit.free:
            sets.setdefault(tuple(sorted(layer for layer, _ in unit.members)), []).append(unit.id)
    return list(sets.values())


def compute_layer_cost(
    index: int, tensors: Iterable[Tensor], operations: Iterable[CountedOperation]
) -> tuple[int, int]:
    """Return the number of a layer's parameters, without buffers, and the number of its multiply-accumulates for one
    image.
    """
    layer_tensors = [tensor for tensor in tensors if tensor.layer == index]
    parameters = sum(prod(tensor.shape) for tensor in layer_tensors if tensor.parameter)
    macs = sum(prod(tensor.shape) * tensor.positions for tensor in layer_tensors)
    return parameters, macs + sum(operation.macs for operation in operations if operation.layer == index)


def remove_units(layers: Layers, units: Collection[int]) -> Layers:
    """Return the structure of the network after the units with the ids `units` are removed. The ids of the other units,
    original filter numbers and layer indices stay the same.

    Raises InvalidInput in the same cases as `require_removable_units`.
    """
    removed = require_removable_units(layers, units)
    dim_units = [[unit for unit in ids if unit not in removed] for ids in layers.dim_units]
    tensors = [_update_tensor(tensor, dim_units) for tensor in layers.tensors]
    remaining_units = [unit for unit in layers.units if unit.id not in removed]
    removed_filter_numbers = _filter_numbers_by_layer(unit for unit in layers.units if unit.id in removed)
    child = layers.model_copy(update={"units": remaining_units, "tensors": tensors, "dim_units": dim_units})
    updated_layers = [
        _update_layer(layer, removed_filter_numbers.get(layer.index, set()), child) for layer in layers.layers
    ]
    return child.model_copy(update={"layers": updated_layers})


def require_removable_units(layers: Layers, units: Collection[int]) -> set[int]:
    """Return `units` as a set.

    Raises InvalidInput if a unit is missing or frozen, or if a layer would become empty.
    """
    removed, unit_by_id = set(units), {unit.id: unit for unit in layers.units}
    for unit in sorted(removed):
        if unit not in unit_by_id:
            raise InvalidInput(
                f"Unit {unit} is not in this network: it never existed or has already been removed.", unit=unit
            )
        if not unit_by_id[unit].free:
            raise _frozen_filter_error(layers, unit_by_id[unit])
    for layer, count in Counter(layer for unit in removed for layer, _ in unit_by_id[unit].members).items():
        if count >= layers.layers[layer].filters:
            name = layers.layers[layer].name
            raise InvalidInput(f"Layer {name} would lose all its filters; keep at least one of them.", layer=name)
    return removed


def find_removed_units(root: Layers, node: Layers) -> list[int]:
    """Return the ids, in ascending order, of the units of `root` that `node` no longer has."""
    remaining_units = {unit.id for unit in node.units}
    return sorted(unit.id for unit in root.units if unit.id not in remaining_units)


def find_units(layers: Layers, filters: Mapping[str, Iterable[int]]) -> list[Unit]:
    """Return the units that these filters (layer name → numbers) belong to, including frozen units. Each unit is listed
    once, sorted by id.

    Raises InvalidInput if a layer is unknown, or if a filter never existed or has been removed.
    """
    layer_by_name = {layer.name: layer for layer in layers.layers}
    unit_by_member = {member: unit for unit in layers.units for member in unit.members} if filters else {}
    units: dict[int, Unit] = {}
    for name, numbers in filters.items():
        if name not in layer_by_name:
            raise InvalidInput(f"There is no layer {name} in this network; see its list of layers.", layer=name)
        for number in numbers:
            unit = unit_by_member.get((layer_by_name[name].index, number))
            if unit is None:
                raise _missing_filter_error(layer_by_name[name], number)
            units[unit.id] = unit
    return [units[unit] for unit in sorted(units)]


def units_of_filters(layers: Layers, filters: Mapping[str, Iterable[int]]) -> list[int]:
    """Return the ids, in ascending order, of the units that these filters belong to. Removing these units removes all
    coupled filters, too.

    Raises InvalidInput if a filter is frozen (with the reason), unknown or already removed.
    """
    units = find_units(layers, filters)
    for unit in units:
        if not unit.free:
            listed_filters = {
                (layer.index, number) for layer in layers.layers for number in filters.get(layer.name, ())
            }
            raise _frozen_filter_error(layers, unit, min(listed_filters & set(unit.members)))
    return [unit.id for unit in units]


def filters_of_units(layers: Layers, units: Collection[int]) -> FilterNumbers:
    """Return the original numbers of these units' filters by layer name. Layers are in forward order, numbers are
    ascending.
    """
    removed = set(units)
    removed_filter_numbers = _filter_numbers_by_layer(unit for unit in layers.units if unit.id in removed)
    return {
        layers.layers[index].name: sorted(removed_filter_numbers[index]) for index in sorted(removed_filter_numbers)
    }


def _filter_numbers_by_layer(units: Iterable[Unit]) -> dict[int, set[int]]:
    numbers: dict[int, set[int]] = {}
    for unit in units:
        for layer, number in unit.members:
            numbers.setdefault(layer, set()).add(number)
    return numbers


def _update_tensor(tensor: Tensor, dim_units: list[list[int]]) -> Tensor:
    if all(ids is None for ids in tensor.dims):
        return tensor
    shape = [
        length if ids is None else len(dim_units[ids]) for length, ids in zip(tensor.shape, tensor.dims, strict=True)
    ]
    return tensor.model_copy(update={"shape": shape})


def _update_layer(layer: Layer, removed_filter_numbers: set[int], layers: Layers) -> Layer:
    numbers = [number for number in layer.numbers if number not in removed_filter_numbers]
    parameters, macs = compute_layer_cost(layer.index, layers.tensors, layers.operations)
    return layer.model_copy(
        update={
            "filters": len(numbers),
            "numbers": numbers,
            "parameters": parameters,
            "macs": macs,
        }
    )


def _frozen_filter_error(layers: Layers, unit: Unit, member: tuple[int, int] | None = None) -> InvalidInput:
    layer, number = member or unit.members[0]
    name = layers.layers[layer].name
    return InvalidInput(
        f"Filter {number} of layer {name} cannot be removed: {unit.reason}. Leave it out of the plan.",
        layer=name,
        filter=number,
        reason=unit.reason,
    )


def _missing_filter_error(layer: Layer, number: int) -> InvalidInput:
    was_removed = 0 <= number < layer.original_filters
    message = (
        f"Filter {number} of layer {layer.name} has already been removed."
        if was_removed
        else f"Filter {number} of layer {layer.name} does not exist; the filters of this layer are 0 to "
        f"{layer.original_filters - 1}."
    )
    return InvalidInput(message, layer=layer.name, filter=number)
