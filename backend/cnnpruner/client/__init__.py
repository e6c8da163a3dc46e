"""The Python client for notebooks and scripts. It only exchanges domain values with a server over HTTP."""

from cnnpruner.client.client import Client
from cnnpruner.domain.plans.orders import PAPER_ORDER

__all__ = ["PAPER_ORDER", "Client"]
