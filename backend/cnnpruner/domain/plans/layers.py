"""What can be pruned in a node: layers, units, groups, frozen units with the reasons, and the cost model."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value

LayerKind = Literal["conv", "depthwise", "grouped", "linear"]


class Layer(Value):
    """A convolution or fully connected layer of this node."""

    index: int = Field(description="Position in `layers`, in forward order.")
    name: str = Field(description="Name of the module in PyTorch.")
    kind: LayerKind = Field(description="Kind of layer. Depthwise and grouped convolutions have kinds of their own.")
    group: int = Field(description="Index of the group that the layer belongs to.")
    output: bool = Field(
        description="Whether the layer outputs the classes. The output layer's units do not count as filters."
    )
    filters: int = Field(description="Output channels or units in this node.")
    original_filters: int = Field(description="Output channels or units in the root.")
    numbers: list[int] = Field(description="Original numbers of the filters in this node, ordered by position.")
    height: int = Field(description="Height of the output in pixels; 1 for fully connected layers.")
    width: int = Field(description="Width of the output in pixels; 1 for fully connected layers.")
    stride: list[int] | None = Field(
        default=None,
        description="Stride of a convolution in each dimension; empty for fully connected layers, null if the tree is "
        "from version 0.2.0 or earlier.",
    )
    parameters: int = Field(description="Number of parameters of the layer's weight and bias in this node.")
    macs: int = Field(description="Multiply-accumulates for one image in this node.")


class Unit(Value):
    """Filters that can only be removed together."""

    id: int = Field(description="ID of the unit; the same in all nodes of the experiment.")
    group: int = Field(description="Index of the group that the unit belongs to.")
    members: list[tuple[int, int]] = Field(
        description="Filters in the unit, as pairs of layer index and original filter number."
    )
    free: bool = Field(description="Whether the unit can be removed.")
    reason: str | None = Field(
        description="Why the unit is frozen, with the line of the network's code that causes it; null if it is free."
    )


class Group(Value):
    """Layers that share units. A group is named after its first layer in forward order."""

    index: int = Field(description="Position in `groups`.")
    name: str = Field(description="Name of the group's first layer.")
    layers: list[int] = Field(description="Indices of the group's layers, in forward order.")


class Tensor(Value):
    """A parameter or buffer of the network. `dims` says which units the entries of each dimension belong to."""

    name: str = Field(description="Name in the state dict.")
    parameter: bool = Field(description="Whether the tensor counts as a parameter. Buffers do not count.")
    dtype: str = Field(description="Data type as safetensors names it: F32, I64, …")
    shape: list[int] = Field(description="Shape in this node.")
    dims: list[int | None] = Field(
        description="For each dimension of the tensor, an index into `dim_units`; null for a dimension that is never "
        "pruned."
    )
    positions: int = Field(
        description="Number of output positions at which each element is multiplied; 0 if its MACs are not counted."
    )
    layer: int | None = Field(description="Index of the layer that the tensor belongs to.")


class Reader(Value):
    """A weight that mixes its input channels, and the units that these channels belong to."""

    tensor: int = Field(description="Index into `tensors`.")
    inputs: int = Field(description="Index of the list in `dim_units` that holds the unit of each input channel.")


class CountedOperation(Value):
    """Multiply-accumulates that belong to no traced weight: those of attention, matrix products, recurrent cells, and
    layers whose weight is computed in each pass. No channel of these operations can be removed, so their cost is the
    same in all nodes.
    """

    name: str = Field(description="Name of the function in PyTorch, such as `matmul` or `lstm`.")
    location: str = Field(description="Line of the network's code, or module, that calls the function.")
    macs: int = Field(description="Multiply-accumulates of all calls of the function at this place, for one image.")
    layer: int | None = Field(
        description="Index of the layer, if the operation is a layer whose weight is computed in each pass; else null."
    )


class Op(Value):
    """An operation shown in the architecture strip."""

    kind: Literal["layer", "pool", "add", "concat"] = Field(
        description="Kind of operation: a layer, pooling, a sum or a concatenation."
    )
    name: str = Field(description="Display name. For a layer, the name of its module in PyTorch.")
    layer: int | None = Field(description="Layer index if `kind` is `layer`, else null.")
    height: int = Field(description="Height of the output in pixels.")
    width: int = Field(description="Width of the output in pixels.")


class Layers(Value):
    """A network's structure, as needed for plans, costs, scores and charts.

    The root's structure comes from tracing the network once; every other node has the root's structure without the
    removed units.
    """

    image: tuple[int, int, int] = Field(description="Shape of an input image: channels, height, width.")
    layers: list[Layer] = Field(description="Layers in forward order.")
    units: list[Unit] = Field(description="Units by ascending ID.")
    groups: list[Group] = Field(description="Groups in forward order.")
    tensors: list[Tensor] = Field(description="Tensors in the order of the state dict.")
    dim_units: list[list[int]] = Field(
        description="Lists of unit IDs, to which `dims` of `tensors` refers by index. Entry j of a list is the unit at "
        "index j of that dimension; -1 for a constant channel."
    )
    readers: list[Reader] = Field(
        description="All weights that mix channels, with the units whose outputs each one reads."
    )
    architecture: list[Op] = Field(description="Operations in forward order.")
    operations: list[CountedOperation] = Field(
        default_factory=list, description="Operations whose multiply-accumulates belong to no traced weight."
    )
    uncounted: list[str] = Field(
        default_factory=list,
        description="Operations whose multiplications are not counted in any total, with the lines that call them.",
    )
    notes: list[str] = Field(description="Notes from the trace, one sentence each.")


class NodeLayers(Layers):
    """The structure of one node."""

    node_id: int = Field(description="ID of the node.")
