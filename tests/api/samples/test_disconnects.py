"""A client that disconnects while its response is computed makes room for others."""

import asyncio
from typing import Any

import pytest

from cnnpruner.api.app import create_app
from cnnpruner.service.workspace import MAX_WAITING_REQUESTS, Workspace
from tests.trees import make_small_tree


async def _request(app: Any, path: str, disconnects: bool) -> list[dict[str, Any]]:
    received: list[dict[str, Any]] = []
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        message = next(messages, None)
        if message is None and not disconnects:
            await asyncio.Event().wait()
        return message or {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        received.append(message)

    path, _, query = path.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "scheme": "http", "root_path": "", "http_version": "1.1",
    }  # fmt: skip
    await app(scope, receive, send)
    return received


def test_jobs_of_disconnected_clients_are_removed_from_the_queue(workspace: Workspace) -> None:
    small_tree = make_small_tree(workspace.store)
    layer = workspace.store.nodes.layers(small_tree.root_id).layers[0].name
    app = create_app(workspace)

    async def click() -> None:
        paths = [
            f"/api/nodes/{small_tree.root_id}/samples/{item}/filters?layer={layer}"
            for item in range(MAX_WAITING_REQUESTS)
        ]
        async with asyncio.timeout(60):
            await asyncio.gather(*(_request(app, path, disconnects=True) for path in paths))

    asyncio.run(click())
    assert workspace.store.jobs.list(active=True) == [], "what waits for its worker is taken out of the queue"
    assert all(workspace.waiting_slots.acquire(blocking=False) for _ in range(MAX_WAITING_REQUESTS))


def test_a_connected_client_waits_until_the_timeout(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tree = make_small_tree(workspace.store)
    layer = workspace.store.nodes.layers(small_tree.root_id).layers[0].name
    monkeypatch.setattr("cnnpruner.service.samples.pictures.PICTURES_TIMEOUT_S", 1.0)
    path = f"/api/nodes/{small_tree.root_id}/samples/1/filters?layer={layer}"
    received = asyncio.run(_request(create_app(workspace), path, disconnects=False))
    assert received[0]["status"] == 503 and b"The server was busy with other jobs for 1 s" in received[1]["body"]
