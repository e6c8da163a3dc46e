"""Real examples of all calls: what was asked and what was answered, as `make examples` recorded it from a server."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json")
"""Operation id → `parameters`, `body` and `answers` by status. One file, since it is recorded as one."""


def read_examples() -> dict[str, dict[str, Any]]:
    """Examples by operation id."""
    examples: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return examples
