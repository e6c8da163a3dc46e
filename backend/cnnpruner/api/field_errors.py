"""Turns what Pydantic says of a request into sentences that name the field and what helps."""

from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

MOST_SAID = 5
MOST_LISTED = 50
SHOWN_CHARACTERS = 60


def list_field_errors(error: RequestValidationError) -> list[dict[str, str]]:
    """The errors of a request as `field` and `message`, in order."""
    return [{"field": _field(entry, error.body), "message": _message(entry)} for entry in error.errors()[:MOST_LISTED]]


def sentence(field_errors: list[dict[str, str]]) -> str:
    """The first faults, readable by a person."""
    said = "; ".join(f"{error['field']} {error['message']}" for error in field_errors[:MOST_SAID])
    rest = len(field_errors) - MOST_SAID
    return f"The request does not fit: {said}{f'; and {rest} more' if rest > 0 else ''}."


def _field(error: dict[str, Any], body: Any) -> str:
    """The path of a field as its writer knows it: without the part of the request and without the tags of a union."""
    location: Sequence[str | int] = error["loc"]
    if error["type"] == "json_invalid":  # there it is the place of a character
        return "the body"
    if location[0] != "body":
        return ".".join(str(part) for part in location[1:]) or str(location[0])
    names, here = [], body
    for place, part in enumerate(location[1:], start=1):
        is_last, inside = place == len(location) - 1, _inside(here, part)
        if not is_last and not isinstance(inside, dict | list):
            continue
        names.append(str(part)[:SHOWN_CHARACTERS])
        here = inside
    return ".".join(names) or "the body"


def _inside(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def _message(error: dict[str, Any]) -> str:
    kind, said = error["type"], error["msg"]
    if kind == "missing":
        return "is missing: give it"
    if kind == "extra_forbidden":
        return "is not known here: leave it out or correct its name"
    if kind == "json_invalid":
        reason = error.get("ctx", {}).get("error", said)
        return f"is not valid JSON ({reason}, character {error['loc'][-1]}): send one JSON object as application/json"
    if kind in ("value_error", "assertion_error"):
        return f"is refused: {said.removeprefix('Value error, ').removeprefix('Assertion failed, ')}"
    return f"{said.replace('Input should', 'should', 1)} (not {_shown(error.get('input'))})"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
