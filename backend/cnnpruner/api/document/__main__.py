"""Writes the OpenAPI document from which the page's types are generated."""

import json
import sys
from pathlib import Path

from cnnpruner.api.app import create_app


def build_openapi_text() -> str:
    """Returns the text of `openapi.json`."""
    return json.dumps(create_app(None).openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(build_openapi_text())
