"""Records a network's layer outputs at sampled positions: the targets to which the layers of a cut network are
fitted.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.progress import Progress
from cnnpruner.engine.modes import evaluation_mode
from cnnpruner.engine.reconstruction.layer_calls import (
    LAYER_FUNCTIONS,
    count_output_positions,
    gather_outputs,
    parse_call,
    sample_output_positions,
)
from cnnpruner.engine.tracing.ledger import find_tensors

ADDITION_FUNCTIONS = {torch.add, Tensor.add, Tensor.add_, Tensor.__add__, Tensor.__iadd__, Tensor.__radd__}
BATCH_NORM_ARGUMENTS = ("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps")
"""Argument names of `functional.batch_norm`, in order."""
_ORIGIN_ATTRIBUTE = "reconstruction_stage"


@dataclass
class RecordedCall:
    """One call of a layer during the parent's forward pass."""

    weight: str
    """Name of the layer's weight."""
    bias: str | None
    places: Tensor
    """Sampled output positions, int64 [M]."""
    outputs: Tensor
    """Outputs at the sampled positions, [M, F]."""
    norm: str | None = None
    """Name of the running mean of the batch norm that follows; None if there is none, or if another operation uses the
    layer's output, too.
    """
    sums: Tensor | None = None
    """Sum, at the sampled positions, of a shortcut and the layer's output (after its batch norm), [M, F]; None if the
    output is not added to a shortcut.
    """
    readers: list[Any] = field(default_factory=list)
    """Operations that use the layer's output."""
    norm_readers: list[Any] = field(default_factory=list)
    """Operations that use the output of the batch norm that follows the layer."""


@dataclass(frozen=True)
class RecordedTargets:
    """The recorded calls of a network's layers in forward order. Calls whose weight is not a parameter are left out."""

    calls: list[RecordedCall]

    def repeated_weights(self) -> set[str]:
        """Return the names of weights that are used more than once in a forward pass."""
        counts = Counter(call.weight for call in self.calls)
        return {name for name, count in counts.items() if count > 1}


@dataclass
class _TensorOrigin:
    """Where a tensor comes from: from a layer, or from the batch norm after that layer."""

    call: int
    is_linear: bool
    is_normalised: bool
    x: Tensor
    """The layer's input. If its version counter is no longer `version`, the input has been changed in place since the
    layer used it.
    """
    version: int


def record_targets(
    network: nn.Module, images: Tensor, positions_per_image: int, seed: int, progress: Progress | None = None
) -> RecordedTargets:
    """Run `network` once in evaluation mode on images [N, C, H, W] (normalised, on the network's device), and return
    the outputs of its layers at `positions_per_image` sampled positions per image. The network is left unchanged.
    """
    recorder = _TargetRecorder(network, positions_per_image * len(images), seed, progress)
    with torch.no_grad(), evaluation_mode(network), recorder:
        network(images)
    return RecordedTargets(recorder.finish_recording())


class _TargetRecorder(TorchFunctionMode):
    def __init__(self, network: nn.Module, count: int, seed: int, progress: Progress | None) -> None:
        super().__init__()
        self._names = {id(tensor): name for name, tensor in network.named_parameters()}
        self._buffers = {id(tensor): name for name, tensor in network.named_buffers()}
        self._layers = sum(isinstance(module, nn.Linear | nn.modules.conv._ConvNd) for module in network.modules())
        self._count, self._seed, self._progress = count, seed, progress
        self._calls: list[RecordedCall] = []
        self._norm_calls: dict[str, int] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        operands = find_tensors([*args, *kwargs.values()])
        origins = [origin for tensor in operands if (origin := _get_origin(tensor)) is not None]
        out = func(*args, **kwargs)
        for tensor in find_tensors([out]):
            tensor.__dict__.pop(_ORIGIN_ATTRIBUTE, None)  # set if the operation changed its operand in place
        if find_tensors([out]) or func is Tensor.__setitem__:
            self._record_readers(origins, func)
        if func in LAYER_FUNCTIONS:
            self._record_layer(func, args, kwargs, out)
        elif func is F.batch_norm:
            self._record_norm(dict(zip(BATCH_NORM_ARGUMENTS, args, strict=False)) | kwargs, out)
        elif func in ADDITION_FUNCTIONS and len(operands) == 2:
            self._record_sum(origins, operands, out)
        return out

    def finish_recording(self) -> list[RecordedCall]:
        """Return the recorded calls. The `norm` and `sums` of a call are set to None if another operation uses the same
        output.
        """
        for call in self._calls:
            has_exclusive_norm = call.readers == [F.batch_norm] and self._norm_calls.get(call.norm or "", 0) == 1
            last_readers = call.norm_readers if call.readers == [F.batch_norm] else call.readers
            if len(last_readers) != 1 or (call.norm is not None and not has_exclusive_norm):
                call.sums = None
            if not has_exclusive_norm:
                call.norm = None
        return self._calls

    def _record_readers(self, origins: list[_TensorOrigin], func: Any) -> None:
        for origin in origins:
            call = self._calls[origin.call]
            (call.norm_readers if origin.is_normalised else call.readers).append(func)

    def _record_layer(self, func: Any, args: Any, kwargs: Any, out: Tensor) -> None:
        call = parse_call(func, args, kwargs)
        name = self._names.get(id(call.weight))
        if name is None:
            return
        places = sample_output_positions(
            count_output_positions(out, call.is_linear), self._count, self._seed, len(self._calls)
        )
        places = places.to(out.device)
        outputs = gather_outputs(out, call.is_linear, places)
        self._set_origin(out, _TensorOrigin(len(self._calls), call.is_linear, False, call.x, call.x._version))
        self._calls.append(RecordedCall(name, self._names.get(id(call.bias)), places, outputs))
        if self._progress is not None:
            share = min(1.0, len(self._calls) / max(self._layers, 1))
            self._progress(share, "recording the outputs of the layers")

    def _record_norm(self, arguments: dict[str, Any], out: Tensor) -> None:
        name = self._buffers.get(id(arguments["running_mean"]))
        origin = _get_origin(arguments["input"])
        if name is None:
            return
        self._norm_calls[name] = self._norm_calls.get(name, 0) + 1
        if origin is not None and not origin.is_normalised:
            self._calls[origin.call].norm = name
            self._set_origin(out, _TensorOrigin(origin.call, origin.is_linear, True, origin.x, origin.version))

    def _record_sum(self, origins: list[_TensorOrigin], operands: list[Tensor], out: Tensor) -> None:
        """Store the sum as a target of the layer whose output is added. If the outputs of two layers are added, it is a
        target of the layer that was called later. Nothing is stored if this layer's input has been changed in place.
        """
        if not origins or operands[0].shape != operands[1].shape or operands[0] is operands[1]:
            return
        origin = max(origins, key=lambda origin: origin.call)
        call = self._calls[origin.call]
        if origin.x._version == origin.version:
            call.sums = gather_outputs(out, origin.is_linear, call.places)

    @staticmethod
    def _set_origin(tensor: Tensor, origin: _TensorOrigin) -> None:
        tensor.__dict__[_ORIGIN_ATTRIBUTE] = origin


def _get_origin(tensor: Tensor) -> _TensorOrigin | None:
    origin: _TensorOrigin | None = tensor.__dict__.get(_ORIGIN_ATTRIBUTE)
    return origin
