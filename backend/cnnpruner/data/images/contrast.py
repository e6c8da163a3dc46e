"""Checks that the images of a set have contrast, since a wrong intensity scale makes them nearly constant."""

from cnnpruner.errors import UnusableData

MIN_STD = 1.0
"""Below this standard deviation, out of 255, images count as constant."""
LOW_STD = 8.0
"""Below this standard deviation, the contrast is very low.

In ordinary photographs and scans, it is 30 to 80 out of 255.
"""


def check_contrast(std: float) -> tuple[str, ...]:
    """Return a notice if the pixels of the training images have almost the same value.

    `std`: the largest standard deviation of any channel, for pixels 0-1. Raises UnusableData if all have the same
    value.
    """
    std_on_255_scale = 255 * std
    if std_on_255_scale < MIN_STD:
        raise UnusableData(
            "All pixels of the training images have nearly the same value: their standard deviation is "
            f"{std_on_255_scale:.2g} of 255. Check the files; if their values are small, set the value range to the "
            "pixel values that should become black and white."
        )
    if std_on_255_scale >= LOW_STD:
        return ()
    return (
        f"The training images are nearly constant: the standard deviation of their pixels is {std_on_255_scale:.1f} "
        "of 255. If their values fill only a small part of the range, set the value range to the pixel values that "
        "should become black and white.",
    )
