"""What removal means: the uncut network with units zeroed just where they are read. The reference for every cut."""

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
    """While active, every reader of `network` reads zeros from these units (ids); network and biases stay untouched.

    `layers` is the structure of the network as it stands. Nothing here knows of surgery.
    """

    def __init__(self, network: nn.Module, layers: Layers, units: Collection[int]) -> None:
        super().__init__()
        gone = set(units)
        self._masks: dict[int, Tensor] = {}
        for reader in layers.readers:
            weight = network.get_parameter(layers.tensors[reader.tensor].name)
            keep = [float(unit not in gone) for unit in layers.dim_units[reader.inputs]]
            self._masks[id(weight)] = torch.tensor(keep, dtype=weight.dtype, device=weight.device)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`, on masked inputs where it is a reader's."""
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
    """x: [.., C] of a linear layer, [N, C, ..] of a convolution."""
    trailing = 0 if func is F.linear else weight.ndim - 2
    return x * mask.reshape(-1, *(1,) * trailing)
