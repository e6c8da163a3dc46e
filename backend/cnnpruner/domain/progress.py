"""How long-running work reports its progress."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""A function that is called with the share of the work that is done (0-1) and a message. If it raises, the work ends.
"""


def scale_progress(progress: Progress, low: float, high: float) -> Progress:
    """Return a function that reports the progress of one part of the work. Called with a value from 0 to 1, it calls
    `progress` with the corresponding value between `low` and `high`.
    """
    return lambda done_share, message: progress(low + (high - low) * done_share, message)
