"""Data movement: carried out on the ids as on the data."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from cnnpruner.engine.tracing.elementwise import note_op
from cnnpruner.engine.tracing.ledger import Ledger, Untraceable, shrink, varying_dims
from cnnpruner.engine.tracing.registry import RULES, Call, rule

MOVES = """permute transpose swapaxes swapdims movedim moveaxis unsqueeze squeeze t mT expand expand_as flip fliplr
    flipud rot90 atleast_2d atleast_3d"""
RESHAPES = "view reshape flatten unflatten view_as reshape_as ravel pixel_shuffle pixel_unshuffle channel_shuffle"
PICKS = "__getitem__ narrow select index_select roll repeat tile repeat_interleave gather take_along_dim"


@rule(*MOVES.split())
def move(call: Call, ledger: Ledger) -> None:
    """Dimensions change places; every channel stays whole."""
    ids = ledger.ids_of(call.x)
    if ids is not None:
        ledger.put(call.out, shrink(_moved(call, ids)))


@rule(*RESHAPES.split())
def reshape(call: Call, ledger: Ledger) -> None:
    """Dimensions are split or merged. Where channels are split, each part must lose the same places."""
    ids = ledger.ids_of(call.x)
    if ids is None:
        return
    if call.out.shape == call.x.shape:
        ledger.put(call.out, ids if "shuffle" not in call.name else shrink(_moved(call, ids)))
        if "shuffle" in call.name:
            _align_shuffled(call, ids, ledger)
        return
    result = shrink(_moved(call, ids))
    dims = varying_dims(result)
    if len(dims) > max(1, len(varying_dims(ids))):
        if len(dims) > 2:
            raise Untraceable("splits channels into more than two dimensions")
        ledger.unite(result.narrow(dims[0], 0, 1), result)
    ledger.put(call.out, result)


def _align_shuffled(call: Call, ids: Tensor, ledger: Ledger) -> None:
    """channel_shuffle(x, groups) deals the groups out in turn: each must lose the same places."""
    channel_ids = ledger.channel_ids(call.x, 1)
    if len(varying_dims(ids)):
        rows = channel_ids.reshape(call.argument(1, "groups"), -1)
        ledger.unite(rows[:1], rows)


@rule(*PICKS.split())
def pick(call: Call, ledger: Ledger) -> None:
    """An excerpt; where it takes channels by fixed places, all of them must stay."""
    ids = ledger.ids_of(call.x)
    if ids is None:
        return
    if not isinstance(call.out, Tensor):
        raise Untraceable(f"{call.name} gives no tensor")
    result = shrink(_moved(call, ids))
    if not _is_whole(ids, result):
        ledger.freeze(ids, "some channels taken by fixed numbers")
    ledger.put(call.out, result)


def _is_whole(before: Tensor, after: Tensor) -> bool:
    """Whether all channels are there, once, in their order."""
    return bool(torch.equal(before.reshape(-1), after.reshape(-1)))


@rule("pad")
def pad(call: Call, ledger: Ledger) -> None:
    """Channels of zeros are constants; padding of space changes nothing."""
    ids = ledger.ids_of(call.x)
    if ids is None:
        return
    added = _padding(call.argument(1, "pad"), call.x.ndim)
    dims = [dim for dim in added if dim == 1 or ids.shape[dim] > 1]
    if dims and call.argument(2, "mode", "constant") != "constant":
        raise Untraceable("pads channels with copies of others")
    for dim in dims:
        shape = [call.x.shape[each] if each == dim else length for each, length in enumerate(ids.shape)]
        flat = [value for each in reversed(range(ids.ndim)) for value in (added[dim] if each == dim else (0, 0))]
        ids = torch.nn.functional.pad(ids.expand(shape), flat, value=-1)
    ledger.put(call.out, ids)


def _padding(given: Any, ndim: int) -> dict[int, tuple[int, int]]:
    """Before and after, by dimension, where there is any."""
    pairs = [(int(given[at]), int(given[at + 1])) for at in range(0, len(given), 2)]
    return {ndim - 1 - back: pair for back, pair in enumerate(pairs) if any(pair)}


@rule("cat", "concat", "concatenate", "stack")
def join(call: Call, ledger: Ledger) -> None:
    """Parts one behind the other. Along channels they follow each other; along anything else they go together."""
    parts = list(call.argument(0, "tensors"))
    dim = int(call.argument(1, "dim", call.kwargs.get("axis", 0))) % call.out.ndim
    ids = [ledger.ids_of(part) for part in parts]
    if all(each is None for each in ids):
        return
    if call.name == "stack":
        parts = [part.unsqueeze(dim) for part in parts]
        ids = [None if each is None else each.unsqueeze(dim) for each in ids]
    laid = [torch.full((1,) * call.out.ndim, -1) if each is None else each for each in ids]
    if any(each != dim for one in laid for each in varying_dims(one)):
        result = laid[0]
        for other in laid[1:]:
            ledger.unite(result, other)
            result = other if other.numel() > result.numel() else result
    else:
        result = torch.cat([_lengthen(each, dim, part.shape[dim]) for each, part in zip(laid, parts, strict=True)], dim)
        note_op(call, "concat", ledger)
    ledger.put(call.out, result)


def _lengthen(ids: Tensor, dim: int, length: int) -> Tensor:
    shape = list(ids.shape)
    shape[dim] = length
    return ids.expand(shape)


@rule("chunk", "split", "split_with_sizes", "tensor_split", "unbind", "hsplit", "vsplit", "dsplit", "unsafe_chunk")
def divide(call: Call, ledger: Ledger) -> None:
    """Parts of a dimension. A number of equal parts of channels stays equal only if all lose the same places."""
    ids = ledger.ids_of(call.x)
    if ids is None:
        return
    pieces = call.func(ids.expand(call.x.shape), *call.args[1:], **call.kwargs)
    pieces = [shrink(piece) for piece in pieces]
    if any(not _is_whole(ids, piece) for piece in pieces):
        if call.name == "chunk" and len({piece.shape for piece in pieces}) == 1:
            for piece in pieces[1:]:
                ledger.unite(pieces[0], piece)
        else:
            ledger.freeze(ids, "divided at fixed channel numbers")
    for part, piece in zip(call.out, pieces, strict=True):
        ledger.put(part, piece)


def _moved(call: Call, ids: Tensor) -> Tensor:
    """The same operation, on the ids."""
    func: Callable[..., Tensor] = call.func
    args = [_on_cpu(value) for value in call.args[1:]]
    kwargs = {name: _on_cpu(value) for name, value in call.kwargs.items() if name != "input"}
    # contiguous, for a view of ids must be possible wherever a view of the data was
    return func(ids.expand(call.x.shape).contiguous(), *args, **kwargs)


def _on_cpu(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.cpu()
    if isinstance(value, tuple | list):
        return type(value)(_on_cpu(each) for each in value)
    return value


for _shape in ("T", "mT", "H", "mH"):
    RULES[getattr(Tensor, _shape).__get__] = move
