"""What a trace has found so far: the channels' ids, which of them are one, and which must stay.

An *id tensor* belongs to an activation and broadcasts to it: per element the id of its channel, -1 for a constant.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import LayerKind, Op
from cnnpruner.engine.tracing.source import locate_call

CONSTANT = -1
_KEY = "channel_ids"


class Untraceable(Exception):
    """A rule cannot follow the channels through an operation; the message says why."""


@dataclass
class LayerCall:
    """A convolution or linear layer that ran."""

    weight: str
    kind: LayerKind
    filters: Tensor
    """[F] ids of its filters."""
    inputs: Tensor
    """[C] ids of the channels that it reads."""
    height: int
    width: int
    bias: str | None
    positions: int = 0
    """Positions at which its weight is multiplied, for one image, over all its calls."""


@dataclass(frozen=True)
class Frozen:
    """Ids that cannot be cut, and why."""

    ids: Tensor
    reason: str


@dataclass
class Ledger:
    """The findings of one trace. `images` is N of the images that are run."""

    network: nn.Module
    images: int
    count: int = 0
    pairs: list[tuple[Tensor, Tensor]] = field(default_factory=list)
    bound: dict[tuple[str, int], Tensor] = field(default_factory=dict)
    frozen: list[Frozen] = field(default_factory=list)
    calls: dict[str, LayerCall] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Names of the parameters and buffers that took part in any operation."""
    operation: str = ""
    """Name of the operation that is being looked at."""

    def __post_init__(self) -> None:
        tensors = [*self.network.named_parameters(), *self.network.named_buffers()]
        self._names = {id(tensor): name for name, tensor in tensors}
        self.modules = {id(module): name for name, module in self.network.named_modules()}

    def fresh(self, count: int) -> Tensor:
        """[count] ids that nothing has yet."""
        self.count += count
        return torch.arange(self.count - count, self.count)

    def name_of(self, tensor: object) -> str | None:
        """The name of a parameter or buffer of the network."""
        return self._names.get(id(tensor))

    def touch(self, arguments: Sequence[object]) -> None:
        """Note which parameters and buffers an operation was given."""
        self.touched.update(name for tensor in tensors_in(arguments) if (name := self._names.get(id(tensor))))

    def ids_of(self, tensor: object) -> Tensor | None:
        """The id tensor of an activation; None for what is no activation, or a constant."""
        if not isinstance(tensor, Tensor):
            return None
        ids: Tensor | None = tensor.__dict__.get(_KEY)
        if ids is None and id(tensor) in self._names:
            return self._track_vector(tensor)
        return ids

    def put(self, tensor: Tensor, ids: Tensor) -> None:
        """Note the ids of an activation on itself, so that they live as long as it does."""
        assert ids.ndim == tensor.ndim
        tensor.__dict__[_KEY] = ids

    def forget(self, tensor: Tensor) -> None:
        """Treat an activation as a constant from now on."""
        tensor.__dict__.pop(_KEY, None)

    def unite(self, one: Tensor, other: Tensor) -> None:
        """What stands at the same place goes together; what goes together with a constant must stay."""
        if one is other:
            return
        one, other = (side.reshape(-1) for side in torch.broadcast_tensors(one, other))  # type: ignore[no-untyped-call]
        constant_one, constant_other = one < 0, other < 0
        self.freeze(torch.where(constant_one, other, one)[constant_one ^ constant_other], "joined to a constant")
        both = ~(constant_one | constant_other)
        self.pairs.append((one[both], other[both]))

    def freeze(self, ids: Tensor, cause: str) -> None:
        """These channels must stay, because of what the network does at the present line."""
        ids = ids[ids >= 0]
        if len(ids):
            where = locate_call(self.modules)
            self.frozen.append(Frozen(ids, f"{cause} by {self.operation}, {where}"))

    def bind(self, tensor: object, dim: int, ids: Tensor) -> None:
        """Say whose channels the dimension of a parameter or buffer holds. ids: [length of the dimension]."""
        name = self.name_of(tensor)
        if name is None:
            return
        before = self.bound.setdefault((name, dim), ids)
        self.unite(before, ids)

    def channel_ids(self, tensor: Tensor, dim: int) -> Tensor:
        """[length of dim] ids of an activation along the one dimension in which they vary."""
        ids, length = self.ids_of(tensor), tensor.shape[dim]
        if ids is None:
            return torch.full((length,), CONSTANT)
        if ids.numel() not in {1, ids.shape[dim]}:
            raise Untraceable("its channels do not lie in one dimension")
        return ids.reshape(-1).expand(length)

    def _track_vector(self, tensor: Tensor) -> Tensor | None:
        """Ids of a parameter that is used as such: a gate or a scale with one entry per channel."""
        long = [dim for dim, length in enumerate(tensor.shape) if length > 1]
        if len(long) != 1:
            return None
        name = self._names[id(tensor)]
        if (name, long[0]) not in self.bound:
            self.bound[name, long[0]] = self.fresh(tensor.numel())
        return self.bound[name, long[0]].reshape(tensor.shape)


def lay(ids: Tensor, ndim: int, dim: int) -> Tensor:
    """[.., C at dim, ..] with ones elsewhere, from [C]."""
    shape = [1] * ndim
    shape[dim] = len(ids)
    return ids.reshape(shape)


def varying_dims(ids: Tensor) -> list[int]:
    """Dimensions along which ids differ."""
    return [dim for dim, length in enumerate(ids.shape) if length > 1]


def shrink(ids: Tensor) -> Tensor:
    """The same with length 1 in every dimension along which ids are all alike."""
    for dim in range(ids.ndim):
        if ids.shape[dim] > 1:
            first = ids.narrow(dim, 0, 1)
            if bool((ids == first).all()):
                ids = first
    return ids


def tensors_in(values: Sequence[object]) -> list[Tensor]:
    """All tensors among arguments and in the lists among them."""
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += tensors_in(value)
    return found
