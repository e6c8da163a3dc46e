"""The Python client over a server in this process."""

from typing import Any, cast

from fastapi.testclient import TestClient

from cnnpruner.client import Client
from cnnpruner.client.http import Http, refusal


class Wire:
    """Stands for the network."""

    def __init__(self, server: TestClient) -> None:
        self._server = server

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON; raises ServerError."""
        answer = self._server.request(method, "/api" + path, json=body)
        if answer.is_error:
            raise refusal(answer.status_code, answer.json()["error"])
        return answer.json() if answer.content else None


def in_process(server: TestClient) -> Client:
    """A client of `server`."""
    client = Client("http://nowhere")
    client._http = cast(Http, Wire(server))
    return client
