"""Removes units from a copy of a network by shrinking the copy's tensors and layers. The original is not changed."""

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.layers import Tensor as TensorValue
from cnnpruner.engine.memory import pause_garbage_collection
from cnnpruner.planning.structure import find_removed_units, require_removable_units


@pause_garbage_collection()
def cut(network: nn.Module, layers: Layers, units: Collection[int]) -> nn.Module:
    """Return a deep copy of `network` without these units (ids). `layers` is the network's current structure.

    Raises InvalidInput if a unit is missing or frozen, or if a layer would become empty.
    """
    kept_positions = _kept_positions(layers, require_removable_units(layers, units))
    # deepcopy gets the cut tensors in advance, so that the full ones are never copied
    cut_tensors = {
        id(uncut_tensor): _cut_tensor(uncut_tensor, value, kept_positions)
        for value in layers.tensors
        if any(dim is not None and kept_positions[dim] is not None for dim in value.dims)
        for uncut_tensor in [_get_tensor(network, value)]
    }
    child: nn.Module = copy.deepcopy(network, cut_tensors)
    depthwise_names = {layer.name for layer in layers.layers if layer.kind == "depthwise"}
    for name, module in child.named_modules():
        _update_sizes(module, name in depthwise_names)
    return child


def build_cut_network(network: nn.Module, root_layers: Layers, node_layers: Layers) -> nn.Module:
    """Return a copy of a newly built root network, cut to the structure of a node."""
    return cut(network, root_layers, find_removed_units(root_layers, node_layers))


def shrink_network(network: nn.Module, shapes: Mapping[str, Sequence[int]], depthwise_names: Collection[str]) -> None:
    """Resize the tensors of a newly built root network, in place, to the shapes that they have in a pruned network.
    Resized tensors are filled with zeros.

    shapes: for each tensor to resize, by its name in the state dict, the new shape. depthwise_names: names of depthwise
    convolutions.
    """
    tensors = [*network.named_parameters(remove_duplicate=False), *network.named_buffers(remove_duplicate=False)]
    for name, uncut_tensor in tensors:
        shape = tuple(shapes.get(name, uncut_tensor.shape))
        if shape != tuple(uncut_tensor.shape):
            module_name, _, tensor_name = name.rpartition(".")
            zero_tensor = torch.zeros(shape, dtype=uncut_tensor.dtype, device=uncut_tensor.device)
            resized_tensor = (
                nn.Parameter(zero_tensor, uncut_tensor.requires_grad)
                if isinstance(uncut_tensor, nn.Parameter)
                else zero_tensor
            )
            setattr(network.get_submodule(module_name), tensor_name, resized_tensor)
    for name, module in network.named_modules():
        _update_sizes(module, name in depthwise_names)


def _kept_positions(layers: Layers, removed: set[int]) -> list[Tensor | None]:
    """Return, for each list in `layers.dim_units`, the positions of the units that are not removed; None for a list
    that loses no unit.
    """
    kept_positions = [
        [position for position, unit in enumerate(ids) if unit not in removed] for ids in layers.dim_units
    ]
    return [
        None if len(positions) == len(ids) else torch.tensor(positions)
        for positions, ids in zip(kept_positions, layers.dim_units, strict=True)
    ]


def _get_tensor(network: nn.Module, value: TensorValue) -> Tensor:
    module_name, _, name = value.name.rpartition(".")
    tensor: Tensor = getattr(network.get_submodule(module_name), name)
    return tensor


def _cut_tensor(uncut_tensor: Tensor, value: TensorValue, kept_positions: list[Tensor | None]) -> Tensor:
    result = uncut_tensor.detach()
    for dim, ids in enumerate(value.dims):
        positions = None if ids is None else kept_positions[ids]
        if positions is not None:
            result = result.index_select(dim, positions.to(result.device))
    result = result.contiguous()
    return (
        nn.Parameter(result, requires_grad=uncut_tensor.requires_grad)
        if isinstance(uncut_tensor, nn.Parameter)
        else result
    )


def _update_sizes(module: nn.Module, is_depthwise: bool) -> None:
    """Update a module's size attributes, such as `in_features`, to match its tensors."""
    if isinstance(module, nn.modules.conv._ConvNd):
        _resize_convolution(module, is_depthwise)
        return
    for module_class, resize in _RESIZER_BY_MODULE.items():
        if isinstance(module, module_class):
            resize(module)


def _resize_convolution(module: nn.modules.conv._ConvNd, is_depthwise: bool) -> None:
    outputs, inputs_per_group = module.weight.shape[:2]
    if module.transposed:
        module.in_channels, module.out_channels = outputs, inputs_per_group * module.groups
        return
    if is_depthwise:
        module.groups = outputs * module.groups // module.out_channels
    module.in_channels, module.out_channels = inputs_per_group * module.groups, outputs


def _resize_linear(module: Any) -> None:
    module.out_features, module.in_features = module.weight.shape


def _resize_norm(module: Any) -> None:
    """Set the number of features of a batch or instance norm that has parameters or running statistics."""
    tensor = module.weight if module.weight is not None else module.running_mean
    if tensor is not None:
        module.num_features = len(tensor)


def _resize_group_norm(module: Any) -> None:
    if module.weight is not None:
        module.num_channels = len(module.weight)


def _resize_layer_norm(module: Any) -> None:
    if module.weight is not None:
        module.normalized_shape = tuple(module.weight.shape)


def _resize_prelu(module: Any) -> None:
    module.num_parameters = len(module.weight)


_RESIZER_BY_MODULE: dict[type[nn.Module], Callable[[Any], None]] = {
    nn.Linear: _resize_linear,
    nn.modules.batchnorm._NormBase: _resize_norm,
    nn.GroupNorm: _resize_group_norm,
    nn.LayerNorm: _resize_layer_norm,
    nn.RMSNorm: _resize_layer_norm,
    nn.PReLU: _resize_prelu,
}
