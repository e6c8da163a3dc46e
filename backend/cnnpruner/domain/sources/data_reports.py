"""Reports on a data set before a network is trained on it."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.tree.experiments import DataSource, DeviationChoice, ImageSizeChoice, MeanChoice


class NewDataReport(Value):
    """The data set to report on, described as in a new experiment."""

    data: DataSource = Field(description="Where the images come from.")
    image_size: ImageSizeChoice = None
    mean: MeanChoice = None
    std: DeviationChoice = None
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Seed for drawing the training images that mean and std are measured on.",
    )


class ClassCount(Value):
    """Number of images of a class."""

    name: str = Field(description="Name of the class.")
    train: int = Field(description="Number of training images.")
    held_out: int = Field(
        description="Number of held-out images: from the folder `val`, the official test set, or the `unseen` images."
    )


class PictureSize(Value):
    """An image size that occurs in the data set."""

    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")
    images: int = Field(description="Number of images with this size.")


class PictureMode(Value):
    """A pixel format that occurs in the data set."""

    mode: str = Field(description="Mode as named by PIL: RGB, L (gray), CMYK, …")
    images: int = Field(description="Number of images in this mode.")


class UnreadablePicture(Value):
    """A file that cannot be read as an image."""

    place: str = Field(description="Path in the image folder.")
    reason: str = Field(description="Error message from reading the file.")


class DataReport(Value):
    """Report on a data set, in numbers and in plain words; every error comes with a fix."""

    data: DataSource = Field(description="The data set that was inspected.")
    images: int = Field(description="Number of training images.")
    held_out_images: int = Field(
        description="Number of held-out images: from the folder `val`, the official test set, or the `unseen` images."
    )
    classes: list[ClassCount] = Field(description="Classes in the order of the network's outputs.")
    sizes: list[PictureSize] = Field(description="The most frequent image sizes, at most 10.")
    different_sizes: int = Field(description="Number of different image sizes.")
    modes: list[PictureMode] = Field(description="Pixel formats, most frequent first.")
    unreadable: list[UnreadablePicture] = Field(description="The first 20 unreadable files.")
    unreadable_images: int = Field(description="Number of unreadable files.")
    duplicates: int = Field(description="Number of images that occur more than once.")
    image_size: int | None = Field(
        description="Edge in pixels of the images that a network would get; null if the data set cannot be used."
    )
    channels: int | None = Field(
        description="Channels of the images that a network would get, 1 or 3; null if the data set cannot be used."
    )
    mean: list[float] | None = Field(
        description="Mean per channel, for pixel values 0-1; null if the data set cannot be used."
    )
    std: list[float] | None = Field(
        description="Standard deviation per channel, for pixel values 0-1; null if the data set cannot be used."
    )
    normalization: Literal["given", "known", "measured"] | None = Field(
        description="Where mean and std come from: `given` in the request, `known` from the literature, or "
        "`measured` on up to 2,000 training images."
    )
    streamed: bool | None = Field(
        description="Whether images stay on disk and are decoded when used, because they do not fit in memory."
    )
    errors: list[str] = Field(description="Errors to fix before the data set can be used.")
    warnings: list[str] = Field(description="Problems that do not prevent using the data set.")
    sentences: list[str] = Field(description="The report in plain words, most important first.")
