"""Recognises the layers of a network while it runs.

A layer is recognised by its weight, so that both functional calls and modules are found. A layer that computes its
weight is recognised, as during tracing, by the module that calls its operation.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layer, Layers
from cnnpruner.engine.surgery.masks import MIXING_OPERATIONS
from cnnpruner.engine.tracing.source import find_calling_module


class LayerFinder:
    """Finds out which of the given layers an operation belongs to, during one run of the network."""

    def __init__(self, network: nn.Module, layers: Layers, indices: Collection[int]) -> None:
        weights = {tensor.layer: tensor.name for tensor in layers.tensors if tensor.positions}
        self._by_weight = {
            id(network.get_parameter(weights[index])): layers.layers[index] for index in indices if index in weights
        }
        layers_with_computed_weight = (layers.layers[index] for index in indices if index not in weights)
        self._by_name = {layer.name: layer for layer in layers_with_computed_weight}
        self._stored_tensors = {id(tensor) for tensor in (*network.parameters(), *network.buffers())}
        self._modules = {id(module): name for name, module in network.named_modules()}
        self._calls: Counter[str] = Counter()
        """By module name: how many operations whose weight is computed, not a parameter, the module has called so far.
        """

    def find(self, func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Layer | None:
        """Return the layer that an operation belongs to; None if it belongs to none of the given layers. Call this
        exactly once per operation, because the calls are counted.
        """
        if func not in MIXING_OPERATIONS:
            return None
        weight: Tensor = kwargs["weight"] if "weight" in kwargs else args[1]
        if id(weight) in self._stored_tensors or not self._by_name:
            return self._by_weight.get(id(weight))
        name = find_calling_module(self._modules) or func.__name__
        self._calls[name] += 1
        return self._by_name.get(name if self._calls[name] == 1 else f"{name} #{self._calls[name]}")
