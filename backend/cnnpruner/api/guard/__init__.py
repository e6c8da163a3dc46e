"""What stands before every request: host, origin, body, visitor."""

from cnnpruner.api.guard.middleware import Guard

__all__ = ["Guard"]
