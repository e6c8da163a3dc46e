"""Guided backpropagation (Springenberg et al. 2015) through every ReLU, whether a module, a function or an in-place
call.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

_RELU_FUNCTIONS = {F.relu, torch.relu, Tensor.relu}
_IN_PLACE_RELU_FUNCTIONS = {F.relu_, torch.relu_, Tensor.relu_}
_IN_PLACE_HARDTANH_FUNCTION = F.hardtanh_


class GuidedReluMode(TorchFunctionMode):
    """Inside the `with` block, ReLU and ReLU6 pass back only positive gradients, and only where their output is neither
    0 nor at its upper limit. Forward values stay the same, including those of in-place calls.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`, or its guided version if it is a ReLU."""
        kwargs = kwargs or {}
        relu = _parse_relu(func, args, kwargs)
        if relu is None:
            return func(*args, **kwargs)
        x = args[0] if args else kwargs["input"]
        ceiling, in_place = relu
        return _GuidedRelu.apply(x, ceiling, in_place)


class _GuidedRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, ceiling: float | None, in_place: bool) -> Tensor:
        """Return x clipped to the range from 0 to `ceiling`; without an upper limit if `ceiling` is None."""
        if in_place:
            ctx.mark_dirty(x)
            y = x.clamp_(0, ceiling)
        else:
            y = x.clamp(0, ceiling)
        ctx.ceiling = ceiling
        ctx.save_for_backward(y)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """Pass back the positive gradients where the output y is active: y > 0, and also y < ceiling if there is a
        ceiling.
        """
        (y,) = ctx.saved_tensors
        active = y > 0 if ctx.ceiling is None else (y > 0) & (y < ctx.ceiling)
        return gradient.clamp_min(0).mul_(active), None, None


def _parse_relu(func: Any, args: Any, kwargs: Any) -> tuple[float | None, bool] | None:
    """If the call is a ReLU, return (its ceiling or None, whether it works in place); otherwise, return None."""
    if func in _IN_PLACE_RELU_FUNCTIONS:
        return None, True
    if func in _RELU_FUNCTIONS:
        return None, bool(kwargs.get("inplace", args[1] if len(args) > 1 else False))
    if func is F.relu6:
        return 6.0, bool(kwargs.get("inplace", args[1] if len(args) > 1 else False))
    if func is F.hardtanh or func is _IN_PLACE_HARDTANH_FUNCTION:
        names = ("input", "min_val", "max_val", "inplace")
        arguments = dict(zip(names, args, strict=False)) | kwargs
        if arguments.get("min_val", -1.0) == 0:
            in_place = func is _IN_PLACE_HARDTANH_FUNCTION or bool(arguments.get("inplace", False))
            return float(arguments.get("max_val", 1.0)), in_place
    return None
