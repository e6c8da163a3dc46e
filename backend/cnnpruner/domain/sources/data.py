"""Data sets, checkpoints and networks that the server can create experiments from."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.tree.experiments import NetworkName

NetworkFamily = Literal["ours", "torchvision", "timm", "factory"]


class DataEntry(Value):
    """A data set or checkpoint that an experiment can be created from."""

    path: str = Field(
        description="Path of the data set or checkpoint, relative to its data folder, or the name of a data factory. "
        "Use it unchanged in requests."
    )
    kind: Literal["digits", "cifar10", "cifar100", "mnist", "fashion_mnist", "folder", "factory", "checkpoint"] = Field(
        description="Kind of data set, or `checkpoint` for a file with weights."
    )
    size_bytes: int | None = Field(description="Size of a checkpoint file in bytes; null for data sets.")
    classes: int | None = Field(description="Number of classes of an image folder; null for everything else.")


class NetworkChoice(Value):
    """A network that the server can build, and its options."""

    name: NetworkName = Field(description="Name of the network. Use it unchanged in requests.")
    title: str = Field(description="Name of the network, as shown on the page.")
    family: NetworkFamily = Field(
        description="Where the network comes from: `ours` for built-in networks, `torchvision` or `timm` for networks "
        "from these libraries, `factory` for networks from a Python function that was registered when the server was "
        "started."
    )
    pretrained: bool = Field(description="Whether published weights for the network can be downloaded.")
    options: dict[str, list[str]] = Field(
        description="Maps option names to their allowed values, with the default first."
    )
    image_sizes: str = Field(description="Supported image sizes, in words.")


class DataListing(Value):
    """Data sets and checkpoints that the server may read, and networks that it can build."""

    folders: int = Field(description="Number of data folders that the server was started with.")
    entries: list[DataEntry] = Field(description="All data factories, followed by the contents of the data folders.")
    networks: list[NetworkChoice] = Field(description="All networks that can be used by name, except those of timm.")
    timm: bool = Field(description="Whether timm is installed, so that its networks can be used as `timm:NAME`.")
    timm_networks: list[str] = Field(
        description="All networks of timm, without the prefix `timm:`; empty if timm is not installed."
    )
