"""Rules for operations that only move data. Each rule applies the operation to the channel ids as well."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from cnnpruner.engine.tracing.elementwise import record_operation
from cnnpruner.engine.tracing.ledger import Ledger, TracingFailed, squeeze_equal_dims, varying_dims
from cnnpruner.engine.tracing.registry import TRACING_RULES, TracedCall, rule

PERMUTATION_OPERATIONS = """
    permute transpose swapaxes swapdims movedim moveaxis unsqueeze squeeze t mT expand expand_as flip
    fliplr flipud rot90 atleast_2d atleast_3d"""
RESHAPE_OPERATIONS = (
    "view reshape flatten unflatten view_as reshape_as ravel pixel_shuffle pixel_unshuffle channel_shuffle"
)
SELECTION_OPERATIONS = "__getitem__ narrow select index_select roll repeat tile repeat_interleave gather take_along_dim"


@rule(*PERMUTATION_OPERATIONS.split())
def permutation_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for operations that permute, add, remove, expand or flip dimensions without splitting the channels."""
    ids = ledger.find_ids(call.x)
    if ids is not None:
        ledger.set_ids(call.out, squeeze_equal_dims(_apply_to_ids(call, ids)))


@rule(*RESHAPE_OPERATIONS.split())
def reshape_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for operations that split or merge dimensions.

    If the channels are split into blocks, the channels at equal positions of all blocks are coupled.
    """
    ids = ledger.find_ids(call.x)
    if ids is None:
        return
    if call.out.shape == call.x.shape:
        ledger.set_ids(call.out, ids if "shuffle" not in call.name else squeeze_equal_dims(_apply_to_ids(call, ids)))
        if "shuffle" in call.name:
            _couple_shuffled_channels(call, ids, ledger)
        return
    result = squeeze_equal_dims(_apply_to_ids(call, ids))
    dims = varying_dims(result)
    if len(dims) > max(1, len(varying_dims(ids))):
        if len(dims) > 2:
            raise TracingFailed("channels are split into more than two dimensions")
        ledger.couple_channels(result.narrow(dims[0], 0, 1), result)
    ledger.set_ids(call.out, result)


def _couple_shuffled_channels(call: TracedCall, ids: Tensor, ledger: Ledger) -> None:
    """Couple the channels at equal positions of all groups, because channel_shuffle(x, groups) interleaves the
    groups.
    """
    channel_ids = ledger.channel_ids(call.x, 1)
    if len(varying_dims(ids)):
        rows = channel_ids.reshape(call.argument(1, "groups"), -1)
        ledger.couple_channels(rows[:1], rows)


@rule(*SELECTION_OPERATIONS.split())
def selection_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for operations that select, repeat or move entries, such as indexing. If the result does not have the
    operand's channels in the same order, all channels of the operand are frozen, because the indices in the code are
    fixed.
    """
    ids = ledger.find_ids(call.x)
    if ids is None:
        return
    if not isinstance(call.out, Tensor):
        raise TracingFailed("the operation does not return a tensor")
    result = squeeze_equal_dims(_apply_to_ids(call, ids))
    if not _have_same_channels(ids, result):
        ledger.freeze_channels(ids, "some channels are selected by fixed indices")
    ledger.set_ids(call.out, result)


def _have_same_channels(ids: Tensor, other_ids: Tensor) -> bool:
    """Whether both id tensors contain the same channels in the same order."""
    return bool(torch.equal(ids.reshape(-1), other_ids.reshape(-1)))


