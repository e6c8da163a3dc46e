"""Checks that the images of a set have contrast, since a wrong intensity scale makes them nearly constant."""

from cnnpruner.errors import UnusableData

MIN_STD = 1.0
"""If the standard deviation of pixel values 0-255 is below this value, the images count as constant."""
LOW_CONTRAST_STD = 8.0
"""If the standard deviation of pixel values 0-255 is below this value, the contrast is very low.

In ordinary photographs and scans, the standard deviation is 30 to 80.
"""


def check_contrast(std: float) -> tuple[str, ...]:
    """Return a notice if the training images have very low contrast; otherwise, an empty tuple.

    `std`: the largest standard deviation of any channel, for pixel values 0-1. Raises UnusableData if the images are
    nearly constant.
    """
    std_on_255_scale = 255 * std
    if std_on_255_scale < MIN_STD:
        raise UnusableData(
            "All pixels of the training images have nearly the same value: their standard deviation is "
            f"{std_on_255_scale:.2g} on a scale of 0 to 255. Check the files; if all pixel values are small, set "
            "the value range to the pixel values that should become black and white."
        )
    if std_on_255_scale >= LOW_CONTRAST_STD:
        return ()
    return (
        f"The training images are nearly constant: the standard deviation of their pixels is {std_on_255_scale:.1f} "
        "on a scale of 0 to 255. If all pixel values lie in a small part of this scale, set the value "
        "range to the pixel values that should become black and white.",
    )
