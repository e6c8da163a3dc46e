"""How the image files of an experiment are listed and decoded."""

from typing import Annotated, Literal

from pydantic import Field

from cnnpruner.domain.base import Value

ClassLevel = Literal["upper", "lower"]
"""Which folders are the classes if class folders contain folders: the outer (`upper`) or the inner (`lower`) ones."""
PixelValue = Annotated[float, Field(allow_inf_nan=False)]


class ImageReading(Value):
    """Rules for listing and decoding image files. They are determined when an experiment is created, so that all its
    nodes read the same pixels.
    """

    version: int = Field(
        ge=1,
        description="Version of the rules for listing folders and decoding images: 1 for experiments of version "
        "0.1.0, 2 for later ones.",
    )
    low: PixelValue | None = Field(
        description="Pixel value that is mapped to 0 (black); null if all images have 8 bits and are read unchanged."
    )
    high: PixelValue | None = Field(description="Pixel value that is mapped to 255 (white); null if `low` is null.")
    scales_all_images: bool = Field(
        description="True if the user set `low` and `high`, which then apply to all images, including 8-bit images. "
        "False if they were determined from the data; they then apply only to images of more than 8 bits."
    )


CURRENT_IMAGE_READING_VERSION = 2
LEGACY_IMAGE_READING = ImageReading(version=1, low=None, high=None, scales_all_images=False)
"""The rules of version 0.1.0, still used for experiments that it created: only folders named `train`, `val`, `valid` or
`test` are splits, files with rarer file name extensions are not read, and every 16-bit or float image is scaled to its
own range.
"""
LEGACY_FACTORY_NOTICE = (
    "This experiment was created by version 0.1.0 and still reads its images as that version did: each 16-bit or "
    "float image of the data factory is scaled on its own."
)
LEGACY_FOLDER_NOTICE = (
    "This experiment was created by version 0.1.0 and still reads its images as that version did: each 16-bit "
    "or float image is scaled on its own, images with rarer file name endings are left out, and `val`, not `test`, is "
    "the test split if both exist. `cnnpruner inspect-data` says how the folder is read today; create a new experiment "
    "to use that."
)
