"""How long-running work reports its progress."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Function called with the share of the work that is done (0-1) and a message. If it raises an exception, the work
ends.
"""


def part_of(progress: Progress, low: float, high: float) -> Progress:
    """Return a progress from 0 to 1 of a part of the work, which reports to `progress` from `low` to `high`."""
    return lambda done, message: progress(low + (high - low) * done, message)
