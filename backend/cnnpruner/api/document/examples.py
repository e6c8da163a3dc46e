"""Examples of all calls, with requests and responses that `make examples` recorded from a real server."""

import json
from pathlib import Path
from typing import Any

EXAMPLES_FILE = Path(__file__).with_suffix(".json")
"""Operation id → `parameters`, `body` and `answers` by status. All examples are in one file, because they are recorded
together.
"""


def read_examples() -> dict[str, dict[str, Any]]:
    """Returns the examples by operation id."""
    examples: dict[str, dict[str, Any]] = json.loads(EXAMPLES_FILE.read_text(encoding="utf-8"))
    return examples
