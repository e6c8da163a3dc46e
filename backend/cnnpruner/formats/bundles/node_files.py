"""Classes for the JSON files of the nodes in a bundle: network structures and maps of samples."""

from typing import Literal

from cnnpruner.formats.bundles.values import BundleValue


class BundleEmbedding(BundleValue):
    """The content of `nodes/N/embedding.json`."""

    node_id: int
    method: Literal["tsne"]
    perplexity: float
    iterations: int
    initial: Literal["pca", "parent"]
    initial_id: int | None
    images: int
    sample: list[int]
    x: list[float]
    y: list[float]
    label: list[int]
    predicted: list[int]


class BundleLayer(BundleValue):
    """A convolution or fully connected layer."""

    index: int
    name: str
    kind: Literal["conv", "depthwise", "grouped", "linear"]
    group: int
    output: bool
    filters: int
    original_filters: int
    numbers: list[int]
    height: int
    width: int
    stride: list[int] | None
    parameters: int
    macs: int


class BundleUnit(BundleValue):
    """Filters that can only be removed together. Each of `members` is (layer index, original filter number)."""

    id: int
    group: int
    members: list[tuple[int, int]]
    free: bool
    reason: str | None


class BundleGroup(BundleValue):
    """Layers that share units, that is, filters that can only be removed together."""

    index: int
    name: str
    layers: list[int]


class BundleTensor(BundleValue):
    """A parameter or buffer. `dims` contains one value per dimension: the index in `dim_units` of the list of units
    along this dimension, or null if no units lie along it.
    """

    name: str
    parameter: bool
    dtype: str
    shape: list[int]
    dims: list[int | None]
    positions: int
    layer: int | None


class BundledLayerReader(BundleValue):
    """A weight that mixes input channels (a reader). `tensor`: the weight's index in `tensors`. `inputs`: the index in
    `dim_units` of the list of units that the weight's input channels belong to.
    """

    tensor: int
    inputs: int


class BundleOperation(BundleValue):
    """An operation in the architecture diagram."""

    kind: Literal["layer", "pool", "add", "concat"]
    name: str
    layer: int | None
    height: int
    width: int


class BundledCountedOperation(BundleValue):
    """An operation whose multiply-accumulates cannot be computed from a traced weight."""

    name: str
    location: str
    macs: int
    layer: int | None


class BundleLayers(BundleValue):
    """The content of `root-layers.json` and `nodes/N/layers.json`: the structure of a network. `image` is (C, H, W)."""

    image: tuple[int, int, int]
    layers: list[BundleLayer]
    units: list[BundleUnit]
    groups: list[BundleGroup]
    tensors: list[BundleTensor]
    dim_units: list[list[int]]
    readers: list[BundledLayerReader]
    architecture: list[BundleOperation]
    operations: list[BundledCountedOperation]
    uncounted: list[str]
    notes: list[str]
