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

CONSTANT = -1
_IDS_ATTRIBUTE = "channel_ids"


class Untraceable(Exception):
    """Raised by a rule that cannot follow the channels through an operation; the message says why."""


@dataclass
class CountedCalls:
    """Calls of one operation at one line of the network whose MACs are not counted through the weight of a layer in
    `Ledger.calls`.
    """

    name: str
    location: str
    macs: int
    layer: str | None
    """If the operation belongs to a layer that computes its weight: the key of this layer in `Ledger.calls`; otherwise
    None.
    """


@dataclass
class TracedLayer:
    """A convolution or linear layer that runs in the forward pass."""

    weight: str
    """Name of the weight, or of the module if the module computes its weight in the forward pass."""
    kind: LayerKind
    filters: Tensor
    """Id of each filter, [F]."""
    inputs: Tensor
    """Id of each input channel of the layer, [C]."""
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
    counted: dict[tuple[str, str, str | None], CountedCalls] = field(default_factory=dict)
    """Multiply-accumulates of operations that use no traced weight, by (operation, line, layer)."""
    uncounted: dict[str, None] = field(default_factory=dict)
    """Operations whose multiplications are not counted, with their source lines, in forward order, each listed once."""
    computed_weight_layer: str | None = None
    """If the current operation belongs to a layer that computes its weight in the forward pass: the key of this layer.
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
        """Return the name for the next call of a module that computes its weight; from the second call on, with a
        number appended.
        """
        number = 1 + sum(
            call.has_computed_weight and call.weight.split(" #")[0] == module for call in self.calls.values()
        )
        return module if number == 1 else f"{module} #{number}"

    def record_macs(self, macs: int, uncounted: Sequence[str]) -> None:
        """Record the multiply-accumulates of the current operation over all images, and the parts of it that are not
        counted.
        """
        if not (uncounted or macs) or self.is_layer_operation:
            return
        location = locate_call(self.modules)
        self.uncounted.update((f"{part} in {self.operation} {location}", None) for part in uncounted)
        if macs:
            key = (self.operation, location, self.computed_weight_layer)
            calls = self.counted.setdefault(key, CountedCalls(self.operation, location, 0, self.computed_weight_layer))
            calls.macs += macs // self.images

    def start_operation(self, name: str) -> None:
        """Start recording an operation."""
        self.operation, self.computed_weight_layer, self.is_layer_operation = name, None, False

    def new_ids(self, count: int) -> Tensor:
        """Return `count` unused ids."""
        self.count += count
        return torch.arange(self.count - count, self.count)

    def find_name(self, tensor: object) -> str | None:
        """Return the name of a tensor if it is a parameter or buffer of the network; None for other objects."""
        return self._names.get(id(tensor))

    def record_use(self, arguments: Sequence[object]) -> None:
        """Record which parameters and buffers an operation uses."""
        self.used_names.update(name for tensor in tensors_in(arguments) if (name := self._names.get(id(tensor))))

    def find_ids(self, tensor: object) -> Tensor | None:
        """Return the id tensor of an activation; None for constants and other objects."""
        if not isinstance(tensor, Tensor):
            return None
        ids: Tensor | None = tensor.__dict__.get(_IDS_ATTRIBUTE)
        if ids is None and id(tensor) in self._names:
            return self._assign_vector_ids(tensor)
        return ids

    def set_ids(self, tensor: Tensor, ids: Tensor) -> None:
        """Attach ids to an activation; they exist as long as the activation does."""
        assert ids.ndim == tensor.ndim
        tensor.__dict__[_IDS_ATTRIBUTE] = ids

    def forget(self, tensor: Tensor) -> None:
        """Treat an activation as a constant from now on."""
        tensor.__dict__.pop(_IDS_ATTRIBUTE, None)

    def couple(self, first: Tensor, second: Tensor) -> None:
        """Couple the channels at equal positions, and freeze channels that are combined with a constant."""
        if first is second:
            return
        broadcast_ids = torch.broadcast_tensors(first, second)  # type: ignore[no-untyped-call]
        first, second = (operand_ids.reshape(-1) for operand_ids in broadcast_ids)
        is_first_constant, is_second_constant = first < 0, second < 0
        is_either_constant = is_first_constant ^ is_second_constant
        self.freeze(torch.where(is_first_constant, second, first)[is_either_constant], "combined with a constant")
        are_both_channels = ~(is_first_constant | is_second_constant)
        self.pairs.append((first[are_both_channels], second[are_both_channels]))

    def freeze(self, ids: Tensor, cause: str) -> None:
        """Freeze these channels. The stored reason names the current operation and line of the network."""
        ids = ids[ids >= 0]
        if len(ids):
            self.frozen.append(FrozenChannels(ids, f"{cause} ({self.operation} {locate_call(self.modules)})"))

    def record_ids(self, tensor: object, dim: int, ids: Tensor) -> None:
        """Record which channels the entries of a parameter or buffer along `dim` belong to. ids: [length of dim]."""
        name = self.find_name(tensor)
        if name is None:
            return
        earlier_ids = self.ids_by_dim.setdefault((name, dim), ids)
        self.couple(earlier_ids, ids)

    def channel_ids(self, tensor: Tensor, dim: int) -> Tensor:
        """Return the ids of an activation along `dim`, [length of dim].

        Raises Untraceable if the ids also differ along other dimensions.
        """
        ids, length = self.find_ids(tensor), tensor.shape[dim]
        if ids is None:
            return torch.full((length,), CONSTANT)
        if ids.numel() not in {1, ids.shape[dim]}:
            raise Untraceable("its channels are spread over several dimensions")
        return ids.reshape(-1).expand(length)

    def _assign_vector_ids(self, tensor: Tensor) -> Tensor | None:
        """Return the ids of a parameter that is itself an operand and has one entry per channel, such as a gate or
        scale.
        """
        non_singleton_dims = [dim for dim, length in enumerate(tensor.shape) if length > 1]
        if len(non_singleton_dims) != 1:
            return None
        name = self._names[id(tensor)]
        if (name, non_singleton_dims[0]) not in self.ids_by_dim:
            self.ids_by_dim[name, non_singleton_dims[0]] = self.new_ids(tensor.numel())
        return self.ids_by_dim[name, non_singleton_dims[0]].reshape(tensor.shape)


def reshape_along(ids: Tensor, ndim: int, dim: int) -> Tensor:
    """Reshape [C] to `ndim` dimensions, with length C along `dim` and length 1 along all others."""
    shape = [1] * ndim
    shape[dim] = len(ids)
    return ids.reshape(shape)


def varying_dims(ids: Tensor) -> list[int]:
    """Return the dimensions along which the ids differ."""
    return [dim for dim, length in enumerate(ids.shape) if length > 1]


def squeeze_equal(ids: Tensor) -> Tensor:
    """Shorten every dimension along which all ids are equal to length 1."""
    for dim in range(ids.ndim):
        if ids.shape[dim] > 1:
            first = ids.narrow(dim, 0, 1)
            if bool((ids == first).all()):
                ids = first
    return ids


def tensors_in(values: Sequence[object]) -> list[Tensor]:
    """Return all tensors in `values`, including those in nested lists."""
    tensors: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            tensors.append(value)
        elif isinstance(value, list | tuple):
            tensors += tensors_in(value)
    return tensors
