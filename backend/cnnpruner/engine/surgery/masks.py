"""Defines removal: a cut network must equal the uncut one in which the removed units are zeroed where they are read."""

from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.plans.layers import Layers

_TRANSPOSED = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)
MIXING_OPERATIONS = {F.linear, F.conv1d, F.conv2d, F.conv3d, *_TRANSPOSED}


class zero_where_read(TorchFunctionMode):
    """Inside the block, every reader of `network` reads zeros from these units (ids); the network is not changed.

    `layers` is the network's current structure. It shares no code with surgery.py, because it checks that code.
    """

    def __init__(self, network: nn.Module, layers: Layers, units: Collection[int]) -> None:
        super().__init__()
        removed = set(units)
        self._masks: dict[int, Tensor] = {}
        for reader in layers.readers:
            weight = network.get_parameter(layers.tensors[reader.tensor].name)
            keep = [float(unit not in removed) for unit in layers.dim_units[reader.inputs]]
            self._masks[id(weight)] = torch.tensor(keep, dtype=weight.dtype, device=weight.device)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`, with masked inputs if it belongs to a reader."""
        kwargs = dict(kwargs or {})
        if func in MIXING_OPERATIONS:
            weight = kwargs["weight"] if "weight" in kwargs else args[1]
            mask = self._masks.get(id(weight))
            if mask is not None and args:
                args = (_masked(args[0], mask, func, weight), *args[1:])
            elif mask is not None:
                kwargs["input"] = _masked(kwargs["input"], mask, func, weight)
        return func(*args, **kwargs)


def _masked(x: Tensor, mask: Tensor, func: Any, weight: Tensor) -> Tensor:
    """Zero channels of x: [.., C] for a linear layer, [N, C, ..] for a convolution."""
    trailing_dims = 0 if func is F.linear else weight.ndim - 2
    return x * mask.reshape(-1, *(1,) * trailing_dims)
