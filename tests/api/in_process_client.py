"""The Python client connected to a server in this process."""

from typing import Any, cast

from fastapi.testclient import TestClient

from cnnpruner.client import Client
from cnnpruner.client.http import HttpClient, to_server_error


class InProcessHttp:
    """Replaces the network."""

    def __init__(self, server: TestClient) -> None:
        self._server = server

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Returns the JSON of the response; raises ServerError."""
        response = self._server.request(method, "/api" + path, json=body)
        if response.is_error:
            raise to_server_error(response.status_code, response.json()["error"])
        return response.json() if response.content else None


def in_process(server: TestClient) -> Client:
    """Returns a client of `server`."""
    client = Client("http://nowhere")
    client._http = cast(HttpClient, InProcessHttp(server))
    return client
