"""Error handlers that give every error the same JSON shape."""

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cnnpruner.api.field_errors import join_field_errors, list_field_errors
from cnnpruner.domain.base import ErrorBody, ErrorResponse
from cnnpruner.errors import CNNPrunerError

log = logging.getLogger(__name__)

ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorResponse, "description": "The request was rejected. The message says why and how to fix it."},
    "5XX": {"model": ErrorResponse, "description": "The server cannot handle the request at the moment."},
}


class _AsciiJsonResponse(JSONResponse):
    """A JSON response in which all characters outside ASCII are escaped, so that it can quote file names and texts that
    are not valid Unicode.
    """

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def error_response(status: int, code: str, message: str, details: dict[str, Any]) -> JSONResponse:
    """Returns an error response in the JSON shape that all errors have."""
    body = ErrorResponse(error=ErrorBody(code=code, message=message, details=details))
    return _AsciiJsonResponse(body.model_dump(mode="json"), status_code=status)


def _handle_cnnpruner_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CNNPrunerError)
    return error_response(error.status, error.code, error.message, error.details)


def _handle_invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    field_errors = list_field_errors(error)
    return error_response(422, "invalid_input", join_field_errors(field_errors), {"errors": field_errors})


_ERROR_TEXTS = {
    404: "this path does not exist; /openapi.json lists all paths.",
    405: "this method is not allowed here; the Allow header and /openapi.json list the allowed methods.",
}


def _handle_unreadable_body(parse_error: ValueError | RecursionError) -> JSONResponse:
    """Returns the error response for a request body that is not UTF-8 or is nested too deeply."""
    reason = "nested too deeply" if isinstance(parse_error, RecursionError) else "not UTF-8"
    message = f"is not valid JSON ({reason}): send one JSON object as application/json"
    field_errors = [{"field": "the body", "message": message}]
    return error_response(422, "invalid_input", join_field_errors(field_errors), {"errors": field_errors})


def _handle_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and isinstance(error.__cause__, ValueError | RecursionError):
        return _handle_unreadable_body(error.__cause__)
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "http_error")
    message = f"{request.method} {request.url.path[:200]}: {_ERROR_TEXTS.get(error.status_code, f'{error.detail}.')}"
    response = error_response(error.status_code, code, message, {})
    response.headers.update(error.headers or {})
    return response


def _handle_unexpected_error(request: Request, error: Exception) -> JSONResponse:
    log.exception("Unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    message = "An unexpected error occurred; see the server's log for details."
    return error_response(500, "internal_error", message, {"type": type(error).__name__})


def install_error_handlers(app: FastAPI) -> None:
    """Registers the error handlers of this module with `app`."""
    app.add_exception_handler(CNNPrunerError, _handle_cnnpruner_error)
    app.add_exception_handler(RequestValidationError, _handle_invalid_request)
    app.add_exception_handler(HTTPException, _handle_http_error)
    app.add_exception_handler(Exception, _handle_unexpected_error)
