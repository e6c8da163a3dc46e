"""Comparisons of two to five nodes of a tree, with layers compared by original filter numbers."""

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.layers import LayerKind
from cnnpruner.domain.tree.nodes import Node


class ComparedLayer(Value):
    """A layer in each of the compared nodes. In lists with one entry per node, entry i belongs to node i."""

    name: str = Field(description="Name of the module in PyTorch.")
    kind: LayerKind = Field(description="Kind of layer. Depthwise and grouped convolutions have kinds of their own.")
    original_filters: int = Field(description="Number of filters in the root.")
    widths: list[int] = Field(description="Number of filters in each node.")
    kept: list[list[int]] = Field(description="Original numbers of each node's filters, ascending.")
    common: list[int] = Field(
        description="Original numbers of the filters that are present in every node, in ascending order."
    )


class ComparedConfusion(Value):
    """Confusion matrix of one node on the selection split."""

    node_id: int = Field(description="ID of the node.")
    counts: list[list[int]] = Field(description="Number of images; rows are true classes, columns predicted classes.")
    difference: list[list[int]] | None = Field(
        description="`counts` minus the counts of the first node; null for the first node."
    )


class Flips(Value):
    """How the predictions of two nodes differ on the selection images."""

    before_id: int = Field(description="ID of the first node of the pair.")
    after_id: int = Field(description="ID of the second node of the pair.")
    degraded: int = Field(description="Number of images that only the first node classifies correctly.")
    improved: int = Field(description="Number of images that only the second node classifies correctly.")
    both_right: int = Field(description="Number of images that both nodes classify correctly.")
    both_wrong: int = Field(description="Number of images that both nodes classify wrongly.")


class Comparison(Value):
    """Nodes side by side; the first node is the reference."""

    experiment_id: int = Field(description="ID of the experiment that the nodes belong to.")
    classes: list[str] = Field(description="Names of the classes, in the order of the network's outputs.")
    images: int = Field(description="Number of selection images.")
    nodes: list[Node] = Field(description="The nodes in the requested order.")
    layers: list[ComparedLayer] = Field(description="Layers in forward order.")
    confusion: list[ComparedConfusion] = Field(description="One confusion matrix per node, in the same order.")
    flips: list[Flips] = Field(
        description="One entry for each pair of nodes. `before_id` is the node that comes first in the request."
    )
