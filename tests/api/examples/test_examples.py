"""Every call in the document has an example, and every example matches its schema."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from cnnpruner.api.app import create_app
from cnnpruner.api.document.examples import EXAMPLES_FILE, read_examples
from tests.api.examples.shortener import shorten, shorten_event

DOCUMENT: dict[str, Any] = create_app(None).openapi()
OPERATIONS = {
    operation["operationId"]: operation for calls in DOCUMENT["paths"].values() for operation in calls.values()
}
BINARY = ("application/zip", "image/png", "text/html")
"""Media types without examples; their description is enough."""
STREAM = "text/event-stream"


@dataclass(frozen=True)
class DocumentPart:
    """A parameter, body or response that needs an example."""

    name: str
    media: dict[str, Any]
    kind: str = "application/json"

    @property
    def examples(self) -> list[Any]:
        """Its examples."""
        item = [self.media["example"]] if "example" in self.media else []
        return item + [example["value"] for example in self.media.get("examples", {}).values()]

    def errors(self, example: Any) -> Iterator[str]:
        """Yields how an example violates the schema."""
        if self.kind == STREAM:
            schema = self.media["itemSchema"]["properties"]["data"]["contentSchema"]
            lines = [line for line in example.splitlines() if line.startswith("data: ")]
            values = [json.loads(line.removeprefix("data: ")) for line in lines]
            assert values, f"{self.name}: an empty stream"
        else:
            schema, values = self.media["schema"], [example]
        validator = jsonschema_rs.Draft202012Validator(
            schema | {"components": DOCUMENT["components"]}, validate_formats=True
        )
        for value in values:
            for error in validator.iter_errors(value):
                yield f"{self.name}: {error.message} at {error.instance_path}"


def _parts() -> Iterator[DocumentPart]:
    for name, operation in OPERATIONS.items():
        for parameter in operation.get("parameters", ()):
            yield DocumentPart(f"{name}, {parameter['name']}", parameter)
        responses = {f"answer {status}": item for status, item in operation["responses"].items() if status[0] == "2"}
        for part_name, item in ({"body": operation.get("requestBody", {})} | responses).items():
            for kind, media in item.get("content", {}).items():
                if kind not in BINARY:
                    yield DocumentPart(f"{name}, {part_name}", media, kind)


DOCUMENT_PARTS = list(_parts())


def test_every_call_has_examples_of_parameters_body_and_success() -> None:
    missing = [part.name for part in DOCUMENT_PARTS if not part.examples]
    assert not missing, "no example (`make examples` records them): " + ", ".join(missing)


def test_every_example_matches_its_schema() -> None:
    errors = [error for part in DOCUMENT_PARTS for example in part.examples for error in part.errors(example)]
    assert not errors, "`make examples` records them anew:\n" + "\n".join(errors)


def test_all_examples_belong_to_existing_calls() -> None:
    assert set(read_examples()) <= set(OPERATIONS)


def test_examples_contain_no_paths_and_no_valid_tokens() -> None:
    text = EXAMPLES_FILE.read_text()
    assert not re.findall(r"(?<![\w.])/\w+/[^\"]*", text), "a path of the machine"
    assert not re.findall(r"[\w-]{43,}", text), "a token"


def test_only_long_lists_maps_and_pictures_are_shortened() -> None:
    layers = {f"features.{number}": list(range(9)) for number in range(6)}
    fields: dict[str, Any] = {"shape": [8, 4, 3, 3], "note": "two words " * 20, "filters": layers}
    fields |= dict.fromkeys("abcdef", 1) | {"picture": "iVBORw0KGgo" * 20}
    short = shorten(fields)
    assert list(short) == list(fields) and short["shape"] == fields["shape"] and short["note"] == fields["note"]
    assert short["filters"] == {name: [0, 1, 2] for name in ("features.0", "features.1", "features.2")}
    assert short["picture"].startswith("iVBORw0KGgo") and short["picture"].endswith("…") and len(short["picture"]) < 50


def test_shortening_an_event_keeps_its_lines() -> None:
    event = 'event: scores\ndata: {"score": [1, 2, 3, 4, 5]}\nid: 7'
    assert shorten_event(event) == 'event: scores\ndata: {"score": [1, 2, 3]}\nid: 7'
