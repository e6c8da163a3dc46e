"""One handler makes one JSON shape of every error."""

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cnnpruner.api.field_errors import list_field_errors, sentence
from cnnpruner.domain.base import ErrorAnswer, ErrorBody
from cnnpruner.errors import CNNPrunerError

log = logging.getLogger(__name__)

ANSWERS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorAnswer, "description": "cannot be done as asked; the message says why and what helps"},
    "5XX": {"model": ErrorAnswer, "description": "the server cannot do it now"},
}


class _Ascii(JSONResponse):
    """JSON in ASCII: a sentence that quotes a broken file name or text must still be told."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def answer(status: int, code: str, message: str, details: dict[str, Any]) -> JSONResponse:
    """The one shape."""
    body = ErrorAnswer(error=ErrorBody(code=code, message=message, details=details))
    return _Ascii(body.model_dump(mode="json"), status_code=status)


def _ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CNNPrunerError)
    return answer(error.status, error.code, error.message, error.details)


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = list_field_errors(error)
    return answer(422, "invalid_input", sentence(fields), {"errors": fields})


_HTTP = {
    404: "there is no such call; /openapi.json lists them all.",
    405: "this call has other methods; the answer's Allow header and /openapi.json name them.",
}


def _unreadable(cause: ValueError | RecursionError) -> JSONResponse:
    """A body that the JSON reader gave up on without saying where."""
    why = "it is nested too deep" if isinstance(cause, RecursionError) else "it is not in UTF-8"
    fields = [{"field": "the body", "message": f"is not valid JSON ({why}): send one JSON object as application/json"}]
    return answer(422, "invalid_input", sentence(fields), {"errors": fields})


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and isinstance(error.__cause__, ValueError | RecursionError):
        return _unreadable(error.__cause__)
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "http_error")
    message = f"{request.method} {request.url.path[:200]}: {_HTTP.get(error.status_code, f'{error.detail}.')}"
    response = answer(error.status_code, code, message, {})
    response.headers.update(error.headers or {})
    return response


def _unknown(request: Request, error: Exception) -> JSONResponse:
    log.exception("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    message = "The server met an error that it does not know; its log has the whole story."
    return answer(500, "internal_error", message, {"type": type(error).__name__})


def install(app: FastAPI) -> None:
    """Make `app` answer every error in one shape."""
    app.add_exception_handler(CNNPrunerError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)
