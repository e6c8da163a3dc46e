"""What a Comparison is: two to five nodes of a tree side by side, layers by original filter numbers."""

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.layers import LayerKind
from cnnpruner.domain.tree.nodes import Node


class ComparedLayer(Value):
    """One layer as it stands in each of the nodes; lists are in the order of the nodes."""

    name: str = Field(description="its name in the torch module")
    kind: LayerKind = Field(description="depthwise and grouped convolutions have words of their own")
    original_filters: int = Field(description="filters in the root")
    widths: list[int] = Field(description="filters per node")
    kept: list[list[int]] = Field(description="original numbers per node, ascending")
    common: list[int] = Field(description="original numbers that all of them kept, ascending")


class ComparedConfusion(Value):
    """Selection images of one node by true and predicted class."""

    node_id: int = Field(description="the node that called them so")
    counts: list[list[int]] = Field(description="row: true class, column: predicted class, images")
    difference: list[list[int]] | None = Field(description="counts less those of the first node; null for the first")


class Flips(Value):
    """How two nodes differ over the selection images."""

    before_id: int = Field(description="the node that counts as before")
    after_id: int = Field(description="the node that counts as after")
    degraded: int = Field(description="images right before and wrong after")
    improved: int = Field(description="images wrong before and right after")
    both_right: int = Field(description="images right in both")
    both_wrong: int = Field(description="images wrong in both")


class Comparison(Value):
    """The first node is the reference."""

    experiment_id: int = Field(description="of the tree that they stand in")
    classes: list[str] = Field(description="names, in the order of the network's outputs")
    images: int = Field(description="selection images")
    nodes: list[Node] = Field(description="in the order asked for")
    layers: list[ComparedLayer] = Field(description="in forward order")
    confusion: list[ComparedConfusion] = Field(description="one for each node, in the same order")
    flips: list[Flips] = Field(description="every pair, the earlier of the order before")
