"""Exports: a node's network as files, how they were checked, and the record that comes with them."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Interval, Value
from cnnpruner.domain.plans.layers import LayerKind
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource, Splits
from cnnpruner.domain.tree.image_reading import ImageReading
from cnnpruner.domain.tree.latencies import Latency
from cnnpruner.domain.tree.training import Training

ExportFormat = Literal["safetensors", "onnx", "torch_export"]


class ExportCheck(Value):
    """Comparison, on the same selection images, of a node's network and the network read back from an exported file."""

    runtime: str = Field(description="Name and version of the runtime that read the file back.")
    images: int = Field(ge=1, description="Number of selection images compared.")
    max_difference: float = Field(
        ge=0,
        description="Largest absolute difference between a logit of the exported network and the same logit of the "
        "node's network.",
    )
    largest_logit: float = Field(
        ge=0, description="Largest absolute logit of the node's network, for comparison with `max_difference`."
    )
    same_top1: float = Field(
        ge=0, le=1, description="Share of images for which both networks predict the same class, 0-1."
    )


class Export(Value):
    """A file that was exported from a node and has passed its check."""

    node_id: int = Field(description="ID of the exported node.")
    format: ExportFormat = Field(description="Format of the network in the archive.")
    file: str = Field(description="File name for the download.")
    size_bytes: int = Field(description="Size of the archive in bytes.")
    made_at: datetime = Field(description="When the export was made (UTC).")
    check: ExportCheck = Field(
        description="Result of comparing the network read from the file with the node's network."
    )


class ExportedLayer(Value):
    """A layer's original and current shape, and the original numbers of its remaining filters."""

    name: str = Field(description="Name of the PyTorch module.")
    kind: LayerKind
    original_shape: list[int] = Field(description="Shape of its weight in the root: F, C and, for convolutions, H, W.")
    shape: list[int] = Field(description="Current shape of its weight.")
    kept: list[int] = Field(description="Original numbers of the remaining filters, by position.")


class ExportedMetrics(Value):
    """Metrics of the node; null for metrics that were not measured."""

    accuracy: float | None = Field(description="Accuracy on the selection split, 0-1.")
    accuracy_interval: Interval | None
    images: int = Field(description="Number of selection images.")
    loss: float | None = Field(description="Mean cross-entropy on the selection split, in nats.")
    test_accuracy: float | None = Field(description="Accuracy on the test split, 0-1.")
    test_measured_at: datetime | None
    filters: int | None
    parameters: int | None
    macs: int | None = Field(description="Number of multiply-accumulates for one image.")
    size_bytes: int | None = Field(description="Size of the weights as safetensors, in bytes.")
    compression: float | None = Field(description="1 - parameters / parameters of the root.")
    latency: list[Latency]


class Versions(Value):
    """Versions of CNNPruner, PyTorch and Python with which an export was made."""

    cnnpruner: str
    torch: str
    python: str


class NetworkRecord(Value):
    """`network.json` of an archive: all that is needed to build the network, prepare its input and evaluate it."""

    record: Literal[1] = Field(description="Version of this format.")
    network: NetworkSource = Field(description="The network before pruning.")
    factory: str | None = Field(
        description="Python function that builds a user-defined network; null if cnnpruner builds it."
    )
    channels: int = Field(description="Channels of an image.")
    image_size: int = Field(description="Edge of an image in pixels.")
    mean: list[float] = Field(description="Mean per channel, for pixels 0-1.")
    std: list[float] = Field(description="Standard deviation per channel, for pixels 0-1.")
    classes: list[str] = Field(description="Names of the classes, in the order of the outputs.")
    layers: list[ExportedLayer] = Field(description="Layers in the order of the forward pass.")
    experiment: str = Field(description="Name of the experiment.")
    node: int = Field(description="Number of the node in its tree.")
    note: str
    metrics: ExportedMetrics
    data: DataSource
    reading: ImageReading | None = Field(
        default=None, description="How image files are decoded; null for standard data sets and version 0.1.0."
    )
    splits: Splits
    seed: int = Field(description="Random seed for the splits, the order of the data and the initial weights.")
    training: Training | None = Field(description="Training that produced the node; `teacher` is the number of a node.")
    weights_sha256: str | None = Field(
        description="SHA-256 of weights.safetensors; null if the archive has no such file."
    )
    check: ExportCheck | None = Field(description="Result of the check; null only while the check is running.")
    versions: Versions
    exported_at: datetime
