"""The common form into which every kind of data set is read."""

from dataclasses import dataclass, field

from cnnpruner.data.images.images import ImageSet
from cnnpruner.domain.tree.image_reading import ImageReading


@dataclass(frozen=True)
class RawData:
    """Images before adaptation, and the names of the classes."""

    train: ImageSet
    test: ImageSet | None
    classes: tuple[str, ...]
    notices: tuple[str, ...] = field(default=())
    held_out: ImageSet | None = None
    """Images for selection. If `test` is None, the test split may have to be taken from them too."""
    held_out_origin: str = ""
    """Where the images of `held_out` come from, as the end of the sentence “… images {held_out_origin}”."""
    may_take_test_from_train: bool = False
    """Whether `held_out` must be used for selection only. If so and there is no `test`, the test split is cut from the
    training images, unless the weights have seen them.
    """
    reading: ImageReading | None = None
    """How the image files were read; None if there are no image files."""
    warnings: tuple[str, ...] = field(default=())
    """What would make results misleading, such as images that are in two splits."""
