"""Checks that the images of a set have contrast, since a wrong intensity scale makes them nearly constant."""

from cnnpruner.errors import UnusableData

MIN_LEVELS = 1.0
LOW_LEVELS = 8.0
"""Below this standard deviation, pixels hardly differ. In ordinary photographs and scans, it is 30 to 80 out of 255."""


def check_contrast(std: float) -> tuple[str, ...]:
    """Return a notice if the pixels of the training images hardly differ.

    `std`: standard deviation of the channel with the largest one, for pixels 0-1. Raises UnusableData if they do not
    differ at all.
    """
    levels = 255 * std
    if levels < MIN_LEVELS:
        raise UnusableData(
            "All pixels of the training images have nearly the same value: their standard deviation is "
            f"{levels:.2g} of 255. Check the files; if their values are small, give the range that should become black "
            "and white (value range)."
        )
    if levels >= LOW_LEVELS:
        return ()
    return (
        f"The training images are nearly constant: the standard deviation of their pixels is {levels:.1f} of 255. "
        "If their values fill only a small part of the range, give the range that should become black and white (value "
        "range).",
    )
