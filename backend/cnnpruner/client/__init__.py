"""The Python client for notebooks and scripts. It only exchanges domain values with a server over HTTP."""

from cnnpruner.client.client import Client

__all__ = ["Client"]
