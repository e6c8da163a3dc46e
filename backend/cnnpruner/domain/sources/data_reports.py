"""What is said of a data set before anything is trained on it."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.tree.experiments import DataSource, Deviation, Mean


class NewDataReport(Value):
    """What shall be looked at, as an experiment would name it."""

    data: DataSource = Field(description="where its images come from")
    image_size: int | None = Field(
        default=None,
        ge=8,
        le=1024,
        description="edge in pixels that images are resized to; null: as the set has it",
    )
    mean: list[Mean] | None = Field(default=None, min_length=1, max_length=3, description="per channel, pixels 0-1")
    std: list[Deviation] | None = Field(default=None, min_length=1, max_length=3, description="per channel, pixels 0-1")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="of the train images that mean and std are found on")


class ClassCount(Value):
    """Images of a class."""

    name: str = Field(description="of the class")
    train: int = Field(description="training images")
    held_out: int = Field(description="images beside them: of val, of the official test, or named as unseen")


class PictureSize(Value):
    """A size that images have."""

    width: int = Field(description="pixels")
    height: int = Field(description="pixels")
    images: int = Field(description="how many have it")


class PictureMode(Value):
    """A kind of pixels."""

    mode: str = Field(description="as PIL calls it: RGB, L (grey), CMYK, …")
    images: int = Field(description="how many are of it")


class UnreadablePicture(Value):
    """A file that is no whole picture."""

    place: str = Field(description="its path in the image folder")
    reason: str = Field(description="what reading it said")


class DataReport(Value):
    """A data set in numbers and in plain words, every fault with its cure."""

    data: DataSource = Field(description="what was looked at")
    images: int = Field(description="training images")
    held_out_images: int = Field(description="images beside them: of val, of the official test, or named as unseen")
    classes: list[ClassCount] = Field(description="in the order of the network's outputs")
    sizes: list[PictureSize] = Field(description="the most frequent sizes, at most 10")
    different_sizes: int = Field(description="how many sizes there are")
    modes: list[PictureMode] = Field(description="the most frequent first")
    unreadable: list[UnreadablePicture] = Field(description="the first 20")
    unreadable_images: int = Field(description="how many there are")
    duplicates: int = Field(description="images that are there more than once")
    image_size: int | None = Field(description="edge in pixels that networks would get; null where nothing can be made")
    channels: int | None = Field(description="1 or 3; null where nothing can be made")
    mean: list[float] | None = Field(description="per channel, pixels 0-1; null where nothing can be made")
    std: list[float] | None = Field(description="per channel, pixels 0-1; null where nothing can be made")
    normalization: Literal["given", "known", "measured"] | None = Field(
        description="where mean and std are from: a person, the set's literature, at most 2,000 train images"
    )
    streamed: bool | None = Field(
        description="images stay on disk and are decoded when used, since they are more than is held in memory"
    )
    errors: list[str] = Field(description="what must be mended first: nothing is made of the set before")
    warnings: list[str] = Field(description="what should be known or mended")
    sentences: list[str] = Field(description="the set in plain words, its most important parts first")
