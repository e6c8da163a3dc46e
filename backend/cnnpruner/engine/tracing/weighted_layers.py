"""Rules for convolutions and linear layers, which compute new channels from their input channels."""

from torch import Tensor

from cnnpruner.domain.plans.layers import LayerKind, Op
from cnnpruner.engine.tracing.ledger import Ledger, TracedLayer, TracingFailed, reshape_along_dim
from cnnpruner.engine.tracing.registry import TracedCall, rule
from cnnpruner.engine.tracing.source import find_calling_module

COMPUTED_WEIGHT_REASON = "its weight is computed in the forward pass"


@rule("linear")
def linear_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for linear layers, which have input [.., C], output [.., F] and weight [F, C]."""
    weight = call.argument(1, "weight")
    inputs = ledger.channel_ids(call.x, -1)
    filters = ledger.new_ids(call.out.shape[-1])
    if _has_computed_weight(call, ledger):
        _record_computed_weight_layer(call, ledger, _TracedLayerCall("linear", inputs, filters, -1))
        return
    ledger.record_ids(weight, 1, inputs)
    ledger.record_ids(weight, 0, filters)
    _record_layer(call, ledger, _TracedLayerCall("linear", inputs, filters, -1))


@rule("conv1d", "conv2d", "conv3d")
def convolution_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for convolutions, which have input [N, C, ..], output [N, F, ..] and weight [F, C / groups, ..]."""
    weight: Tensor = call.argument(1, "weight")
    channel_dim = call.x.ndim - weight.ndim + 1
    inputs = ledger.channel_ids(call.x, channel_dim)
    filters = ledger.new_ids(call.out.shape[channel_dim])
    groups = len(inputs) // weight.shape[1]
    kind: LayerKind = "conv" if groups == 1 else "depthwise" if groups == len(inputs) else "grouped"
    if _has_computed_weight(call, ledger):
        _record_computed_weight_layer(call, ledger, _TracedLayerCall(kind, inputs, filters, channel_dim))
        return
    if groups == 1:
        ledger.record_ids(weight, 1, inputs)
    elif groups == len(inputs):
        ledger.couple_channels(filters, inputs.repeat_interleave(len(filters) // groups))
    else:
        ledger.record_ids(weight, 1, _couple_groups(inputs, groups, ledger))
        _couple_groups(filters, groups, ledger)
    ledger.record_ids(weight, 0, filters)
    _record_layer(call, ledger, _TracedLayerCall(kind, inputs, filters, channel_dim))


@rule("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def transposed_convolution_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for transposed convolutions, which have input [N, C, ..], output [N, F, ..] and weight [C, F, ..]. If the
    convolution is grouped, all its channels are frozen.
    """
    weight: Tensor = call.argument(1, "weight")
    channel_dim = call.x.ndim - weight.ndim + 1
    inputs = ledger.channel_ids(call.x, channel_dim)
    filters = ledger.new_ids(call.out.shape[channel_dim])
    if _has_computed_weight(call, ledger):
        _record_computed_weight_layer(call, ledger, _TracedLayerCall("conv", inputs, filters, channel_dim))
        return
    if len(filters) == weight.shape[1]:
        ledger.record_ids(weight, 0, inputs)
        ledger.record_ids(weight, 1, filters)
        kind: LayerKind = "conv"
    else:
        kind = "grouped"
        for ids in (inputs, filters):
            ledger.freeze_channels(ids, "the layer is a grouped transposed convolution")
    _record_layer(call, ledger, _TracedLayerCall(kind, inputs, filters, channel_dim))


class _TracedLayerCall:
    """Result of tracing one call of a layer: its kind, the ids of its inputs and filters, and the output's channel
    dimension.
    """

    def __init__(self, kind: LayerKind, inputs: Tensor, filters: Tensor, channel_dim: int) -> None:
        self.kind, self.inputs, self.filters, self.channel_dim = kind, inputs, filters, channel_dim


def _record_computed_weight_layer(call: TracedCall, ledger: Ledger, layer: _TracedLayerCall) -> None:
    """Record a layer that computes its weight in the forward pass, for example by weight normalisation. All its
    channels are frozen.
    """
    for ids in (layer.inputs, layer.filters, ledger.find_ids(call.argument(1, "weight"))):
        if ids is not None:
            ledger.freeze_channels(ids.reshape(-1), COMPUTED_WEIGHT_REASON)
    ledger.record_ids(call.argument(2, "bias"), 0, layer.filters)
    ledger.set_ids(call.out, reshape_along_dim(layer.filters, call.out.ndim, layer.channel_dim))
    height, width = _spatial_size(call.out, call.argument(1, "weight").ndim - 2)
    name = ledger.next_layer_name(find_calling_module(ledger.modules) or call.name)
    bias = ledger.find_name(call.argument(2, "bias"))
    ledger.calls[name] = TracedLayer(
        name, layer.kind, layer.filters, layer.inputs, height, width, _stride(call), bias, has_computed_weight=True
    )
    ledger.ops.append(Op(kind="layer", name=name, layer=None, height=height, width=width))
    ledger.computed_weight_layer = name


def _has_computed_weight(call: TracedCall, ledger: Ledger) -> bool:
    """Whether the layer's weight is computed in the forward pass, rather than being a parameter or buffer. Raises
    TracingFailed if it is computed and the layer's input has no channel ids.
    """
    if ledger.find_name(call.argument(1, "weight")) is not None:
        return False
    if ledger.find_ids(call.x) is None:
        raise TracingFailed(COMPUTED_WEIGHT_REASON)
    return True


def _couple_groups(ids: Tensor, groups: int, ledger: Ledger) -> Tensor:
    """Couple the channels at equal positions in all groups, and return the ids of one group."""
    rows = ids.reshape(groups, -1)
    ledger.couple_channels(rows[:1], rows)
    return rows[0]


def _record_layer(call: TracedCall, ledger: Ledger, layer: _TracedLayerCall) -> None:
    weight, bias = call.argument(1, "weight"), call.argument(2, "bias")
    ledger.record_ids(bias, 0, layer.filters)
    ledger.set_ids(call.out, reshape_along_dim(layer.filters, call.out.ndim, layer.channel_dim))
    name = ledger.find_name(weight)
    assert name is not None
    height, width = _spatial_size(call.out, weight.ndim - 2)
    if name not in ledger.calls:
        ledger.calls[name] = TracedLayer(
            name, layer.kind, layer.filters, layer.inputs, height, width, _stride(call), ledger.find_name(bias)
        )
    ledger.ops.append(Op(kind="layer", name=name, layer=None, height=height, width=width))
    ledger.is_layer_operation = True
    ledger.calls[name].positions += _count_weight_uses(call, layer, ledger)


def _count_weight_uses(call: TracedCall, layer: _TracedLayerCall, ledger: Ledger) -> int:
    """Return how often each weight is applied per image: once per output position, or, in a transposed convolution,
    once per input position.
    """
    if "transpose" in call.name:
        return call.x.numel() // len(layer.inputs) // ledger.images
    return int(call.out.numel()) // len(layer.filters) // ledger.images


def _stride(call: TracedCall) -> list[int]:
    """Return the stride along each spatial dimension; empty for linear layers."""
    if call.name == "linear":
        return []
    stride, dims = call.argument(3, "stride"), call.argument(1, "weight").ndim - 2
    strides = [1] if stride is None else [stride] if isinstance(stride, int) else list(stride)
    return strides * dims if len(strides) == 1 else strides


def _spatial_size(out: Tensor, spatial_dims: int) -> tuple[int, int]:
    if spatial_dims <= 0:
        return 1, 1
    return (out.shape[-2] if spatial_dims > 1 else 1), out.shape[-1]
