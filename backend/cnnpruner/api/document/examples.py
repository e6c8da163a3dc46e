"""Examples of all calls, with requests and responses that `make examples` recorded from a real server."""

import json
from pathlib import Path
from typing import Any

EXAMPLES_FILE = Path(__file__).with_suffix(".json")
"""JSON file that maps each operation id to its example: the `parameters`, the request `body`, and the `answers` by
status code. All examples are in one file, because they are recorded together.
"""


def read_examples() -> dict[str, dict[str, Any]]:
    """Returns the recorded examples as a dict from operation id to example."""
    examples: dict[str, dict[str, Any]] = json.loads(EXAMPLES_FILE.read_text(encoding="utf-8"))
    return examples
