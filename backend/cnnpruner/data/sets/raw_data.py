"""What a family of data sets reads."""

from dataclasses import dataclass, field

from cnnpruner.data.images.images import ImageSet


@dataclass(frozen=True)
class RawData:
    """Images as they lie there, and the names of the classes."""

    train: ImageSet
    test: ImageSet | None
    classes: tuple[str, ...]
    notices: tuple[str, ...] = field(default=())
    held_out: ImageSet | None = None
    """For selection alone, or for selection and test where there is no `test`."""
