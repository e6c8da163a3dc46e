"""Observes a network's readers (the layers that take units as input) in one pass: their inputs, and the gradients of
the loss with respect to these inputs.
"""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.surgery.masks import MIXING_OPERATIONS
from cnnpruner.errors import UnusableNetwork

ReaderCallback = Callable[[int, Tensor, Tensor], None]
"""Callback that receives (index of the layer in `layers.readers`, inputs [M, C, P], gradient [M, C, P]) in the backward
pass.
"""


def copy_without_gradients(network: nn.Module) -> nn.Module:
    """Return a copy in evaluation mode that shares all weights, but whose parameters do not require gradients."""
    deepcopy_memo: dict[int, Any] = {id(buffer): buffer for buffer in network.buffers()}
    deepcopy_memo |= {id(p): nn.Parameter(p.detach(), requires_grad=False) for p in network.parameters()}
    return copy.deepcopy(network, deepcopy_memo).eval()


class _ReaderTap(torch.autograd.Function):
    """Passes the input of a layer through unchanged, and reports this input and its gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, start: Tensor, on_reader: Callable[[Tensor, Tensor], None]) -> Tensor:
        """Return x. `start` requires a gradient, so that autograd records from the first tapped layer on."""
        ctx.save_for_backward(x)
        ctx.on_reader = on_reader
        return x.view_as(x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, None, None]:
        """Report the input and its gradient. autograd releases the saved input as soon as this method returns."""
        (x,) = ctx.saved_tensors
        ctx.on_reader(x, gradient)
        return (gradient if ctx.needs_input_grad[0] else None), None, None


class ReaderWatcher(TorchFunctionMode):
    """Inside the `with` block, the input of every convolution or linear operation that takes units as input goes
    through a `_ReaderTap`, which reports the input and its gradient.

    An operation is identified by the weight that it uses. Therefore, functional calls and modules that are used twice
    are observed, too.
    """

    def __init__(self, network: nn.Module, layers: Layers, on_reader: ReaderCallback) -> None:
        """`network` is the copy that will be run. Layers whose only input is the image are not observed."""
        super().__init__()
        self._on_reader = on_reader
        self._readers = {
            id(network.get_parameter(layers.tensors[reader.tensor].name)): index
            for index, reader in enumerate(layers.readers)
            if any(unit >= 0 for unit in layers.dim_units[reader.inputs])
        }
        parameter = next(network.parameters(), torch.empty(0))
        self._start = torch.zeros((), device=parameter.device, requires_grad=True)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`. If it is a layer that takes units as input, its input goes through a `_ReaderTap`."""
        kwargs = kwargs or {}
        if func not in MIXING_OPERATIONS:
            return func(*args, **kwargs)
        weight = kwargs["weight"] if "weight" in kwargs else args[1]
        reader = self._readers.get(id(weight))
        if reader is None:
            return func(*args, **kwargs)
        is_channels_last = func is F.linear

        def on_reader(x: Tensor, gradient: Tensor) -> None:
            self._on_reader(
                reader, _flatten_positions(x, is_channels_last), _flatten_positions(gradient, is_channels_last)
            )

        if args:
            return func(_ReaderTap.apply(args[0], self._start, on_reader), *args[1:], **kwargs)
        return func(**kwargs | {"input": _ReaderTap.apply(kwargs["input"], self._start, on_reader)})


def _flatten_positions(x: Tensor, is_channels_last: bool) -> Tensor:
    """Reshape the input [M, C, ...] of a convolution or [M, ..., C] of a linear layer to [M, C, P] with P positions."""
    if is_channels_last:
        return x.unsqueeze(2) if x.ndim == 2 else x.flatten(1, -2).transpose(1, 2)
    return x.flatten(2)


def group_by_image(x: Tensor, images: int) -> Tensor:
    """Reshape [M, C, P] to [N, C, P'], with one entry for each of N images. M is larger than N if the network has moved
    positions into the batch dimension.

    Raises UnusableNetwork if M is not a multiple of N.
    """
    rows, channels, _ = x.shape
    if rows == images:
        return x
    if rows % images:
        raise UnusableNetwork(
            f"A layer receives {rows} rows for {images} images, so the units in its input cannot be scored; the number "
            "of rows must be a multiple of the number of images."
        )
    return x.reshape(images, rows // images, channels, -1).transpose(1, 2).flatten(2)
