"""Who hangs up while an answer is computed leaves room for others."""

import asyncio
from typing import Any

import pytest

from cnnpruner.api.app import create_app
from cnnpruner.service.workspace import MAX_WAITING_REQUESTS, Workspace
from tests.trees import make_small_tree


async def _ask(app: Any, path: str, hangs_up: bool) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        message = next(messages, None)
        if message is None and not hangs_up:
            await asyncio.Event().wait()
        return message or {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    path, _, query = path.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "scheme": "http", "root_path": "", "http_version": "1.1",
    }  # fmt: skip
    await app(scope, receive, send)
    return told


def test_pictures_of_samples_that_were_clicked_away_are_computed_for_nobody(workspace: Workspace) -> None:
    small_tree = make_small_tree(workspace.store)
    layer = workspace.store.nodes.layers(small_tree.root_id).layers[0].name
    app = create_app(workspace)

    async def click() -> None:
        paths = [
            f"/api/nodes/{small_tree.root_id}/samples/{one}/filters?layer={layer}"
            for one in range(MAX_WAITING_REQUESTS)
        ]
        async with asyncio.timeout(60):
            await asyncio.gather(*(_ask(app, path, hangs_up=True) for path in paths))

    asyncio.run(click())
    assert workspace.store.jobs.list(active=True) == [], "what waits for its worker is taken out of the queue"
    assert all(workspace.waiting_slots.acquire(blocking=False) for _ in range(MAX_WAITING_REQUESTS))


def test_who_waits_is_waited_for(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tree = make_small_tree(workspace.store)
    layer = workspace.store.nodes.layers(small_tree.root_id).layers[0].name
    monkeypatch.setattr("cnnpruner.service.samples.pictures.PICTURES_TIMEOUT_S", 1.0)
    path = f"/api/nodes/{small_tree.root_id}/samples/1/filters?layer={layer}"
    told = asyncio.run(_ask(create_app(workspace), path, hangs_up=False))
    assert told[0]["status"] == 503 and b"Other work kept this waiting for 1 s" in told[1]["body"]
