"""Reports on a data set before a network is trained on it."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.tree.experiments import DataSource, ImageSizeChoice, MeanChoice, StandardDeviationChoice
from cnnpruner.domain.tree.image_reading import ClassLevel


class NewDataReport(Value):
    """The data set to report on, described as in a new experiment."""

    data: DataSource = Field(description="Where the images come from.")
    image_size: ImageSizeChoice = None
    mean: MeanChoice = None
    std: StandardDeviationChoice = None
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
        description="Number of held-out images: those for selection, the official test images, or the `unseen` images."
    )
    test: int = Field(default=0, description="Number of held-out images that are official test images.")


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


class SplitFolder(Value):
    """A folder that contains the images of a split."""

    folder: str = Field(description="Name of the folder.")
    split: Literal["train", "selection", "test", "unseen"] = Field(
        description="What the images are used for. Half of the `unseen` images become the selection split, the others "
        "the test split."
    )
    images: int = Field(description="Number of images in class folders.")


class FileEnding(Value):
    """Files that are not read as images because of their ending."""

    ending: str = Field(description="File name extension in lower case, with the dot; empty if the file has none.")
    files: int = Field(description="Number of files.")
    example: str = Field(description="Path of such a file in the image folder.")


class UnusedImages(Value):
    """Images in the folder that are not used."""

    folder: str = Field(description="Name of the folder that contains the images.")
    images: int = Field(description="Number of images.")


class ClassLevelChoice(Value):
    """The two ways to read class folders that contain folders: either level can be the classes."""

    upper: list[str] = Field(description="Names of the outer folders, which are the classes if `used` is `upper`.")
    lower: list[str] = Field(description="Names of the inner folders, which are the classes if `used` is `lower`.")
    used: ClassLevel = Field(description="The level that is used.")
    chosen: bool = Field(description="Whether the request chose the level. Otherwise, the level is `upper`.")


class IntensityScale(Value):
    """The scale on which pixel values of all images of the set are read."""

    black: float = Field(description="Pixel value that is mapped to 0 (black).")
    white: float = Field(description="Pixel value that is mapped to 255 (white).")
    origin: Literal["given", "determined"] = Field(
        description="Whether the request gave the scale; otherwise it was determined from the images."
    )
    images: int = Field(description="Number of images that are read on this scale.")
    lowest: float = Field(description="Lowest pixel value of the images that are read on this scale.")
    highest: float = Field(description="Highest pixel value of the images that are read on this scale.")


class RepeatedImages(Value):
    """Images that are copies of other images."""

    folders: tuple[str, str] = Field(
        description="The folders that contain the copies; the same folder twice for copies in one folder."
    )
    images: int = Field(description="Number of images in the second folder that are copies of other images.")
    differ_in_class: bool = Field(description="Whether the copies are in different classes.")
    examples: list[tuple[str, str]] = Field(description="Paths of up to three pairs of equal images.")


class DataReport(Value):
    """Report on a data set, in numbers and in plain words; every error says how to fix it."""

    data: DataSource = Field(description="The data set that was inspected.")
    images: int = Field(description="Number of training images.")
    held_out_images: int = Field(
        description="Number of held-out images: those for selection, the official test images, or the `unseen` images."
    )
    test_images: int = Field(default=0, description="Number of held-out images that are official test images.")
    splits: list[SplitFolder] = Field(
        default_factory=list, description="The folders of an image folder that are used, each with its split."
    )
    class_levels: ClassLevelChoice | None = Field(
        default=None, description="Set if class folders contain folders, so that the classes can be read in two ways."
    )
    not_read: list[FileEnding] = Field(
        default_factory=list, description="Files in class folders that are not read as images, most frequent first."
    )
    hidden_files: int = Field(default=0, description="Number of hidden files in class folders; they are not read.")
    unused: list[UnusedImages] = Field(
        default_factory=list, description="Images outside the class folders of the splits; they are not used."
    )
    intensity: IntensityScale | None = Field(
        default=None, description="The intensity scale; null if all images have 8 bits and are read unchanged."
    )
    constant_images: int = Field(
        default=0, description="Number of decoded images in which all pixels have the same value."
    )
    repeated: list[RepeatedImages] = Field(
        default_factory=list, description="Images that occur more than once, those in two splits first."
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
