"""Everything that a trace records: the ids of channels, which channels are coupled, and which are frozen.

An *id tensor* belongs to an activation and can be broadcast to its shape. It contains the channel id of each element,
or -1 for a constant.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import LayerKind, Op
from cnnpruner.engine.tracing.source import locate_call

CONSTANT_ID = -1
_IDS_ATTRIBUTE = "channel_ids"


class TracingFailed(Exception):
    """Raised by a rule that cannot follow the channels through an operation; the message says why."""


@dataclass
class CountedCalls:
    """All calls of one operation at one source line of the network. Recorded only if their MACs cannot be computed from
    the weight of a traced layer.
    """

    name: str
    location: str
    macs: int
    layer: str | None
    """If the operation belongs to a layer that computes its weight in the forward pass, the key of this layer in
    `Ledger.calls`; otherwise None.
    """


@dataclass
class TracedLayer:
    """A convolution or linear layer that runs in the forward pass."""

    weight: str
    """Name of the weight, or of the module if the module computes its weight in the forward pass."""
    kind: LayerKind
    filters: Tensor
    """Channel id of each filter, [F]."""
    inputs: Tensor
    """Channel id of each input channel of the layer, [C]."""
    height: int
    width: int
    stride: list[int]
    """Stride along each spatial dimension; empty for linear layers."""
    bias: str | None
    positions: int = 0
    """Number of positions per image at which the weight is applied, over all calls of the layer; 0 for a computed
    weight.
    """
    has_computed_weight: bool = False
    """Whether the weight is computed in the forward pass. If so, none of the layer's channels can be cut."""


@dataclass(frozen=True)
class FrozenChannels:
    """Ids of channels that cannot be cut, with the reason."""

    ids: Tensor
    reason: str


