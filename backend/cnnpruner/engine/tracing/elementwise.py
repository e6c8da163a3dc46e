"""Rules for elementwise operations: channels that are combined at the same position are coupled."""

import torch
from torch import Tensor

from cnnpruner.domain.plans.layers import Op
from cnnpruner.engine.tracing.ledger import CONSTANT_ID, Ledger, TracingFailed, varying_dims
from cnnpruner.engine.tracing.registry import TRACING_RULES, TracedCall, rule
from cnnpruner.engine.tracing.source import find_calling_module

UNARY_OPERATIONS = """
    contiguous clone to type type_as float half double bfloat16 bool long int cpu cuda detach requires_grad_
    data dropout dropout1d dropout2d dropout3d alpha_dropout feature_dropout feature_alpha_dropout identity alias
    ones_like zeros_like full_like empty_like rand_like randn_like relu relu6 leaky_relu rrelu elu selu celu gelu silu
    mish softplus softsign tanhshrink softshrink hardshrink hardtanh hardswish hardsigmoid sigmoid logsigmoid
    log_sigmoid tanh threshold clamp clamp_min clamp_max clip abs absolute neg negative exp exp2 expm1 log log2 log10
    log1p sqrt rsqrt square reciprocal sin cos erf round floor ceil trunc sign sgn logit nan_to_num isnan isinf
    isfinite logical_not positive"""
MULTI_OPERAND_OPERATIONS = """
    add radd iadd sub rsub isub subtract mul rmul imul multiply div rdiv idiv truediv rtruediv divide
    true_divide floor_divide pow float_power maximum minimum fmax fmin where lerp addcmul addcdiv atan2 remainder fmod
    eq ne gt ge lt le greater less greater_equal less_equal logical_and logical_or logical_xor and or xor masked_fill
    heaviside copysign hypot xlogy"""


@rule(*UNARY_OPERATIONS.split())
def unary_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for operations with one operand: the result has the same channels as the operand."""
    ids = ledger.find_ids(call.x)
    if ids is not None and isinstance(call.out, Tensor):
        ledger.set_ids(call.out, ids)


@rule(*MULTI_OPERAND_OPERATIONS.split())
def multi_operand_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for operations with several operands: once all operands are broadcast to the shape of the result, channels
    at equal positions are coupled.
    """
    operands = [tensor for tensor in call.tensors() if tensor.numel() > 1 or ledger.find_ids(tensor) is not None]
    traced_ids = [ids for tensor in operands if (ids := ledger.find_ids(tensor)) is not None]
    if not traced_ids or not isinstance(call.out, Tensor):
        return
    aligned_ids = [_add_leading_dims(ids, call.out.ndim) for ids in traced_ids]
    dims = sorted({dim for ids in aligned_ids for dim in varying_dims(ids)})
    result = None
    for operand in operands:
        ids = _operand_ids(operand, call.out, dims, ledger)
        if ids is None:
            continue
        if result is not None:
            ledger.couple_channels(result, ids)
        if result is None or ids.numel() > result.numel():
            result = ids
    if result is not None:
        ledger.set_ids(call.out, result)
    if call.name in {"add", "iadd"} and len(traced_ids) > 1:
        record_operation(call, "add", ledger)


def _add_leading_dims(ids: Tensor, ndim: int) -> Tensor:
    return ids.reshape((1,) * (ndim - ids.ndim) + tuple(ids.shape))


def _operand_ids(operand: Tensor, out: Tensor, dims: list[int], ledger: Ledger) -> Tensor | None:
    """Return an operand's channel ids, with as many dimensions as the result has; None if there is nothing to couple,
    for example because the operand has one value for all channels.
    """
    ids, shape = ledger.find_ids(operand), (1,) * (out.ndim - operand.ndim) + tuple(operand.shape)
    broadcast_dims = [dim for dim in dims if shape[dim] == 1 and out.shape[dim] > 1]
    if broadcast_dims:
        if ids is not None:
            ledger.freeze_channels(ids, "its single channel is applied to all channels of another tensor")
        if len(broadcast_dims) < len(dims) and (ids is None or varying_dims(ids)):
            raise TracingFailed("one value is applied to several channels")
        return None
    if ids is not None:
        return _add_leading_dims(ids, out.ndim)
    if not dims:
        return None
    return out.new_full((1,) * out.ndim, CONSTANT_ID, dtype=torch.int64, device="cpu")


def record_operation(call: TracedCall, kind: str, ledger: Ledger) -> None:
    """Add an operation to the recorded architecture of the network."""
    out = call.out[0] if isinstance(call.out, tuple) else call.out
    height, width = (out.shape[-2], out.shape[-1]) if out.ndim >= 4 else (1, out.shape[-1] if out.ndim == 3 else 1)
    name = find_calling_module(ledger.modules) or call.name
    ledger.ops.append(Op.model_validate({"kind": kind, "name": name, "layer": None, "height": height, "width": width}))


TRACING_RULES[Tensor.data.__get__] = unary_rule  # type: ignore[attr-defined]
