"""Comparisons of two to five nodes of a tree. Filters are matched by their original numbers."""

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.layers import LayerKind
from cnnpruner.domain.tree.nodes import Node


class ComparedLayer(Value):
    """A layer, compared across the nodes. In lists with one entry per node, entry i belongs to the i-th node."""

    name: str = Field(description="Name of the PyTorch module.")
    kind: LayerKind = Field(description="Kind of layer. Depthwise and grouped convolutions are separate kinds.")
    original_filters: int = Field(description="Number of filters of this layer in the root.")
    widths: list[int] = Field(description="Number of filters of this layer in each node.")
    kept: list[list[int]] = Field(
        description="For each node, the original numbers of the filters that remain in this layer, in ascending order."
    )
    common: list[int] = Field(
        description="Original numbers of the filters that are present in every node, in ascending order."
    )


class ComparedConfusion(Value):
    """Confusion matrix of one node on the selection split."""

    node_id: int = Field(description="ID of the node.")
    counts: list[list[int]] = Field(
        description="Number of images for each pair of a true class (row) and a predicted class (column)."
    )
    difference: list[list[int]] | None = Field(
        description="`counts` minus the `counts` of the first node; null for the first node."
    )


class Flips(Value):
    """How the predictions of two nodes differ on the selection images."""

    before_id: int = Field(description="ID of the first node of the pair.")
    after_id: int = Field(description="ID of the second node of the pair.")
    degraded: int = Field(description="Number of images that only the first node classifies correctly.")
    improved: int = Field(description="Number of images that only the second node classifies correctly.")
    both_right: int = Field(description="Number of images that both nodes classify correctly.")
    both_wrong: int = Field(description="Number of images that neither node classifies correctly.")


class Comparison(Value):
    """Comparison of two to five nodes; the first node is the reference."""

    experiment_id: int = Field(description="ID of the experiment that the nodes belong to.")
    classes: list[str] = Field(description="Names of the classes, in the order of the network's outputs.")
    images: int = Field(description="Number of selection images.")
    nodes: list[Node] = Field(description="The nodes, in the order of the request.")
    layers: list[ComparedLayer] = Field(description="Layers in the order of the forward pass.")
    confusion: list[ComparedConfusion] = Field(description="One confusion matrix per node, in the order of `nodes`.")
    flips: list[Flips] = Field(
        description="One entry for each pair of nodes. `before_id` is the ID of the node that comes first in the "
        "request."
    )
