"""What the server can make an Experiment of: data sets, checkpoints and networks."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.tree.experiments import NetworkName

NetworkFamily = Literal["ours", "torchvision", "timm", "factory"]


class DataEntry(Value):
    """Something in the data folders that an Experiment can be made of."""

    path: str = Field(description="relative to its data folder; send it back as it is; of a factory: its name")
    kind: Literal["digits", "cifar10", "cifar100", "mnist", "fashion_mnist", "folder", "factory", "checkpoint"] = Field(
        description="a kind of data set, or a checkpoint"
    )
    size_bytes: int | None = Field(description="size of a checkpoint file")
    classes: int | None = Field(description="classes of an image folder")


class NetworkChoice(Value):
    """A network that the product can build, and its options."""

    name: NetworkName = Field(description="send it back as it is")
    title: str = Field(description="for a person")
    family: NetworkFamily = Field(description="whose it is; `factory`: a Python function named at the server's start")
    pretrained: bool = Field(description="weights for it are published and can be downloaded")
    options: dict[str, list[str]] = Field(description="option -> allowed values, default first")
    image_sizes: str = Field(description="what it takes, in words")


class DataListing(Value):
    """What the server may read, and what it can build."""

    folders: int = Field(description="data folders the server was started with")
    entries: list[DataEntry] = Field(description="what lies in the folders, after the data factories")
    networks: list[NetworkChoice] = Field(description="all that can be named but those of timm")
    timm: bool = Field(description="timm is installed, so that its networks can be named as timm:NAME")
    timm_networks: list[str] = Field(description="all that NAME can be; empty where timm is not installed")
