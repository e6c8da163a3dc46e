"""Checks that every request passes first: host, origin, body and visitor."""

from cnnpruner.api.guard.middleware import Guard

__all__ = ["Guard"]
