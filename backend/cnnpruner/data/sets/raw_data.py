"""The common form to which every kind of data set is converted."""

from dataclasses import dataclass, field

from cnnpruner.data.images.images import ImageSet
from cnnpruner.domain.tree.image_reading import ImageReading


@dataclass(frozen=True)
class RawData:
    """The images of a data set before they are adapted to a network, and the names of the classes."""

    train: ImageSet
    test: ImageSet | None
    classes: tuple[str, ...]
    notices: tuple[str, ...] = field(default=())
    held_out: ImageSet | None = None
    """Images for selection. If `test` is None, some of them may also be needed for the test split."""
    held_out_origin: str = ""
    """Where the images of `held_out` come from, worded as the end of the sentence “… images {held_out_origin}”."""
    may_take_test_from_train: bool = False
    """Whether `held_out` may only be used for selection.

    In that case, if `test` is None, the test split is cut from the training images, unless the weights were trained on
    them.
    """
    reading: ImageReading | None = None
    """How the image files were read; None if there are no image files."""
    warnings: tuple[str, ...] = field(default=())
    """Problems that would make results misleading, such as the same image in two splits."""
