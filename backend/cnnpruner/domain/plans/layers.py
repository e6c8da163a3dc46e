"""What can be cut in a node: layers, units, groups, what is frozen and why, and the cost model."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value

LayerKind = Literal["conv", "depthwise", "grouped", "linear"]


class Layer(Value):
    """A convolution or fully-connected layer as it stands in this node."""

    index: int = Field(description="position in `layers`, forward order")
    name: str = Field(description="its name in the torch module")
    kind: LayerKind = Field(description="depthwise and grouped convolutions have words of their own")
    group: int = Field(description="index of its group")
    output: bool = Field(description="gives the classes; not counted among the filters")
    filters: int = Field(description="output channels or units now")
    original_filters: int = Field(description="the same in the root")
    numbers: list[int] = Field(description="original numbers of the filters that are there, ascending by position")
    height: int = Field(description="of its output, pixels; 1 for fully-connected")
    width: int = Field(description="of its output, pixels; 1 for fully-connected")
    parameters: int = Field(description="of its weight and bias now")
    macs: int = Field(description="multiply-accumulates for one image now")


class Unit(Value):
    """Filters that can only be removed together."""

    id: int = Field(description="the same through all generations of the experiment")
    group: int = Field(description="index of its group")
    members: list[tuple[int, int]] = Field(description="(layer index, original filter number)")
    free: bool = Field(description="whether it can be removed")
    reason: str | None = Field(
        description="why it is frozen, with the line of the network that causes it; null if free"
    )


class Group(Value):
    """Layers linked by shared units, named by the first in forward order."""

    index: int = Field(description="position in `groups`")
    name: str = Field(description="of its first layer")
    layers: list[int] = Field(description="layer indices in forward order")


class Tensor(Value):
    """A parameter or buffer of the network, its dimensions as lists of units."""

    name: str = Field(description="as in the state dict")
    parameter: bool = Field(description="counts as a parameter (buffers do not)")
    dtype: str = Field(description="as safetensors names it: F32, I64, ...")
    shape: list[int] = Field(description="present shape")
    dims: list[int | None] = Field(description="per dimension an index into `dim_units`, or null: never cut")
    positions: int = Field(description="output positions its elements are multiplied at; 0: no MACs are counted")
    layer: int | None = Field(description="index of the layer it belongs to")


class Reader(Value):
    """A weight that mixes channels, and the units that it reads."""

    tensor: int = Field(description="index into `tensors`")
    inputs: int = Field(description="index into `dim_units`: the units of all channels of its input")


class Op(Value):
    """A step of the architecture strip."""

    kind: Literal["layer", "pool", "add", "concat"] = Field(description="a layer, pooling, a sum or a concatenation")
    name: str = Field(description="for a person; of a layer its name in the torch module")
    layer: int | None = Field(description="layer index where kind is layer")
    height: int = Field(description="of its output, pixels")
    width: int = Field(description="of its output, pixels")


class Layers(Value):
    """Everything about a node's structure that plans, costs, scores and drawings need.

    For the root it is what one trace of the network found; for every other node, that less the removed units.
    """

    image: tuple[int, int, int] = Field(description="C, H, W of one input image")
    layers: list[Layer] = Field(description="in forward order")
    units: list[Unit] = Field(description="ascending by id")
    groups: list[Group] = Field(description="in forward order")
    tensors: list[Tensor] = Field(description="in the order of the state dict")
    dim_units: list[list[int]] = Field(description="per list, the unit id at each index of a dimension; -1: a constant")
    readers: list[Reader] = Field(description="all weights that mix channels")
    architecture: list[Op] = Field(description="in forward order")
    notes: list[str] = Field(description="what the trace wants a person to know, a sentence each")


class NodeLayers(Layers):
    """The structure of one node."""

    node_id: int = Field(description="the node that is built so")
