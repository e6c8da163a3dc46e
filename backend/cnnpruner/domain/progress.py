"""How long-running work reports its progress."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the share of the work that is done, 0-1, and a message. An exception that it raises ends the work."""
