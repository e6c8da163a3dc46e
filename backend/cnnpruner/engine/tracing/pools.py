"""Pooling, resizing and reductions: channels pass through, space shrinks."""

from typing import Any

from torch import Tensor

from cnnpruner.engine.tracing.elementwise import note_op
from cnnpruner.engine.tracing.ledger import Ledger, Untraceable, varying_dims
from cnnpruner.engine.tracing.registry import Call, rule

_POOLS = ("max_pool", "avg_pool", "adaptive_avg_pool", "adaptive_max_pool", "lp_pool", "fractional_max_pool")
POOLS = tuple(f"{kind}{size}d{tail}" for kind in _POOLS for size in (1, 2, 3) for tail in ("", "_with_indices"))
REDUCTIONS = "mean sum nansum amax amin max min median prod var std norm vector_norm logsumexp nanmean all any"


@rule(*POOLS)
def pool(call: Call, ledger: Ledger) -> None:
    """[N, C, ..] → [N, C, ..]."""
    _over_space(call, ledger)
    if ledger.ids_of(call.x) is not None:
        note_op(call, "pool", ledger)


@rule("interpolate", "upsample", "upsample_nearest", "upsample_bilinear", "grid_sample")
def resize(call: Call, ledger: Ledger) -> None:
    """[N, C, ..] → [N, C, ..], other sizes."""
    _over_space(call, ledger)


def _over_space(call: Call, ledger: Ledger) -> None:
    ids = ledger.ids_of(call.x)
    if ids is None:
        return
    if any(dim > 1 for dim in varying_dims(ids)) or call.x.ndim < 3:
        raise Untraceable("pools over channels")
    ledger.put(call.out[0] if isinstance(call.out, tuple) else call.out, ids)


@rule(*REDUCTIONS.split())
def reduce(call: Call, ledger: Ledger) -> None:
    """Some dimensions fall away or get length 1; channels must not be among them."""
    second = call.argument(1, "dim", call.kwargs.get("axis"))
    if isinstance(second, Tensor):
        raise Untraceable("compares two activations")
    ids, dims = ledger.ids_of(call.x), _dims(second, call.x.ndim, call.name)
    if ids is None:
        return
    if any(ids.shape[dim] > 1 for dim in dims):
        raise Untraceable("reduces over channels")
    out = call.out if isinstance(call.out, Tensor) else call.out[0]
    for dim in sorted(dims, reverse=True) if out.ndim < ids.ndim else ():
        ids = ids.squeeze(dim)
    ledger.put(out, ids)
    if dims == [2, 3]:
        note_op(call, "pool", ledger)


def _dims(given: Any, ndim: int, name: str) -> list[int]:
    if name == "norm" or given is None:
        return list(range(ndim)) if ndim != 0 else []
    return sorted(dim % ndim for dim in (given if isinstance(given, tuple | list) else [given]))


@rule("softmax", "log_softmax", "softmin", "gumbel_softmax", "cumsum", "cumprod")
def along_a_dimension(call: Call, ledger: Ledger) -> None:
    """Every entry depends on all others of its dimension; channels in it must stay."""
    ids, dim = ledger.ids_of(call.x), call.argument(1, "dim")
    if ids is None:
        return
    dims = range(ids.ndim) if dim is None else [int(dim) % ids.ndim]
    if any(ids.shape[dim] > 1 for dim in dims):
        ledger.freeze(ids, "every channel made to depend on all others")
    ledger.put(call.out, ids)
