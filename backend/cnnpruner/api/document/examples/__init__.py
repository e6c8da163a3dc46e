"""Real examples of all calls: what was asked and what was answered, as `make examples` recorded it from a server."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
"""A file for each tag of the document: operation id → `parameters`, `body` and `answers` by status."""


def read_examples() -> dict[str, dict[str, Any]]:
    """Examples by operation id."""
    files = (json.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json")))
    return {call: example for file in files for call, example in file.items()}
