"""JSON requests over HTTP. Errors that the server reports are raised as CNNPrunerError."""

import json
import shutil
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

from cnnpruner import __version__, config
from cnnpruner.atomic import atomic_replacement
from cnnpruner.client.addresses import parse_server_address
from cnnpruner.errors import CNNPrunerError, NotFound, StorageFailed, Unavailable, make_error


class _EarlyResponseConnection(HTTPConnection):
    """HTTP connection that can read a response even if it was sent before the server received the whole request."""

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Sends a request. Raises no error if the server closes the connection too early, because a response may
        already have arrived.
        """
        try:
            super().request(*args, **kwargs)
        except (BrokenPipeError, ConnectionResetError):
            if self.sock is None:
                raise


class _EarlyResponseTlsConnection(_EarlyResponseConnection, HTTPSConnection):
    """The same as `_EarlyResponseConnection`, but over TLS."""


class _EarlyResponseHttpHandler(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_EarlyResponseConnection, req)


class _EarlyResponseHttpsHandler(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_EarlyResponseTlsConnection, req)


URL_OPENER = build_opener(_EarlyResponseHttpHandler, _EarlyResponseHttpsHandler)
"""Opens a URL as `urlopen` does, but can also read a response that arrives before the whole request was sent."""

RESPONSE_TIMEOUT_S = 660.0
"""Maximum time to wait for a response, in seconds.

It is long because the server checks the data, network and weights of a new experiment before it responds.
"""


class ServerError(CNNPrunerError):
    """An error reported by the server, with the server's message. It is also an instance of the error class with the
    same code, for instance NotFound.
    """


class HttpClient:
    """Connection to a server. If `url` is a link with a token, the token is sent with every request."""

    def __init__(self, url: str) -> None:
        """Raises InvalidInput if `url` is not the address of a web server."""
        self.url = parse_server_address(url)
        self._token = dict(parse_qsl(url.partition("#")[2])).get("token") or config.token_from_environment()

    def _headers(self) -> dict[str, str]:
        credentials = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return {"Accept": "application/json", "CNNPruner-Client": __version__, **credentials}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Sends `body` as JSON to `path` under /api. Returns the parsed JSON of the response, or None if the response
        is empty.

        Raises ServerError if the server reports an error, and Unavailable if the server cannot be reached.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers() | ({"Content-Type": "application/json"} if data is not None else {})
        return self._send_request(Request(f"{self.url}/api{path}", data=data, headers=headers, method=method))

    def _send_request(self, request: Request) -> Any:
        try:
            with URL_OPENER.open(request, timeout=RESPONSE_TIMEOUT_S) as response:
                text = response.read()
            return json.loads(text) if text else None
        except HTTPError as error:
            raise _read_server_error(error) from None
        except (URLError, OSError) as error:
            raise Unavailable(
                f"No server is running at {self.url} ({error}); start one with `cnnpruner serve`."
            ) from error
        except (HTTPException, ValueError) as error:
            raise Unavailable(f"{self.url} is not a CNNPruner server; check the address.") from error

    def upload(self, path: str, file: Path, media_type: str) -> Any:
        """Streams `file` with the media type `media_type` to `path` under /api. Returns the parsed JSON of the
        response.

        Raises ServerError and Unavailable as `call` does, and NotFound if the file does not exist.
        """
        if not file.is_file():
            raise NotFound(f"The file {file} does not exist; check the path.")
        headers = self._headers() | {"Content-Type": media_type, "Content-Length": str(file.stat().st_size)}
        with file.open("rb") as body:
            request = Request(f"{self.url}/api{path}", data=body, headers=headers, method="POST")
            return self._send_request(request)

    def download(self, path: str, target: Path) -> None:
        """Saves the response from `path` under /api to the file `target`, completely or not at all.

        Raises ServerError and Unavailable as `call` does, and StorageFailed if the file cannot be written.
        """
        request = Request(f"{self.url}/api{path}", headers=self._headers())
        try:
            with (
                URL_OPENER.open(request, timeout=RESPONSE_TIMEOUT_S) as response,
                atomic_replacement(target) as temporary_path,
                temporary_path.open("wb") as file,
            ):
                shutil.copyfileobj(response, file)
        except HTTPError as error:
            raise _read_server_error(error) from None
        except URLError as error:
            raise Unavailable(
                f"No server is running at {self.url} ({error}); start one with `cnnpruner serve`."
            ) from error
        except HTTPException as error:
            raise Unavailable(f"The download of {target.name} was interrupted ({error}); try again.") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise StorageFailed(f"{target} could not be written ({reason}); choose another location.") from error


def to_server_error(status: int, error: dict[str, Any]) -> CNNPrunerError:
    """Converts the `error` field of a response to a ServerError of the class that has its error code."""
    return make_error(error["code"], error["message"], error.get("details", {}), status, ServerError)


def _read_server_error(error: HTTPError) -> CNNPrunerError:
    try:
        return to_server_error(error.code, json.loads(error.read())["error"])
    except (ValueError, KeyError, TypeError):
        return Unavailable(
            f"{error.url} responded with status {error.code} and is not a CNNPruner server; check the address."
        )
