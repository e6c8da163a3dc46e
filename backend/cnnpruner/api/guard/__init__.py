"""Checks every request before it reaches a route: host, origin, body and visitor."""

from cnnpruner.api.guard.middleware import Guard

__all__ = ["Guard"]
