"""Computes the activation maps of chosen layers."""

from collections.abc import Callable, Collection
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.plans.layers import Layer, Layers
from cnnpruner.engine.pictures.layer_calls import LayerFinder
from cnnpruner.errors import UnusableNetwork

ActivationCallback = Callable[[Layer, Tensor], None]
"""Callback that receives (layer, activation maps [N, F, H, W]); H and W are 1 for fully connected layers."""

_BATCH_NORM_FUNCTIONS = {F.batch_norm, torch.batch_norm}
_READ_ONLY_OPERATIONS = {
    "__get__",
    "__hash__",
    "__len__",
    "dim",
    "is_contiguous",
    "is_floating_point",
    "numel",
    "size",
    "stride",
}
"""Operations that only read properties of a tensor, such as its shape. They may run between a convolution and its batch
norm.
"""


def watch_activations(
    network: nn.Module, layers: Layers, watched_layers: Collection[int], images: Tensor, on_maps: ActivationCallback
) -> None:
    """Run `network` (evaluation mode) on `images` [N, C, H, W], and call `on_maps` with the activation maps of each
    watched layer.

    `watched_layers` are indices of layers. A filter's activation is the positive part of its layer's output, after the
    following batch norm if there is one. For the output layer, the activation is the output itself. If a layer runs
    more than once in a pass, its first run counts. The pass stops after the last watched layer. A layer that does not
    output one entry per image is left out; if it is the only watched layer, UnusableNetwork is raised.
    """
    watcher = _ActivationWatcher(network, layers, watched_layers, on_maps, len(images))
    try:
        with watcher:
            network(images)
        watcher.report_pending_outputs()
    except _AllLayersSeen:
        return


class _AllLayersSeen(Exception):
    """Raised to stop the forward pass once all watched layers have run."""


class _ActivationWatcher(TorchFunctionMode):
    def __init__(
        self,
        network: nn.Module,
        layers: Layers,
        watched_layers: Collection[int],
        on_maps: ActivationCallback,
        images: int,
    ) -> None:
        super().__init__()
        self._on_maps, self._images = on_maps, images
        self._layer_finder = LayerFinder(network, layers, watched_layers)
        self._waiting = set(watched_layers)
        self._is_single = len(self._waiting) == 1
        self._pending: list[tuple[Layer, Tensor]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the torch function `func`. Report each watched layer's output or, if a batch norm follows directly, the
        batch norm's output.
        """
        kwargs = kwargs or {}
        first = args[0] if args else kwargs.get("input")
        pending_output = next((entry for entry in self._pending if entry[1] is first), None)
        if pending_output is not None and getattr(func, "__name__", "") not in _READ_ONLY_OPERATIONS:
            self._pending.remove(pending_output)
            if func in _BATCH_NORM_FUNCTIONS:
                result = func(*args, **kwargs)
                self._report_activation_maps(pending_output[0], result)
                return result
            self._report_activation_maps(*pending_output)  # before `func`, which may change it in place
        result = func(*args, **kwargs)
        layer = self._layer_finder.find(func, args, kwargs)
        if layer is not None and layer.index in self._waiting:
            self._store_output(layer, result)
        return result

    def report_pending_outputs(self) -> None:
        """Report the outputs of layers that have not been reported yet, because no later operation has used them."""
        while self._pending:
            self._report_activation_maps(*self._pending.pop())

    def _store_output(self, layer: Layer, output: Tensor) -> None:
        self._waiting.remove(layer.index)
        if layer.output:
            self._report_activation_maps(layer, output)
        else:
            self._pending.append((layer, output))

    def _report_activation_maps(self, layer: Layer, output: Tensor) -> None:
        if len(output) == self._images or self._is_single:
            self._on_maps(layer, self._to_activation_maps(layer, output))
        if not self._waiting and not self._pending:
            raise _AllLayersSeen

    def _to_activation_maps(self, layer: Layer, output: Tensor) -> Tensor:
        """Reshape an output to activation maps [N, F, H, W]."""
        if len(output) != self._images:
            raise UnusableNetwork(
                f"Layer {layer.name} outputs {len(output)} rows for {self._images} images instead of one "
                "row per image, so its filters cannot be shown."
            )
        if layer.kind == "linear":
            maps = output.reshape(len(output), -1, output.shape[-1]).transpose(1, 2).unsqueeze(3)
        else:
            maps = output.reshape(*output.shape[:2], *(output.shape[2:] if output.ndim == 4 else (-1, 1)))
        return maps if layer.output else maps.clamp_min(0)
