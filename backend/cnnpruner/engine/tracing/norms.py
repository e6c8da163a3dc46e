"""Rules for normalisation layers: the channels stay the same, and each parameter entry belongs to a channel."""

from collections.abc import Iterable, Sequence

from torch import Tensor

from cnnpruner.engine.tracing.ledger import Ledger, TracingFailed, varying_dims
from cnnpruner.engine.tracing.registry import TracedCall, rule


@rule("batch_norm")
def batch_norm_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for batch norm. Statistics, scale and shift [C] belong to the channels of the input [N, C, ..]."""
    _record_channel_parameters(call, ledger, [*call.args[1:5], *call.kwargs.values()])


@rule("instance_norm")
def instance_norm_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for instance norm: the same as for batch norm. Raises TracingFailed for a module without parameters and
    buffers, because surgery would not change its attribute `num_features`, the number of channels.
    """
    parameters = [*call.args[1:5], *call.kwargs.values()]
    if not any(isinstance(value, Tensor) for value in parameters):
        raise TracingFailed("instance norm without parameters has a fixed number of channels")
    _record_channel_parameters(call, ledger, parameters)


@rule("group_norm")
def group_norm_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for group norm. Channels at equal positions in all groups are coupled."""
    groups = call.argument(1, "num_groups")
    rows = ledger.channel_ids(call.x, 1).reshape(groups, -1)
    ledger.couple_channels(rows[:1], rows)
    _record_channel_parameters(call, ledger, [*call.args[2:4], *call.kwargs.values()])


@rule("layer_norm")
def layer_norm_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for layer norm, which normalises the last dimensions. The parameters have the shape of these dimensions."""
    _record_last_dims(call, ledger, [call.argument(2, "weight"), call.argument(3, "bias")])


@rule("rms_norm")
def rms_norm_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for RMS norm: the same as for layer norm, but without a bias."""
    _record_last_dims(call, ledger, [call.argument(2, "weight")])


def _record_last_dims(call: TracedCall, ledger: Ledger, parameters: Sequence[object]) -> None:
    ids, shape = ledger.find_ids(call.x), call.argument(1, "normalized_shape")
    if ids is None:
        return
    normalised_dims = [dim for dim in varying_dims(ids) if dim >= ids.ndim - len(shape)]
    if normalised_dims and parameters[0] is None:
        raise TracingFailed(f"{call.name.replace('_', ' ')} without parameters has a fixed shape")
    for dim in normalised_dims:
        channel_ids = ledger.channel_ids(call.x, dim)
        for parameter in parameters:
            ledger.record_ids(parameter, dim - ids.ndim + len(shape), channel_ids)
    ledger.set_ids(call.out, ids)


@rule("prelu")
def prelu_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for PReLU, which has either one slope for all channels or one slope per channel."""
    weight = call.argument(1, "weight")
    _record_channel_parameters(call, ledger, [weight] if weight.numel() > 1 else [])


def _record_channel_parameters(call: TracedCall, ledger: Ledger, parameters: Iterable[object]) -> None:
    ids = ledger.find_ids(call.x)
    if ids is None:
        return
    channel_ids = ledger.channel_ids(call.x, 1)
    for parameter in parameters:
        if isinstance(parameter, Tensor):
            ledger.record_ids(parameter, 0, channel_ids)
    ledger.set_ids(call.out, ids)
