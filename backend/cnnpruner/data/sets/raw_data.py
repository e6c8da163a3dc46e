"""The common form into which every kind of data set is read."""

from dataclasses import dataclass, field

from cnnpruner.data.images.images import ImageSet


@dataclass(frozen=True)
class RawData:
    """Images before adaptation, and the names of the classes."""

    train: ImageSet
    test: ImageSet | None
    classes: tuple[str, ...]
    notices: tuple[str, ...] = field(default=())
    held_out: ImageSet | None = None
    """Images for the selection split, or for the selection and test splits if `test` is None."""
    warnings: tuple[str, ...] = field(default=())
    """What would make results misleading, such as images that are in two splits."""
