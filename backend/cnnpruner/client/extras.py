"""Packages that a notebook may want and a server need not have."""

import importlib
from typing import Any

from cnnpruner.errors import Unavailable


def require(module: str, purpose: str) -> Any:
    """The module; raises Unavailable with the line to type where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        sentence = f"{purpose} needs {package}, which is not installed here"
        raise Unavailable(f"{sentence}: type `pip install {package}`, or install cnnpruner[notebook].") from error
