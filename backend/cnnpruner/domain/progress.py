"""How long-running work reports its progress."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Function called with the share of the work that is done (0-1) and a message. If it raises an exception, the work
ends.
"""
