"""Reports on a data set before a network is trained on it."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.tree.experiments import DataSource, ImageSizeChoice, MeanChoice, StandardDeviationChoice
from cnnpruner.domain.tree.image_reading import ClassLevel


class NewDataReport(Value):
    """The data set to inspect, specified as in a new experiment."""

    data: DataSource = Field(description="Where the images come from.")
    image_size: ImageSizeChoice = None
    mean: MeanChoice = None
    std: StandardDeviationChoice = None
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Random seed for drawing the training images on which the mean and standard deviation are "
        "measured.",
    )


class ClassCount(Value):
    """Number of images of a class."""

    name: str = Field(description="Name of the class.")
    train: int = Field(description="Number of training images.")
    held_out: int = Field(
        description="Number of held-out images: selection images, official test images or `unseen` images, depending "
        "on the data set."
    )
    test: int = Field(default=0, description="Number of held-out images that are official test images.")


class PictureSize(Value):
    """An image size that occurs in the data set."""

    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")
    images: int = Field(description="Number of images with this size.")


class PictureMode(Value):
    """A pixel format that occurs in the data set."""

    mode: str = Field(description="Image mode, as named by PIL: RGB, L (gray), CMYK, …")
    images: int = Field(description="Number of images in this mode.")


class UnreadablePicture(Value):
    """A file that cannot be read as an image."""

    place: str = Field(description="Path of the file in the image folder.")
    reason: str = Field(description="Error message from the attempt to read the file.")


class SplitFolder(Value):
    """A folder that contains the images of a split."""

    folder: str = Field(description="Name of the folder.")
    split: Literal["train", "selection", "test", "unseen"] = Field(
        description="What the images are used for. Half of the `unseen` images become the selection split, and the "
        "other half becomes the test split."
    )
    images: int = Field(description="Number of images in the class folders of this folder.")


class UnreadFileType(Value):
    """Files that are not read as images because of their file name extension."""

    ending: str = Field(description="File name extension in lower case, with the dot; empty if the file has none.")
    files: int = Field(description="Number of files with this extension.")
    example: str = Field(description="Path of one file with this extension, relative to the image folder.")


class UnusedImages(Value):
    """The unused images in a folder."""

    folder: str = Field(description="Name of the folder that contains the images.")
    images: int = Field(description="Number of images in the folder that are not used.")


class ClassLevelChoice(Value):
    """The two ways to read class folders that contain folders: the outer or the inner folders are the classes."""

    upper: list[str] = Field(description="Names of the outer folders, which are the classes if `used` is `upper`.")
    lower: list[str] = Field(description="Names of the inner folders, which are the classes if `used` is `lower`.")
    used: ClassLevel = Field(description="The level whose folders are used as classes.")
    chosen: bool = Field(description="Whether the request chose the level. If not, the level is `upper`.")


class IntensityScale(Value):
    """The scale that is used to read pixel values: which value becomes black and which becomes white."""

    black: float = Field(description="Pixel value that is mapped to 0 (black).")
    white: float = Field(description="Pixel value that is mapped to 255 (white).")
    origin: Literal["given", "determined"] = Field(
        description="`given`: the scale was given in the request. `determined`: the scale was determined from the "
        "images."
    )
    images: int = Field(description="Number of images that are read with this scale.")
    lowest: float = Field(description="Lowest pixel value in the images that are read with this scale.")
    highest: float = Field(description="Highest pixel value in the images that are read with this scale.")


class RepeatedImages(Value):
    """Images that are identical to other images."""

    folders: tuple[str, str] = Field(
        description="The two folders that contain the copies. If both are in the same folder, that folder is listed "
        "twice."
    )
    images: int = Field(
        description="Number of images in the second folder that are also in the first folder. If both folders are the "
        "same, the first of several identical images is not counted."
    )
    differ_in_class: bool = Field(description="Whether identical images are in different classes.")
    examples: list[tuple[str, str]] = Field(description="Paths of up to three pairs of identical images.")


class DataReport(Value):
    """Report on a data set, in numbers and in plain words. Every error message says how to fix the problem."""

    data: DataSource = Field(description="The data set that was inspected.")
    images: int = Field(description="Number of training images.")
    held_out_images: int = Field(
        description="Number of held-out images: selection images, official test images or `unseen` images, depending "
        "on the data set."
    )
    test_images: int = Field(default=0, description="Number of held-out images that are official test images.")
    splits: list[SplitFolder] = Field(
        default_factory=list, description="For an image folder, the subfolders that are used, each with its split."
    )
    class_levels: ClassLevelChoice | None = Field(
        default=None,
        description="If class folders contain folders, the classes at both levels and the level that is used; "
        "otherwise null.",
    )
    not_read: list[UnreadFileType] = Field(
        default_factory=list,
        description="Files in class folders that are not read as images, grouped by file name extension, most "
        "frequent extension first.",
    )
    hidden_files: int = Field(default=0, description="Number of hidden files in class folders; they are not read.")
    unused: list[UnusedImages] = Field(
        default_factory=list,
        description="Images that are not used, because they are outside the class folders of the splits.",
    )
    intensity: IntensityScale | None = Field(
        default=None,
        description="The pixel values that are mapped to black and to white; null if all images have 8 bits and are "
        "read unchanged.",
    )
    constant_images: int = Field(
        default=0, description="Number of decoded images in which all pixels have the same value."
    )
    repeated: list[RepeatedImages] = Field(
        default_factory=list,
        description="Images that occur more than once, starting with those that occur in two splits.",
    )
    classes: list[ClassCount] = Field(description="Classes in the order of the network's outputs.")
    sizes: list[PictureSize] = Field(description="The most frequent image sizes, at most 10.")
    different_sizes: int = Field(description="Number of different image sizes.")
    modes: list[PictureMode] = Field(description="Pixel formats, most frequent first.")
    unreadable: list[UnreadablePicture] = Field(description="The first 20 unreadable files.")
    unreadable_images: int = Field(description="Number of unreadable files.")
    duplicates: int = Field(description="Number of images that occur more than once.")
    image_size: int | None = Field(
        description="Edge length, in pixels, of the images that a network would receive; null if the data set cannot "
        "be used."
    )
    channels: int | None = Field(
        description="Number of channels (1 or 3) of the images that a network would receive; null if the data set "
        "cannot be used."
    )
    mean: list[float] | None = Field(
        description="Mean of each channel, for pixel values scaled to 0-1; null if the data set cannot be used."
    )
    std: list[float] | None = Field(
        description="Standard deviation of each channel, for pixel values scaled to 0-1; null if the data set cannot "
        "be used."
    )
    normalization: Literal["given", "known", "measured"] | None = Field(
        description="Where the mean and standard deviation come from: `given` in the request, `known` from the "
        "literature, or `measured` on up to 2,000 training images."
    )
    streamed: bool | None = Field(
        description="Whether the images stay on disk and are decoded on demand, because they do not fit in memory."
    )
    errors: list[str] = Field(description="Errors to fix before the data set can be used.")
    warnings: list[str] = Field(description="Problems that do not prevent the data set from being used.")
    sentences: list[str] = Field(description="The report in plain words, with the most important findings first.")
