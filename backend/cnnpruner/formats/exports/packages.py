"""Whether the optional packages of ONNX are there. Free of torch: the server asks before it starts a job."""

import importlib.util

from cnnpruner.errors import Unavailable

PACKAGES = ("onnx", "onnxruntime")
CURE = "python -m pip install onnx onnxruntime"


def missing_packages() -> list[str]:
    """Those of the packages that are not installed; looks without importing them."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def require_packages() -> None:
    """Raise Unavailable where ONNX cannot be written or run."""
    missing = missing_packages()
    if missing:
        sentence = f"ONNX needs the packages {' and '.join(missing)}, which are not installed beside the server"
        raise Unavailable(f"{sentence}; type `{CURE}` there and try again.", missing=missing)
