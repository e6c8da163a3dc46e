"""The committed OpenAPI document matches the code and describes everything."""

import json
from collections.abc import Iterator
from typing import Any

from cnnpruner.api.app import create_app
from cnnpruner.api.document.__main__ import build_openapi_text
from tests.conftest import REPOSITORY

MAX_BYTES = 600_000
FASTAPI_DEFAULT = "Successful Response"


def test_the_committed_openapi_document_is_current() -> None:
    committed = (REPOSITORY / "openapi.json").read_text()
    assert committed == build_openapi_text(), "openapi.json is stale: type `make api` and commit what changes"


def test_the_document_is_generated_once_and_stays_small() -> None:
    app = create_app(None)
    assert app.openapi() is app.openapi()
    assert len(json.dumps(app.openapi())) < MAX_BYTES


def test_everything_in_the_document_is_described() -> None:
    openapi = create_app(None).openapi()
    schemas = openapi["components"]["schemas"]
    undescribed = [name for name, schema in schemas.items() if not schema.get("description")]
    undescribed += _undescribed_fields(openapi, "")
    undescribed += [path for operation in _operations(openapi) for path in _undescribed_parts(operation)]
    assert not undescribed, "no description: " + ", ".join(undescribed)


def _operations(openapi: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for calls in openapi["paths"].values() for operation in calls.values()]


def _undescribed_fields(value: Any, path: str) -> Iterator[str]:
    """Yields properties without a description, in any schema."""
    if isinstance(value, list):
        for item in value:
            yield from _undescribed_fields(item, path)
    if not isinstance(value, dict):
        return
    for name, field in value.get("properties", {}).items():
        if not field.get("description"):
            yield f"{path.rpartition('/')[2]}.{name}"
    for name, item in value.items():
        if name != "examples":
            yield from _undescribed_fields(
                item, path if name in ("properties", "schema", "items") else f"{path}/{name}"
            )


def _undescribed_parts(operation: dict[str, Any]) -> Iterator[str]:
    name = operation["operationId"]
    if not operation.get("description"):
        yield name
    for parameter in operation.get("parameters", ()):
        if not parameter.get("description"):
            yield f"{name}, parameter {parameter['name']}"
    if not operation.get("requestBody", {"description": "there is none"}).get("description"):
        yield f"{name}, body"
    for status, response in operation["responses"].items():
        if response.get("description", "") in ("", FASTAPI_DEFAULT):
            yield f"{name}, answer {status}"