@rule("pad")
def padding_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for padding. Added channels are constants; spatial padding does not change the ids."""
    ids = ledger.find_ids(call.x)
    if ids is None:
        return
    padding_by_dim = _parse_padding(call.argument(1, "pad"), call.x.ndim)
    dims = [dim for dim in padding_by_dim if dim == 1 or ids.shape[dim] > 1]
    if dims and call.argument(2, "mode", "constant") != "constant":
        raise TracingFailed("the channels are padded with copies of other channels")
    for dim in dims:
        shape = [call.x.shape[axis] if axis == dim else length for axis, length in enumerate(ids.shape)]
        flat_padding = [
            value for axis in reversed(range(ids.ndim)) for value in (padding_by_dim[dim] if axis == dim else (0, 0))
        ]
        ids = torch.nn.functional.pad(ids.expand(shape), flat_padding, value=-1)
    ledger.set_ids(call.out, ids)


def _parse_padding(argument: Any, ndim: int) -> dict[int, tuple[int, int]]:
    """Return, for each padded dimension, how many entries are added before and after it."""
    pairs = [(int(argument[i]), int(argument[i + 1])) for i in range(0, len(argument), 2)]
    return {ndim - 1 - offset: pair for offset, pair in enumerate(pairs) if any(pair)}


@rule("cat", "concat", "concatenate", "stack")
def concatenation_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for concatenation. Along the channel dimension, the ids are concatenated; along any other dimension, the
    channels at equal positions are coupled.
    """
    tensors = list(call.argument(0, "tensors"))
    dim = int(call.argument(1, "dim", call.kwargs.get("axis", 0))) % call.out.ndim
    optional_ids = [ledger.find_ids(tensor) for tensor in tensors]
    if all(ids is None for ids in optional_ids):
        return
    if call.name == "stack":
        tensors = [tensor.unsqueeze(dim) for tensor in tensors]
        optional_ids = [None if ids is None else ids.unsqueeze(dim) for ids in optional_ids]
    all_ids = [torch.full((1,) * call.out.ndim, -1) if ids is None else ids for ids in optional_ids]
    if any(axis != dim for ids in all_ids for axis in varying_dims(ids)):
        result = all_ids[0]
        for other in all_ids[1:]:
            ledger.couple_channels(result, other)
            result = other if other.numel() > result.numel() else result
    else:
        dim_lengths = [tensor.shape[dim] for tensor in tensors]
        result = torch.cat([_expand_dim(ids, dim, n) for ids, n in zip(all_ids, dim_lengths, strict=True)], dim)
        record_operation(call, "concat", ledger)
    ledger.set_ids(call.out, result)


def _expand_dim(ids: Tensor, dim: int, length: int) -> Tensor:
    shape = list(ids.shape)
    shape[dim] = length
    return ids.expand(shape)


@rule("chunk", "split", "split_with_sizes", "tensor_split", "unbind", "hsplit", "vsplit", "dsplit", "unsafe_chunk")
def split_rule(call: TracedCall, ledger: Ledger) -> None:
    """Rule for splitting a tensor along a dimension.

    If `chunk` splits the channels into equal chunks, the channels at equal positions in the chunks are coupled, so that
    the chunks keep equal sizes. After any other split of the channels, all of them are frozen.
    """
    ids = ledger.find_ids(call.x)
    if ids is None:
        return
    pieces = call.func(ids.expand(call.x.shape), *call.args[1:], **call.kwargs)
    pieces = [squeeze_equal_dims(piece) for piece in pieces]
    if any(not _have_same_channels(ids, piece) for piece in pieces):
        if call.name == "chunk" and len({piece.shape for piece in pieces}) == 1:
            for piece in pieces[1:]:
                ledger.couple_channels(pieces[0], piece)
        else:
            ledger.freeze_channels(ids, "the channels are split at fixed indices")
    for output, piece in zip(call.out, pieces, strict=True):
        ledger.set_ids(output, piece)


def _apply_to_ids(call: TracedCall, ids: Tensor) -> Tensor:
    """Apply the operation to the ids of its operand."""
    func: Callable[..., Tensor] = call.func
    args = [_move_to_cpu(value) for value in call.args[1:]]
    kwargs = {name: _move_to_cpu(value) for name, value in call.kwargs.items() if name != "input"}
    # contiguous, so that views of the ids are possible wherever views of the data are
    return func(ids.expand(call.x.shape).contiguous(), *args, **kwargs)


def _move_to_cpu(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.cpu()
    if isinstance(value, tuple | list):
        return type(value)(_move_to_cpu(item) for item in value)
    return value


for _attribute in ("T", "mT", "H", "mH"):
    TRACING_RULES[getattr(Tensor, _attribute).__get__] = permutation_rule
