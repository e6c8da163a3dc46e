"""What an export is: a network that leaves, how it was checked, and the record that travels with it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Interval, Value
from cnnpruner.domain.plans.layers import LayerKind
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource, Splits, Training
from cnnpruner.domain.tree.nodes import Latency

ExportFormat = Literal["safetensors", "onnx", "torch_export"]


class ExportCheck(Value):
    """The file, read again, against the node's network on the same selection images."""

    runtime: str = Field(description="what read the file again, with its version")
    images: int = Field(ge=1, description="selection images compared")
    max_difference: float = Field(ge=0, description="largest absolute difference of a logit")
    largest_logit: float = Field(ge=0, description="largest absolute logit of the node's network, for scale")
    same_top1: float = Field(ge=0, le=1, description="share of images with the same most probable class, 0-1")


class Export(Value):
    """A file of a node that is there and was checked."""

    node_id: int = Field(description="the node that it was made of")
    format: ExportFormat = Field(description="what the archive holds the network as")
    file: str = Field(description="name that the file is downloaded under")
    size_bytes: int = Field(description="of the archive")
    made_at: datetime = Field(description="UTC")
    check: ExportCheck = Field(description="the file, read again, against the node's network")


class ExportedLayer(Value):
    """A layer as it was in the root, and what of it is left."""

    name: str = Field(description="its name in the torch module")
    kind: LayerKind
    original_shape: list[int] = Field(description="of its weight in the root: F, C, and for convolutions H, W")
    shape: list[int] = Field(description="of its weight now")
    kept: list[int] = Field(description="original numbers of the filters that are left, by position")


class ExportedMetrics(Value):
    """What was measured of the node; null: not measured."""

    accuracy: float | None = Field(description="selection split, 0-1")
    accuracy_interval: Interval | None
    images: int = Field(description="selection images")
    loss: float | None = Field(description="mean cross-entropy, selection split, nats")
    test_accuracy: float | None = Field(description="test split, 0-1")
    test_measured_at: datetime | None
    filters: int | None
    parameters: int | None
    macs: int | None = Field(description="multiply-accumulates of convolutions and linear layers for one image")
    size_bytes: int | None = Field(description="of the weights as safetensors")
    compression: float | None = Field(description="1 - parameters / parameters of the root")
    latency: list[Latency]


class Versions(Value):
    """Programs that made the file."""

    cnnpruner: str
    torch: str
    python: str


class NetworkRecord(Value):
    """`network.json` of an archive: all that it takes to build, feed and judge the network."""

    record: Literal[1] = Field(description="version of this layout")
    network: NetworkSource = Field(description="the uncut network")
    factory: str | None = Field(
        description="the Python function that builds it, where it is one of the user's; null: cnnpruner builds it"
    )
    channels: int = Field(description="of an image")
    image_size: int = Field(description="edge in pixels")
    mean: list[float] = Field(description="per channel, pixels 0-1")
    std: list[float] = Field(description="per channel, pixels 0-1")
    classes: list[str] = Field(description="name of each output, in order")
    layers: list[ExportedLayer] = Field(description="in forward order")
    experiment: str = Field(description="name of the experiment")
    node: int = Field(description="number of the node in its tree")
    note: str
    metrics: ExportedMetrics
    data: DataSource
    splits: Splits
    seed: int = Field(description="of splits, order of data and initial weights")
    training: Training | None = Field(description="what tuned or trained the node")
    weights_sha256: str | None = Field(description="of weights.safetensors, where the archive has it")
    check: ExportCheck | None = Field(description="null only while the check itself is under way")
    versions: Versions
    exported_at: datetime
