"""The server process starts quickly and stays small: only workers import torch."""

import subprocess
import sys

HEAVY = ("torch", "torchvision", "sklearn", "scipy", "pandas", "onnxruntime")


def test_the_server_imports_nothing_heavy() -> None:
    code = f"import sys, cnnpruner.api.server; print(*[name for name in {HEAVY} if name in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.split() == [], f"importing the server imports {process.stdout}"
