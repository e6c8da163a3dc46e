"""The notebook's way in: domain values over HTTP, nothing else."""

from cnnpruner.client.client import Client

__all__ = ["Client"]
