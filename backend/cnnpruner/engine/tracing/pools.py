"""Rules for pooling, resizing and reductions: the channels stay the same, but the spatial size changes."""

from typing import Any

from torch import Tensor

from cnnpruner.engine.tracing.elementwise import record_operation
from cnnpruner.engine.tracing.ledger import Ledger, TracingFailed, varying_dims
from cnnpruner.engine.tracing.registry import TracedCall, rule

_POOL_KINDS = ("max_pool", "avg_pool", "adaptive_avg_pool", "adaptive_max_pool", "lp_pool", "fractional_max_pool")
POOLING_OPERATIONS = tuple(
    f"{kind}{size}d{suffix}" for kind in _POOL_KINDS for size in (1, 2, 3) for suffix in ("", "_with_indices")
)
REDUCTION_OPERATIONS = (
    "mean sum nansum amax amin max min median prod var std norm vector_norm logsumexp nanmean all any"
)


@rule(*POOLING_OPERATIONS)
def pooling_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for pooling, which has input [N, C, ..] and output [N, C, ..] with the same channels."""
    _keep_channels(call, ledger)
    if ledger.find_ids(call.x) is not None:
        record_operation(call, "pool", ledger)


@rule("interpolate", "upsample", "upsample_nearest", "upsample_bilinear", "grid_sample")
def resize_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for resizing, which changes the spatial size of [N, C, ..] and keeps its channels."""
    _keep_channels(call, ledger)


def _keep_channels(call: TracedCall, ledger: Ledger) -> None:
    ids = ledger.find_ids(call.x)
    if ids is None:
        return
    if any(dim > 1 for dim in varying_dims(ids)) or call.x.ndim < 3:
        raise TracingFailed("the pooling runs over the channels")
    ledger.set_ids(call.out[0] if isinstance(call.out, tuple) else call.out, ids)


@rule(*REDUCTION_OPERATIONS.split())
def reduction_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for reductions, which remove dimensions or shorten them to 1.

    Raises TracingFailed if the channel dimension is reduced.
    """
    dim_argument = call.argument(1, "dim", call.kwargs.get("axis"))
    if isinstance(dim_argument, Tensor):
        raise TracingFailed(f"elementwise {call.name} of two activations")
    ids, dims = ledger.find_ids(call.x), _reduced_dims(dim_argument, call.x.ndim, call.name)
    if ids is None:
        return
    if any(ids.shape[dim] > 1 for dim in dims):
        raise TracingFailed("the reduction runs over the channels")
    out = call.out if isinstance(call.out, Tensor) else call.out[0]
    for dim in sorted(dims, reverse=True) if out.ndim < ids.ndim else ():
        ids = ids.squeeze(dim)
    ledger.set_ids(out, ids)
    if dims == [2, 3]:
        record_operation(call, "pool", ledger)


def _reduced_dims(argument: Any, ndim: int, name: str) -> list[int]:
    if name == "norm" or argument is None:
        return list(range(ndim)) if ndim != 0 else []
    return sorted(dim % ndim for dim in (argument if isinstance(argument, tuple | list) else [argument]))


@rule("softmax", "log_softmax", "softmin", "gumbel_softmax", "cumsum", "cumprod")
def mixing_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for operations, such as softmax, that mix all entries along a dimension. If channels lie along this
    dimension, they are frozen.
    """
    ids, dim = ledger.find_ids(call.x), call.argument(1, "dim")
    if ids is None:
        return
    dims = range(ids.ndim) if dim is None else [int(dim) % ids.ndim]
    if any(ids.shape[dim] > 1 for dim in dims):
        ledger.freeze_channels(ids, "every channel depends on all other channels")
    ledger.set_ids(call.out, ids)
