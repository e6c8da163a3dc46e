"""Convolutions and linear layers: they mix the channels they read into filters of their own."""

from torch import Tensor

from cnnpruner.domain.plans.layers import LayerKind, Op
from cnnpruner.engine.tracing.ledger import LayerCall, Ledger, Untraceable, lay
from cnnpruner.engine.tracing.registry import Call, rule


@rule("linear")
def linear(call: Call, ledger: Ledger) -> None:
    """[.., C] → [.., F] by weight [F, C]."""
    weight = call.argument(1, "weight")
    inputs = ledger.channel_ids(call.x, -1)
    _check_weight(weight, ledger)
    filters = ledger.fresh(call.out.shape[-1])
    ledger.bind(weight, 1, inputs)
    ledger.bind(weight, 0, filters)
    _finish(call, ledger, _Layer("linear", inputs, filters, -1))


@rule("conv1d", "conv2d", "conv3d")
def convolution(call: Call, ledger: Ledger) -> None:
    """[N, C, ..] → [N, F, ..] by weight [F, C / groups, ..]."""
    weight: Tensor = call.argument(1, "weight")
    channel = call.x.ndim - weight.ndim + 1
    inputs = ledger.channel_ids(call.x, channel)
    _check_weight(weight, ledger)
    filters = ledger.fresh(call.out.shape[channel])
    groups = len(inputs) // weight.shape[1]
    kind: LayerKind = "conv"
    if groups == 1:
        ledger.bind(weight, 1, inputs)
    elif groups == len(inputs):
        kind = "depthwise"
        ledger.unite(filters, inputs.repeat_interleave(len(filters) // groups))
    else:
        kind = "grouped"
        ledger.bind(weight, 1, _align(inputs, groups, ledger))
        _align(filters, groups, ledger)
    ledger.bind(weight, 0, filters)
    _finish(call, ledger, _Layer(kind, inputs, filters, channel))


@rule("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def transposed_convolution(call: Call, ledger: Ledger) -> None:
    """[N, C, ..] → [N, F, ..] by weight [C, F, ..]; with groups it is left whole."""
    weight: Tensor = call.argument(1, "weight")
    channel = call.x.ndim - weight.ndim + 1
    inputs = ledger.channel_ids(call.x, channel)
    _check_weight(weight, ledger)
    filters = ledger.fresh(call.out.shape[channel])
    if len(filters) == weight.shape[1]:
        ledger.bind(weight, 0, inputs)
        ledger.bind(weight, 1, filters)
        kind: LayerKind = "conv"
    else:
        kind = "grouped"
        for ids in (inputs, filters):
            ledger.freeze(ids, "belongs to a transposed convolution with groups")
    _finish(call, ledger, _Layer(kind, inputs, filters, channel))


class _Layer:
    """What one call found: kind, ids of what is read and given, and where the filters lie."""

    def __init__(self, kind: LayerKind, inputs: Tensor, filters: Tensor, channel: int) -> None:
        self.kind, self.inputs, self.filters, self.channel = kind, inputs, filters, channel


def _check_weight(weight: Tensor, ledger: Ledger) -> None:
    if ledger.name_of(weight) is None:
        raise Untraceable("its weight is computed while the network runs")


def _align(ids: Tensor, groups: int, ledger: Ledger) -> Tensor:
    """Every group of channels loses the same places; the ids of one group."""
    rows = ids.reshape(groups, -1)
    ledger.unite(rows[:1], rows)
    return rows[0]


def _finish(call: Call, ledger: Ledger, layer: _Layer) -> None:
    weight, bias = call.argument(1, "weight"), call.argument(2, "bias")
    ledger.bind(bias, 0, layer.filters)
    ledger.put(call.out, lay(layer.filters, call.out.ndim, layer.channel))
    name = ledger.name_of(weight)
    assert name is not None
    height, width = _size(call.out, weight.ndim - 2)
    if name not in ledger.calls:
        ledger.calls[name] = LayerCall(
            name, layer.kind, layer.filters, layer.inputs, height, width, ledger.name_of(bias)
        )
    ledger.ops.append(Op(kind="layer", name=name, layer=None, height=height, width=width))
    ledger.calls[name].positions += _positions(call, layer, ledger)


def _positions(call: Call, layer: _Layer, ledger: Ledger) -> int:
    """How often each weight is multiplied for one image: at output positions, transposed: at input positions."""
    if "transpose" in call.name:
        return call.x.numel() // len(layer.inputs) // ledger.images
    return int(call.out.numel()) // len(layer.filters) // ledger.images


def _size(out: Tensor, spatial: int) -> tuple[int, int]:
    if spatial <= 0:
        return 1, 1
    return (out.shape[-2] if spatial > 1 else 1), out.shape[-1]
