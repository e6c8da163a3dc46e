"""Imports optional packages that are useful in notebooks."""

import importlib
from typing import Any

from cnnpruner.errors import Unavailable


def import_optional_module(module: str, purpose: str) -> Any:
    """Imports an optional module. Raises Unavailable with installation instructions if the module is missing."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise Unavailable(
            f"{purpose} needs {package}, which is not installed: run `pip install {package}`, "
            "or install cnnpruner[notebook]."
        ) from error
