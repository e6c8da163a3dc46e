"""Turns Pydantic's validation errors into sentences that name the field and the fix."""

from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

MAX_ERRORS_IN_SENTENCE = 5
MAX_LISTED_ERRORS = 50
MAX_QUOTED_CHARACTERS = 60


def list_field_errors(error: RequestValidationError) -> list[dict[str, str]]:
    """Returns the first 50 errors of a request, in order, each with the path of its `field` and a `message`."""
    return [
        {"field": _field_path(entry, error.body), "message": _error_message(entry)}
        for entry in error.errors()[:MAX_LISTED_ERRORS]
    ]


def join_field_errors(field_errors: list[dict[str, str]]) -> str:
    """Returns one sentence that lists the first five errors and says how many more there are."""
    errors = "; ".join(f"{error['field']} {error['message']}" for error in field_errors[:MAX_ERRORS_IN_SENTENCE])
    omitted_count = len(field_errors) - MAX_ERRORS_IN_SENTENCE
    return f"The request is not valid: {errors}{f'; and {omitted_count} more' if omitted_count > 0 else ''}."


def _field_path(error: dict[str, Any], body: Any) -> str:
    """Returns the path of the field that an error is about, such as `data.kind`. This is Pydantic's path without `body`
    and without the tags of unions.
    """
    location: Sequence[str | int] = error["loc"]
    if error["type"] == "json_invalid":  # its location is the position of a character
        return "the body"
    if location[0] != "body":
        return ".".join(str(key) for key in location[1:]) or str(location[0])
    field_names, value = [], body
    path_keys = location[1:]
    for key_index, key in enumerate(path_keys):
        if not isinstance(value, dict | list):
            break  # a union of plain values: only tags follow
        is_last_key = key_index == len(path_keys) - 1
        if is_last_key or _is_field_name(value, key, None if error["type"] == "missing" else path_keys[key_index + 1]):
            field_names.append(str(key)[:MAX_QUOTED_CHARACTERS])
            value = value[key] if _has_key(value, key) else None  # type: ignore[index]
    return ".".join(field_names) or "the body"


def _is_field_name(value: dict[str, Any] | list[Any], key: str | int, next_key: str | int | None) -> bool:
    """Returns whether `key`, one step of the path in a Pydantic error, is a field of `value`. If not, it is the tag by
    which Pydantic marks an alternative of a union.

    A tag can have the same name as a field. If that field holds no object or list, `key` is the tag if `next_key` is
    also a field of `value`, or if `next_key` is None because the error is about a missing field.
    """
    if not _has_key(value, key):
        return False
    is_scalar = not isinstance(value[key], dict | list)  # type: ignore[index]
    return not (is_scalar and (next_key is None or _has_key(value, next_key)))


def _has_key(value: dict[str, Any] | list[Any], key: str | int) -> bool:
    if isinstance(value, dict):
        return key in value
    return isinstance(key, int) and 0 <= key < len(value)


def _error_message(error: dict[str, Any]) -> str:
    error_type, message = error["type"], error["msg"]
    if error_type == "missing":
        return "is required"
    if error_type == "extra_forbidden":
        return "is not a known field: remove it or correct its name"
    if error_type == "json_invalid":
        reason = error.get("ctx", {}).get("error", message)
        return f"is not valid JSON ({reason}, character {error['loc'][-1]}): send one JSON object as application/json"
    if error_type in ("value_error", "assertion_error"):
        return f"is not valid: {message.removeprefix('Value error, ').removeprefix('Assertion failed, ')}"
    return f"{message.replace('Input should', 'should', 1)} (not {_abbreviate(error.get('input'))})"


def _abbreviate(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_QUOTED_CHARACTERS else f"{text[:MAX_QUOTED_CHARACTERS]}…"
