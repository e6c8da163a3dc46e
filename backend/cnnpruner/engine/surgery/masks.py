"""Defines what removal means: a cut network must equal the uncut network in which the removed units are replaced by
zeros wherever a layer takes them as input.
"""

from collections.abc import Collection, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.plans.layers import Layers

_TRANSPOSED_CONVOLUTIONS = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)
MIXING_OPERATIONS = {F.linear, F.conv1d, F.conv2d, F.conv3d, *_TRANSPOSED_CONVOLUTIONS}
NORM_ARGUMENTS = {
    F.group_norm: ("input", "num_groups", "weight", "bias", "eps"),
    F.layer_norm: ("input", "normalized_shape", "weight", "bias", "eps"),
    F.rms_norm: ("input", "normalized_shape", "weight", "eps"),
}
"""Norms whose statistics are computed across channels, with the names of their arguments."""


class zero_removed_units(TorchFunctionMode):
    """Inside the `with` block, every layer of `network` that takes these units (ids) as input gets zeros instead; the
    network is not changed.

    Layer norms, RMS norms and group norms compute their statistics from the other channels only, as in a network that
    never had these units. `layers` is the network's current structure. Shares no code with surgery.py, whose cuts it is
    used to check.
    """

    def __init__(self, network: nn.Module, layers: Layers, units: Collection[int]) -> None:
        super().__init__()
        removed = set(units)
        self._masks: dict[int, Tensor] = {}
        for reader in layers.readers:
            weight = network.get_parameter(layers.tensors[reader.tensor].name)
            keep = [float(unit not in removed) for unit in layers.dim_units[reader.inputs]]
            self._masks[id(weight)] = torch.tensor(keep, dtype=weight.dtype, device=weight.device)
        self._kept = _kept_positions(network, layers, removed)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`. A layer that takes units as input gets masked inputs, and a norm over channels gets only the
        remaining channels.
        """
        kwargs = dict(kwargs or {})
        if func in MIXING_OPERATIONS:
            weight = kwargs["weight"] if "weight" in kwargs else args[1]
            mask = self._masks.get(id(weight))
            if mask is not None and args:
                args = (_mask_channels(args[0], mask, func, weight), *args[1:])
            elif mask is not None:
                kwargs["input"] = _mask_channels(kwargs["input"], mask, func, weight)
        elif func in NORM_ARGUMENTS:
            return _run_norm(func, args, kwargs, self._kept)
        return func(*args, **kwargs)


KeptPositions = Mapping[int, Mapping[int, Tensor]]
"""The positions that remain in each dimension that a cut shortens, by Python's `id` of the tensor and by dimension."""


def _kept_positions(network: nn.Module, layers: Layers, removed: set[int]) -> KeptPositions:
    tensors = dict(network.named_parameters(remove_duplicate=False))
    kept: dict[int, dict[int, Tensor]] = {}
    for value in layers.tensors:
        if value.name not in tensors:
            continue
        for dim, index in enumerate(value.dims):
            units = [] if index is None else layers.dim_units[index]
            positions = [position for position, unit in enumerate(units) if unit not in removed]
            if len(positions) < len(units):
                tensor = tensors[value.name]
                kept.setdefault(id(tensor), {})[dim] = torch.tensor(positions, device=tensor.device)
    return kept


def _mask_channels(x: Tensor, mask: Tensor, func: Any, weight: Tensor) -> Tensor:
    """Set the masked channels of x to zero. x: [.., C] for a linear layer, [N, C, ..] for a convolution."""
    trailing_dims = 0 if func is F.linear else weight.ndim - 2
    return x * mask.reshape(-1, *(1,) * trailing_dims)


def _run_norm(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], kept: KeptPositions) -> Tensor:
    """Run a norm on the remaining channels of its input. Removed channels are 0 in the result."""
    parameters = [value for value in (*args[2:], *kwargs.values()) if isinstance(value, Tensor) and id(value) in kept]
    if not parameters:
        result: Tensor = func(*args, **kwargs)
        return result
    arguments = {**dict(zip(NORM_ARGUMENTS[func], args, strict=False)), **kwargs}
    x: Tensor = arguments.pop("input")
    offset = 1 if func is F.group_norm else x.ndim - len(arguments["normalized_shape"])
    positions = {offset + dim: index for dim, index in kept[id(parameters[0])].items()}
    for name in ("weight", "bias"):
        if arguments.get(name) is not None:
            arguments[name] = _select_positions(
                arguments[name], {dim - offset: index for dim, index in positions.items()}
            )
    if func is not F.group_norm:
        arguments["normalized_shape"] = [
            len(positions[offset + dim]) if offset + dim in positions else length
            for dim, length in enumerate(arguments["normalized_shape"])
        ]
    normalised_channels: Tensor = func(_select_positions(x, positions), **arguments)
    for dim, index in positions.items():
        shape = list(normalised_channels.shape)
        shape[dim] = x.shape[dim]
        normalised_channels = normalised_channels.new_zeros(shape).index_copy(dim, index, normalised_channels)
    return normalised_channels


def _select_positions(tensor: Tensor, positions: Mapping[int, Tensor]) -> Tensor:
    for dim, index in positions.items():
        tensor = tensor.index_select(dim, index)
    return tensor
