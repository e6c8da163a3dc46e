"""JSON over HTTP with the server's errors as ours."""

import json
import shutil
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

from cnnpruner import __version__, config
from cnnpruner.atomic import replacing
from cnnpruner.client.addresses import server_at
from cnnpruner.errors import CNNPrunerError, NotFound, StorageFailed, Unavailable, error_from


class _Hearing(HTTPConnection):
    """An answer that came while the body was sent is read like any other."""

    def request(self, *args: Any, **kwargs: Any) -> None:
        """As it is sent by `http.client`."""
        try:
            super().request(*args, **kwargs)
        except (BrokenPipeError, ConnectionResetError):
            if self.sock is None:
                raise


class _HearingTls(_Hearing, HTTPSConnection):
    """The same over TLS."""


class _Plain(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Hearing, req)


class _Tls(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_HearingTls, req)


OPENER = build_opener(_Plain, _Tls)
"""`urlopen` with these connections."""

TIMEOUT_S = 660.0
"""Making an experiment answers only when data, network and weights were checked."""


class ServerError(CNNPrunerError):
    """What the server refused, in its own sentence. Also an instance of the class of its code, e.g. of NotFound."""


class Http:
    """One server. Its address may be a link of the page: then the token in it is sent along."""

    def __init__(self, url: str) -> None:
        """Raises InvalidInput where `url` is no address of a web server."""
        self.url = server_at(url)
        self._token = dict(parse_qsl(url.partition("#")[2])).get("token") or config.token_from_environment()

    def _headers(self) -> dict[str, str]:
        known = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return {"Accept": "application/json", "CNNPruner-Client": __version__, **known}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send `body` as JSON to `path` under /api; gives the answer's JSON, None where it is empty.

        Raises ServerError for what the server refuses, Unavailable where nobody answers.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers() | ({"Content-Type": "application/json"} if data is not None else {})
        return self._ask(Request(f"{self.url}/api{path}", data=data, headers=headers, method=method))

    def _ask(self, request: Request) -> Any:
        try:
            with OPENER.open(request, timeout=TIMEOUT_S) as answer:
                text = answer.read()
            return json.loads(text) if text else None
        except HTTPError as error:
            raise _read_refusal(error) from None
        except (URLError, OSError) as error:
            raise Unavailable(
                f"No server answers at {self.url} ({error}); start one with `cnnpruner serve`."
            ) from error
        except (HTTPException, ValueError) as error:
            raise Unavailable(f"{self.url} gave no answer of a CNNPruner server; check the address.") from error

    def upload(self, path: str, file: Path, kind: str) -> Any:
        """Send `file` of media type `kind` to `path` under /api, in pieces; gives the answer's JSON.

        Raises ServerError, Unavailable, and NotFound where there is no such file.
        """
        if not file.is_file():
            raise NotFound(f"There is no file {file}; check the path.")
        headers = self._headers() | {"Content-Type": kind, "Content-Length": str(file.stat().st_size)}
        with file.open("rb") as body:
            request = Request(f"{self.url}/api{path}", data=body, headers=headers, method="POST")
            return self._ask(request)

    def download(self, path: str, target: Path) -> None:
        """Write what `path` under /api gives to `target`, whole or not at all.

        Raises ServerError, Unavailable, and StorageFailed where the file cannot be written.
        """
        asked = Request(f"{self.url}/api{path}", headers=self._headers())
        try:
            with (
                OPENER.open(asked, timeout=TIMEOUT_S) as answer,
                replacing(target) as temporary,
                temporary.open("wb") as file,
            ):
                shutil.copyfileobj(answer, file)
        except HTTPError as error:
            raise _read_refusal(error) from None
        except URLError as error:
            raise Unavailable(f"No server answers at {self.url} ({error}).") from error
        except HTTPException as error:
            raise Unavailable(f"{self.url} broke off in the middle of {target.name} ({error}); try again.") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise StorageFailed(f"{target} could not be written ({reason}); choose another place.") from error


def refusal(status: int, error: dict[str, Any]) -> CNNPrunerError:
    """The ServerError of an answer's `error`."""
    return error_from(error["code"], error["message"], error.get("details", {}), status, ServerError)


def _read_refusal(error: HTTPError) -> CNNPrunerError:
    try:
        return refusal(error.code, json.loads(error.read())["error"])
    except (ValueError, KeyError, TypeError):
        return Unavailable(f"{error.url} answered {error.code}, which no CNNPruner server does; check the address.")
