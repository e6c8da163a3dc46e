"""What can be pruned in a node: layers, units and groups, the reason why each frozen unit is frozen, and the cost
model.
"""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value

LayerKind = Literal["conv", "depthwise", "grouped", "linear"]


class Layer(Value):
    """A convolution or fully connected layer of the node's network."""

    index: int = Field(description="Position of the layer in `layers`, which is in the order of the forward pass.")
    name: str = Field(description="Name of the PyTorch module.")
    kind: LayerKind = Field(description="Kind of layer. Depthwise and grouped convolutions are separate kinds.")
    group: int = Field(description="Index of the group that the layer belongs to.")
    output: bool = Field(
        description="Whether this is the output layer, which computes the logits. Its outputs do not count as filters."
    )
    filters: int = Field(description="Number of output channels or output features in this node.")
    original_filters: int = Field(description="Number of output channels or output features in the root.")
    numbers: list[int] = Field(
        description="Original numbers of the filters in this node, in the order of their positions in the layer."
    )
    height: int = Field(description="Height of the output in pixels; 1 for fully connected layers.")
    width: int = Field(description="Width of the output in pixels; 1 for fully connected layers.")
    stride: list[int] | None = Field(
        default=None,
        description="Stride of a convolution in each dimension; empty for fully connected layers, null if the tree is "
        "from version 0.2.0 or earlier.",
    )
    parameters: int = Field(description="Number of parameters of the layer's weight and bias in this node.")
    macs: int = Field(description="Number of multiply-accumulates of the layer for one image in this node.")


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
    """Layers that share units. A group is named after its first layer in the order of the forward pass."""

    index: int = Field(description="Position of the group in `groups`.")
    name: str = Field(description="Name of the first layer in the group.")
    layers: list[int] = Field(description="Indices of the group's layers, in the order of the forward pass.")


class Tensor(Value):
    """A parameter or buffer of the network. For each dimension, `dims` refers to the list in `dim_units` that assigns
    the positions along this dimension to units.
    """

    name: str = Field(description="Name of the tensor in the state dict.")
    parameter: bool = Field(description="Whether the tensor counts as a parameter. Buffers do not count.")
    dtype: str = Field(description="Data type, as named by safetensors: F32, I64, …")
    shape: list[int] = Field(description="Shape of the tensor in this node.")
    dims: list[int | None] = Field(
        description="For each dimension of the tensor, an index into `dim_units`; null for a dimension that is never "
        "pruned."
    )
    positions: int = Field(
        description="Number of output positions at which each element is multiplied; 0 if its MACs are not counted."
    )
    layer: int | None = Field(description="Index of the layer that the tensor belongs to.")


class Reader(Value):
    """A weight tensor that mixes its input channels, and the units to which these channels belong."""

    tensor: int = Field(description="Index of the weight tensor in `tensors`.")
    inputs: int = Field(description="Index of the list in `dim_units` that contains the unit ID of each input channel.")


class CountedOperation(Value):
    """An operation whose multiply-accumulates are counted as a whole instead of weight by weight: attention, a matrix
    product, a recurrent cell, or a layer whose weight is computed in each forward pass. No channel of such an operation
    can be removed, so its cost is the same in all nodes.
    """

    name: str = Field(description="Name of the function in PyTorch, such as `matmul` or `lstm`.")
    location: str = Field(description="Where the function is called: a line of the network's code, or a module.")
    macs: int = Field(
        description="Number of multiply-accumulates for one image in all calls of the function at this location."
    )
    layer: int | None = Field(
        description="Index of the layer if the operation is a layer whose weight is computed in each forward pass; "
        "null for other operations."
    )


class Op(Value):
    """An operation that the architecture strip on the page shows."""

    kind: Literal["layer", "pool", "add", "concat"] = Field(
        description="Kind of operation: a layer, pooling, a sum or a concatenation."
    )
    name: str = Field(
        description="Name of the operation, as shown on the page. For a layer, the name of its PyTorch module."
    )
    layer: int | None = Field(description="Index of the layer if `kind` is `layer`; otherwise null.")
    height: int = Field(description="Height of the output in pixels.")
    width: int = Field(description="Width of the output in pixels.")


class Layers(Value):
    """A network's structure, as needed for plans, costs, scores and charts.

    The root's structure comes from tracing the network once; every other node has the root's structure without the
    removed units.
    """

    image: tuple[int, int, int] = Field(description="Shape of an input image: channels, height, width.")
    layers: list[Layer] = Field(description="Layers in the order of the forward pass.")
    units: list[Unit] = Field(description="Units in ascending order of ID.")
    groups: list[Group] = Field(description="Groups in the order of the forward pass.")
    tensors: list[Tensor] = Field(description="Tensors in the order of the state dict.")
    dim_units: list[list[int]] = Field(
        description="Lists of unit IDs. The `dims` of a tensor are indices of such lists, one list per dimension. "
        "Entry j of the list is the ID of the unit to which position j along the dimension belongs, or -1 for a "
        "constant channel."
    )
    readers: list[Reader] = Field(
        description="All weight tensors that mix their input channels, each with the units to which these channels "
        "belong."
    )
    architecture: list[Op] = Field(
        description="Operations in the order of the forward pass, as shown in the architecture strip on the page."
    )
    operations: list[CountedOperation] = Field(
        default_factory=list,
        description="Operations whose multiply-accumulates are counted as a whole instead of weight by weight, such as "
        "attention.",
    )
    uncounted: list[str] = Field(
        default_factory=list,
        description="Operations whose multiplications are not counted in any total, with the lines of code that call "
        "them.",
    )
    notes: list[str] = Field(description="Notes from tracing the network, one sentence each.")


class NodeLayers(Layers):
    """The structure of one node's network."""

    node_id: int = Field(description="ID of the node.")