@dataclass
class Ledger:
    """Everything that one trace records. `images` is the number of images that the network was run on."""

    network: nn.Module
    images: int
    count: int = 0
    pairs: list[tuple[Tensor, Tensor]] = field(default_factory=list)
    ids_by_dim: dict[tuple[str, int], Tensor] = field(default_factory=dict)
    frozen: list[FrozenChannels] = field(default_factory=list)
    calls: dict[str, TracedLayer] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)
    counted_calls: dict[tuple[str, str, str | None], CountedCalls] = field(default_factory=dict)
    """Calls whose multiply-accumulates cannot be computed from a traced weight. Keys: (operation, source line,
    `CountedCalls.layer`).
    """
    uncounted: dict[str, None] = field(default_factory=dict)
    """Descriptions of operations whose multiplications are not counted, with their source lines. The dict serves as an
    ordered set: in forward order, without duplicates.
    """
    computed_weight_layer: str | None = None
    """If the current operation belongs to a layer that computes its weight in the forward pass, the key of this layer
    in `calls`; otherwise None.
    """
    is_layer_operation: bool = False
    """Whether the current operation is a layer whose multiply-accumulates are computed from its weight."""
    used_names: set[str] = field(default_factory=set)
    """Names of the parameters and buffers used by any operation."""
    operation: str = ""
    """Name of the current operation."""

    def __post_init__(self) -> None:
        tensors = [*self.network.named_parameters(), *self.network.named_buffers()]
        self._names = {id(tensor): name for name, tensor in tensors}
        self.modules = {id(module): name for name, module in self.network.named_modules()}

    def next_layer_name(self, module: str) -> str:
        """Return the name under which to record the next call of a module that computes its weight in the forward pass:
        for the first call, the module's own name; for later calls, this name followed by ` #2`, ` #3` and so on.
        """
        number = 1 + sum(
            call.has_computed_weight and call.weight.split(" #")[0] == module for call in self.calls.values()
        )
        return module if number == 1 else f"{module} #{number}"

    def record_macs(self, macs: int, uncounted: Sequence[str]) -> None:
        """Record the multiply-accumulates of the current operation. macs: total over all images. uncounted: names of
        the torch operations that the current operation ran and whose multiply-accumulates could not be counted.
        """
        if not (uncounted or macs) or self.is_layer_operation:
            return
        location = locate_call(self.modules)
        self.uncounted.update((f"{part} in {self.operation} {location}", None) for part in uncounted)
        if macs:
            key = (self.operation, location, self.computed_weight_layer)
            calls = self.counted_calls.setdefault(
                key, CountedCalls(self.operation, location, 0, self.computed_weight_layer)
            )
            calls.macs += macs // self.images

    def start_operation(self, name: str) -> None:
        """Make the operation `name` the current one. All other methods record for the current operation."""
        self.operation, self.computed_weight_layer, self.is_layer_operation = name, None, False

    def new_ids(self, count: int) -> Tensor:
        """Return `count` unused ids."""
        self.count += count
        return torch.arange(self.count - count, self.count)

    def find_name(self, tensor: object) -> str | None:
        """Return the name of a tensor if it is a parameter or buffer of the network; None for other objects."""
        return self._names.get(id(tensor))

    def record_used_names(self, arguments: Sequence[object]) -> None:
        """Record which parameters and buffers an operation uses."""
        self.used_names.update(name for tensor in find_tensors(arguments) if (name := self._names.get(id(tensor))))

    def find_ids(self, tensor: object) -> Tensor | None:
        """Return the channel ids of the entries of `tensor` as an id tensor. Such ids exist for activations, and for
        parameters and buffers with one entry per channel. Return None for all other objects.
        """
        if not isinstance(tensor, Tensor):
            return None
        ids: Tensor | None = tensor.__dict__.get(_IDS_ATTRIBUTE)
        if ids is None and id(tensor) in self._names:
            return self._assign_vector_ids(tensor)
        return ids

    def set_ids(self, tensor: Tensor, ids: Tensor) -> None:
        """Attach channel ids to an activation for as long as it exists."""
        assert ids.ndim == tensor.ndim
        tensor.__dict__[_IDS_ATTRIBUTE] = ids

    def forget_ids(self, tensor: Tensor) -> None:
        """Treat an activation as a constant from now on."""
        tensor.__dict__.pop(_IDS_ATTRIBUTE, None)

    def couple_channels(self, first: Tensor, second: Tensor) -> None:
        """Couple the channels at equal positions of two id tensors, and freeze channels that are combined with a
        constant.
        """
        if first is second:
            return
        broadcast_ids = torch.broadcast_tensors(first, second)  # type: ignore[no-untyped-call]
        first, second = (operand_ids.reshape(-1) for operand_ids in broadcast_ids)
        is_first_operand_constant, is_second_constant = first < 0, second < 0
        has_one_constant = is_first_operand_constant ^ is_second_constant
        self.freeze_channels(
            torch.where(is_first_operand_constant, second, first)[has_one_constant],
            "the channels are combined with a constant",
        )
        are_both_channels = ~(is_first_operand_constant | is_second_constant)
        self.pairs.append((first[are_both_channels], second[are_both_channels]))

    def freeze_channels(self, ids: Tensor, cause: str) -> None:
        """Freeze the channels with these ids. The stored reason consists of `cause`, the current operation, and its
        source line.
        """
        ids = ids[ids >= 0]
        if len(ids):
            self.frozen.append(FrozenChannels(ids, f"{cause} ({self.operation} {locate_call(self.modules)})"))

    def record_ids(self, tensor: object, dim: int, ids: Tensor) -> None:
        """Record, for each position along dimension `dim` of a parameter or buffer, the channel that the position
        belongs to. ids: [length of dim].
        """
        name = self.find_name(tensor)
        if name is None:
            return
        earlier_ids = self.ids_by_dim.setdefault((name, dim), ids)
        self.couple_channels(earlier_ids, ids)

    def channel_ids(self, tensor: Tensor, dim: int) -> Tensor:
        """Return the channel ids of an activation along `dim`, [length of dim].

        Raises TracingFailed if the ids also differ along other dimensions.
        """
        ids, length = self.find_ids(tensor), tensor.shape[dim]
        if ids is None:
            return torch.full((length,), CONSTANT_ID)
        if ids.numel() not in {1, ids.shape[dim]}:
            raise TracingFailed("its channels are spread over several dimensions")
        return ids.reshape(-1).expand(length)

    def _assign_vector_ids(self, tensor: Tensor) -> Tensor | None:
        """Return the id tensor of a parameter or buffer that is itself an operand, such as a gate or scale with one
        entry per channel. Return None unless exactly one of its dimensions is longer than 1.
        """
        non_singleton_dims = [dim for dim, length in enumerate(tensor.shape) if length > 1]
        if len(non_singleton_dims) != 1:
            return None
        name = self._names[id(tensor)]
        if (name, non_singleton_dims[0]) not in self.ids_by_dim:
            self.ids_by_dim[name, non_singleton_dims[0]] = self.new_ids(tensor.numel())
        return self.ids_by_dim[name, non_singleton_dims[0]].reshape(tensor.shape)


def reshape_along_dim(ids: Tensor, ndim: int, dim: int) -> Tensor:
    """Reshape `ids` [C] to `ndim` dimensions, with length C along `dim` and length 1 along all other dimensions."""
    shape = [1] * ndim
    shape[dim] = len(ids)
    return ids.reshape(shape)


def varying_dims(ids: Tensor) -> list[int]:
    """Return the dimensions along which an id tensor contains different ids: those longer than 1."""
    return [dim for dim, length in enumerate(ids.shape) if length > 1]


def squeeze_equal_dims(ids: Tensor) -> Tensor:
    """If all ids along a dimension are equal, shorten this dimension to length 1."""
    for dim in range(ids.ndim):
        if ids.shape[dim] > 1:
            first = ids.narrow(dim, 0, 1)
            if bool((ids == first).all()):
                ids = first
    return ids


def find_tensors(values: Sequence[object]) -> list[Tensor]:
    """Return all tensors in `values`, including those in nested lists."""
    tensors: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            tensors.append(value)
        elif isinstance(value, list | tuple):
            tensors += find_tensors(value)
    return tensors
