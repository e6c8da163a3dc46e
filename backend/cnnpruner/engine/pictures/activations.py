"""Activation maps of chosen layers, found by their weights, so that functional calls and modules are seen alike."""

from collections.abc import Callable, Collection
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.plans.layers import Layer, Layers
from cnnpruner.engine.surgery.masks import MIXING_OPERATIONS
from cnnpruner.errors import UnusableNetwork

OnMap = Callable[[Layer, Tensor], None]
"""Called as (layer, activation map [N, F, H, W]); 1×1 for fully-connected layers."""

_NORMS = {F.batch_norm, torch.batch_norm}
_QUERIES = {"__get__", "__hash__", "__len__", "dim", "is_contiguous", "is_floating_point", "numel", "size", "stride"}
"""What networks ask of a tensor between a convolution and its batch norm without changing anything."""


def weight_name(layers: Layers, index: int) -> str:
    """Name of the weight of a layer, as in the state dict."""
    mine = (tensor.name for tensor in layers.tensors if tensor.layer == index and len(tensor.shape) > 1)
    name = next(mine, None)
    if name is None:
        raise UnusableNetwork(f"Layer {layers.layers[index].name} has no weight of its own to look at.")
    return name


def watch_activations(
    network: nn.Module, layers: Layers, watched: Collection[int], images: Tensor, on_map: OnMap
) -> None:
    """Run `network` (evaluation mode) on `images` [N, C, H, W]; tell the activation map of each watched layer (index).

    A filter's activation is the positive part of its layer's output after the batch norm that reads it: what a ReLU
    lets through. Of the output layer it is the output itself. A layer that runs twice is told at its first run. What
    comes after the last watched layer is not run. Raises UnusableNetwork where a layer does not run once per image.
    """
    watch = _Watch(network, layers, watched, on_map, len(images))
    try:
        with watch:
            network(images)
        watch.finish()
    except _Reached:
        return


class _Reached(Exception):
    """All layers have been seen."""


class _Watch(TorchFunctionMode):
    def __init__(
        self, network: nn.Module, layers: Layers, watched: Collection[int], on_map: OnMap, images: int
    ) -> None:
        super().__init__()
        self._on_map, self._images = on_map, images
        weights = {index: network.get_parameter(weight_name(layers, index)) for index in watched}
        self._waiting = {id(weight): layers.layers[index] for index, weight in weights.items()}
        self._pending: list[tuple[Layer, Tensor]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`. A layer's output is told once it is known whether a batch norm reads it."""
        kwargs = kwargs or {}
        first = args[0] if args else kwargs.get("input")
        read = next((one for one in self._pending if one[1] is first), None)
        if read is not None and getattr(func, "__name__", "") not in _QUERIES:
            self._pending.remove(read)
            if func in _NORMS:
                result = func(*args, **kwargs)
                self._tell(read[0], result)
                return result
            self._tell(*read)  # before `func`, which may change it in place
        result = func(*args, **kwargs)
        if func in MIXING_OPERATIONS:
            self._note(kwargs["weight"] if "weight" in kwargs else args[1], result)
        return result

    def finish(self) -> None:
        """Tell what nothing has read, or what was read in a list."""
        while self._pending:
            self._tell(*self._pending.pop())

    def _note(self, weight: Tensor, output: Tensor) -> None:
        layer = self._waiting.pop(id(weight), None)
        if layer is None:
            return
        if layer.output:
            self._tell(layer, output)
        else:
            self._pending.append((layer, output))

    def _tell(self, layer: Layer, output: Tensor) -> None:
        self._on_map(layer, self._as_map(layer, output))
        if not self._waiting and not self._pending:
            raise _Reached

    def _as_map(self, layer: Layer, output: Tensor) -> Tensor:
        """[N, F, H, W]."""
        if len(output) != self._images:
            raise UnusableNetwork(
                f"Layer {layer.name} sees {len(output)} rows for {self._images} images; its filters have no pictures."
            )
        if layer.kind == "linear":
            maps = output.reshape(len(output), -1, output.shape[-1]).transpose(1, 2).unsqueeze(3)
        else:
            maps = output.reshape(*output.shape[:2], *(output.shape[2:] if output.ndim == 4 else (-1, 1)))
        return maps if layer.output else maps.clamp_min(0)
