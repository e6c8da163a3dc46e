"""Completes the OpenAPI document that FastAPI makes of the routes: examples of calls, words for bodies."""

from typing import Any

from fastapi import FastAPI

from cnnpruner.api.document.examples import read_examples

ABOUT = """All that the page does goes through these calls. Times are UTC; accuracies and shares are 0-1.

The examples were recorded from a server with the demo. Long lists and maps in them are cut after three entries."""


class DocumentedApp(FastAPI):
    """Its document is made when somebody asks for it, once."""

    def openapi(self) -> dict[str, Any]:
        """The whole document."""
        if self.openapi_schema is None:
            complete(super().openapi())
        assert self.openapi_schema is not None
        return self.openapi_schema


def complete(document: dict[str, Any]) -> None:
    """Write examples, and descriptions of bodies, into `document`."""
    examples, schemas = read_examples(), document["components"]["schemas"]
    for calls in document["paths"].values():
        for operation in calls.values():
            if body := operation.get("requestBody"):
                body.setdefault("description", _words(next(iter(body["content"].values()))["schema"], schemas))
            _tell_errors_as_json(operation["responses"])
            _add_example(operation, examples.get(operation["operationId"], {}))


def _tell_errors_as_json(answers: dict[str, Any]) -> None:
    """FastAPI gives them the media type of the success, which for an event stream is not so."""
    for status in ("4XX", "5XX"):
        answers[status]["content"] = {"application/json": next(iter(answers[status]["content"].values()))}


def _words(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """What a schema says of itself: its own words, else those of the value that it stands for."""
    if "$ref" in schema:
        return _words(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "description" in schema or "anyOf" not in schema:
        return str(schema.get("description", ""))
    return _words(schema["anyOf"][0], schemas)


def _add_example(operation: dict[str, Any], example: dict[str, Any]) -> None:
    given = example.get("parameters", {})
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in given:
            parameter["example"] = given[parameter["name"]]
    if "body" in example:
        _put(operation["requestBody"], example["body"])
    for status, answer in example.get("answers", {}).items():
        _put(operation["responses"][status], answer)


def _put(place: dict[str, Any], value: Any) -> None:
    """As one of several: a lone `example` would be copied into the page's types as a comment."""
    next(iter(place["content"].values()))["examples"] = {"demo": {"summary": "on the demo", "value": value}}
