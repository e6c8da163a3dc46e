"""The OpenAPI document: the committed one is the one that the code makes, and it has words for everything."""

import json
from collections.abc import Iterator
from typing import Any

from cnnpruner.api.app import create_app
from cnnpruner.api.document.__main__ import document
from tests.conftest import REPOSITORY

MOST_BYTES = 600_000
FASTAPIS_OWN = "Successful Response"


def test_openapi_document_is_current() -> None:
    committed = (REPOSITORY / "openapi.json").read_text()
    assert committed == document(), "openapi.json is stale: type `make api` and commit what changes"


def test_document_is_made_once_and_stays_small() -> None:
    app = create_app(None)
    assert app.openapi() is app.openapi()
    assert len(json.dumps(app.openapi())) < MOST_BYTES


def test_everything_in_the_document_is_described() -> None:
    found = create_app(None).openapi()
    schemas = found["components"]["schemas"]
    bare = [name for name, schema in schemas.items() if not schema.get("description")]
    bare += _bare_fields(found, "")
    bare += [place for operation in _operations(found) for place in _bare_parts(operation)]
    assert not bare, "no description: " + ", ".join(bare)


def _operations(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for calls in found["paths"].values() for operation in calls.values()]


def _bare_fields(value: Any, place: str) -> Iterator[str]:
    """Properties without words, wherever a schema stands."""
    if isinstance(value, list):
        for one in value:
            yield from _bare_fields(one, place)
    if not isinstance(value, dict):
        return
    for name, field in value.get("properties", {}).items():
        if not field.get("description"):
            yield f"{place.rpartition('/')[2]}.{name}"
    for name, one in value.items():
        if name != "examples":
            yield from _bare_fields(one, place if name in ("properties", "schema", "items") else f"{place}/{name}")


def _bare_parts(operation: dict[str, Any]) -> Iterator[str]:
    name = operation["operationId"]
    if not operation.get("description"):
        yield name
    for parameter in operation.get("parameters", ()):
        if not parameter.get("description"):
            yield f"{name}, parameter {parameter['name']}"
    if not operation.get("requestBody", {"description": "there is none"}).get("description"):
        yield f"{name}, body"
    for status, answer in operation["responses"].items():
        if answer.get("description", "") in ("", FASTAPIS_OWN):
            yield f"{name}, answer {status}"
