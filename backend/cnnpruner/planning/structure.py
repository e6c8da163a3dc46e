"""What is left of a structure after a cut, and the way between filter numbers and units. Free of torch."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from math import prod

from cnnpruner.domain.plans.layers import Layer, Layers, Tensor, Unit
from cnnpruner.domain.plans.plans import Numbers
from cnnpruner.errors import InvalidInput


def count_filters(layers: Layers) -> int:
    """Output channels of all convolutions and units of all linear layers but the output."""
    return sum(layer.filters for layer in layers.layers if not layer.output)


def count_free_filters(layers: Layers) -> int:
    """Those of them in free units."""
    return sum(len(unit.members) for unit in layers.units if unit.free)


def restrict(layers: Layers, units: Collection[int]) -> Layers:
    """The structure of the child after `units` (ids) are removed; all ids, numbers and indices stay.

    Raises InvalidInput as `check_removable`.
    """
    gone = check_removable(layers, units)
    dim_units = [[unit for unit in ids if unit not in gone] for ids in layers.dim_units]
    tensors = [_restrict_tensor(tensor, dim_units) for tensor in layers.tensors]
    left = [unit for unit in layers.units if unit.id not in gone]
    lost = _numbers_by_layer(unit for unit in layers.units if unit.id in gone)
    return layers.model_copy(
        update={
            "layers": [_restrict_layer(layer, lost.get(layer.index, set()), tensors) for layer in layers.layers],
            "units": left,
            "tensors": tensors,
            "dim_units": dim_units,
        }
    )


def check_removable(layers: Layers, units: Collection[int]) -> set[int]:
    """`units` as a set. Raises InvalidInput for one that is not there or frozen, and where a layer would be empty."""
    gone, there = set(units), {unit.id: unit for unit in layers.units}
    for unit in sorted(gone):
        if unit not in there:
            raise InvalidInput(f"Unit {unit} is not in this network; it never was, or was removed before.", unit=unit)
        if not there[unit].free:
            raise _frozen(layers, there[unit])
    for layer, count in Counter(layer for unit in gone for layer, _ in there[unit].members).items():
        if count >= layers.layers[layer].filters:
            name = layers.layers[layer].name
            raise InvalidInput(f"Layer {name} would lose all its filters; keep at least one of them.", layer=name)
    return gone


def removed_between(root: Layers, node: Layers) -> list[int]:
    """Unit ids of `root` that `node` has no more, ascending."""
    left = {unit.id for unit in node.units}
    return sorted(unit.id for unit in root.units if unit.id not in left)


def units_at(layers: Layers, filters: Mapping[str, Iterable[int]]) -> list[Unit]:
    """The units of these filters (layer name → numbers), each once, by id; frozen ones too.

    Raises InvalidInput naming a layer that is unknown, or a number that never was or is gone.
    """
    names = {layer.name: layer for layer in layers.layers}
    at = {member: unit for unit in layers.units for member in unit.members} if filters else {}
    found: dict[int, Unit] = {}
    for name, numbers in filters.items():
        if name not in names:
            raise InvalidInput(f"There is no layer {name} in this network; see its list of layers.", layer=name)
        for number in numbers:
            unit = at.get((names[name].index, number))
            if unit is None:
                raise _not_there(names[name], number)
            found[unit.id] = unit
    return [found[unit] for unit in sorted(found)]


def units_of_filters(layers: Layers, filters: Mapping[str, Iterable[int]]) -> list[int]:
    """Unit ids, ascending, that these filters belong to: closed under coupling.

    Raises InvalidInput naming the filter that is frozen (with the reason), unknown or gone.
    """
    units = units_at(layers, filters)
    for unit in units:
        if not unit.free:
            asked = {(layer.index, number) for layer in layers.layers for number in filters.get(layer.name, ())} & set(
                unit.members
            )
            raise _frozen(layers, unit, min(asked))
    return [unit.id for unit in units]


def filters_of_units(layers: Layers, units: Collection[int]) -> Numbers:
    """Layer name → original numbers, ascending, in forward order; only layers that lose some."""
    chosen = set(units)
    lost = _numbers_by_layer(unit for unit in layers.units if unit.id in chosen)
    return {layers.layers[index].name: sorted(lost[index]) for index in sorted(lost)}


def _numbers_by_layer(units: Iterable[Unit]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for unit in units:
        for layer, number in unit.members:
            found.setdefault(layer, set()).add(number)
    return found


def _restrict_tensor(tensor: Tensor, dim_units: list[list[int]]) -> Tensor:
    if all(ids is None for ids in tensor.dims):
        return tensor
    shape = [
        length if ids is None else len(dim_units[ids]) for length, ids in zip(tensor.shape, tensor.dims, strict=True)
    ]
    return tensor.model_copy(update={"shape": shape})


def _restrict_layer(layer: Layer, lost: set[int], tensors: list[Tensor]) -> Layer:
    numbers = [number for number in layer.numbers if number not in lost]
    sizes = [(prod(tensor.shape), tensor.positions) for tensor in tensors if tensor.layer == layer.index]
    return layer.model_copy(
        update={
            "filters": len(numbers),
            "numbers": numbers,
            "parameters": sum(size for size, _ in sizes),
            "macs": sum(size * positions for size, positions in sizes),
        }
    )


def _frozen(layers: Layers, unit: Unit, member: tuple[int, int] | None = None) -> InvalidInput:
    layer, number = member or unit.members[0]
    name = layers.layers[layer].name
    return InvalidInput(
        f"Filter {number} of layer {name} cannot be removed: {unit.reason}. Leave it out of the plan.",
        layer=name,
        filter=number,
        reason=unit.reason,
    )


def _not_there(layer: Layer, number: int) -> InvalidInput:
    was = 0 <= number < layer.original_filters
    why = "was removed before" if was else f"never was; its filters are 0 to {layer.original_filters - 1}"
    return InvalidInput(f"Filter {number} of layer {layer.name} {why}.", layer=layer.name, filter=number)
