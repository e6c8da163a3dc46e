"""Finds out whether the optional packages for ONNX are installed.

Does not import torch, because the server checks this before it starts a job.
"""

import importlib.util

from cnnpruner.errors import Unavailable

ONNX_PACKAGES = ("onnx", "onnxruntime")
INSTALL_COMMAND = "python -m pip install onnx onnxruntime"


def find_missing_packages() -> list[str]:
    """Return the names of the packages for ONNX that are not installed, without importing any package."""
    return [name for name in ONNX_PACKAGES if importlib.util.find_spec(name) is None]


def require_packages() -> None:
    """Raise Unavailable if a package that is needed to write or run ONNX is not installed."""
    missing = find_missing_packages()
    if missing:
        raise Unavailable(
            f"Exporting as ONNX requires {' and '.join(missing)} on the server; run `{INSTALL_COMMAND}` there and try "
            "again.",
            missing=missing,
        )
