"""How a piece of work says how far it is."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the share of the work that is done, 0-1, and what is being done. What it raises ends the work."""
