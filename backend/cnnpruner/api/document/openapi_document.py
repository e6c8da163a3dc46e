"""Completes the OpenAPI document that FastAPI generates: adds examples to all calls, and descriptions to the request
bodies.
"""

from typing import Any

from fastapi import FastAPI

from cnnpruner.api.document.examples import read_examples

API_DESCRIPTION = """The REST API of CNNPruner. The web page uses this API for everything it does.

Times are in UTC; accuracies and shares are numbers from 0 to 1. The examples were recorded from a server that runs
the demo. Long lists and objects in the examples are truncated after three entries."""


class DocumentedApp(FastAPI):
    """FastAPI application that generates its OpenAPI document once, on the first request for it."""

    def openapi(self) -> dict[str, Any]:
        """Returns the OpenAPI document, complete with examples and with descriptions of the request bodies."""
        if self.openapi_schema is None:
            add_descriptions_and_examples(super().openapi())
        assert self.openapi_schema is not None
        return self.openapi_schema


def add_descriptions_and_examples(document: dict[str, Any]) -> None:
    """Adds to `document`, in place, the recorded examples and the missing descriptions of request bodies."""
    examples, schemas = read_examples(), document["components"]["schemas"]
    for path_item in document["paths"].values():
        for operation in path_item.values():
            if body := operation.get("requestBody"):
                body.setdefault(
                    "description", _describe_schema(next(iter(body["content"].values()))["schema"], schemas)
                )
            _set_error_media_type(operation["responses"])
            _add_example(operation, examples.get(operation["operationId"], {}))


def _set_error_media_type(responses: dict[str, Any]) -> None:
    """Sets the media type of errors to JSON. FastAPI documents errors with the media type of the successful response,
    which is wrong for an event stream.
    """
    for status in ("4XX", "5XX"):
        responses[status]["content"] = {"application/json": next(iter(responses[status]["content"].values()))}


def _describe_schema(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Returns the description of `schema`, following references; for a union, that of its first member. Empty if there
    is none.
    """
    if "$ref" in schema:
        return _describe_schema(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "description" in schema or "anyOf" not in schema:
        return str(schema.get("description", ""))
    return _describe_schema(schema["anyOf"][0], schemas)


def _add_example(operation: dict[str, Any], example: dict[str, Any]) -> None:
    values = example.get("parameters", {})
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in values:
            parameter["example"] = values[parameter["name"]]
    if "body" in example:
        _set_example(operation["requestBody"], example["body"])
    for status, response in example.get("answers", {}).items():
        _set_example(operation["responses"][status], response)


def _set_example(message: dict[str, Any], value: Any) -> None:
    """Sets `value` as the example of a request or response. It is stored under `examples`, because a single `example`
    would be copied into the page's types as a comment.
    """
    next(iter(message["content"].values()))["examples"] = {"demo": {"summary": "Example from the demo", "value": value}}
