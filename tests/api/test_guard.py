"""Requests with other host names, from other sites, with invalid bodies or with escaping paths are rejected."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.api.guard import bodies
from cnnpruner.api.guard.bodies import JSON_LIMITS, BodyLimits
from cnnpruner.service.workspace import Workspace
from tests.api.shared_trees import OWNER, visit, with_owner_token

EXPERIMENT = {"data": {"kind": "digits"}, "network": {"name": "none"}}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST"])
def test_all_loopback_host_names_are_accepted(client: TestClient, host: str) -> None:
    assert client.get("/api/experiments", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "10.0.0.7", "", "[", "127.0.0.1@evil.example"],
)
@pytest.mark.parametrize("path", ["/api/experiments", "/api/health", "/", "/openapi.json"])
def test_other_host_names_are_rejected(client: TestClient, host: str, path: str) -> None:
    response = client.get(path, headers={"Host": host})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")
    assert "--allowed-host" in response.json()["error"]["message"]


def test_an_allowed_host_name_is_accepted(workspace: Workspace) -> None:
    allowing = replace(workspace, config=replace(workspace.config, allowed_hosts=("pruner.lab",)))
    client = TestClient(create_app(allowing), base_url="http://pruner.lab:8000")
    assert client.get("/api/experiments").status_code == 200
    assert client.get("/api/experiments", headers={"Host": "other.lab"}).status_code == 403


def test_a_public_server_accepts_ip_addresses_but_no_unknown_names(workspace: Workspace) -> None:
    public = with_owner_token(replace(workspace, config=replace(workspace.config, host="0.0.0.0")))
    client = visit(public, OWNER)
    assert client.get("/api/experiments", headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/api/experiments", headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://[127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_writes_from_pages_of_other_sites_are_rejected(client: TestClient, headers: dict[str, str]) -> None:
    response = client.post("/api/experiments", json=EXPERIMENT, headers=headers)
    assert response.status_code == 403 and "other sites" in response.json()["error"]["message"]


def test_writes_from_the_page_itself_and_from_programs_are_accepted(client: TestClient) -> None:
    same_origin = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    for headers in (same_origin, {}):
        assert client.post("/api/experiments", json=EXPERIMENT, headers=headers).status_code == 422


def test_other_sites_may_link_to_the_api_but_not_embed_it(client: TestClient) -> None:
    image = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert client.get("/api/experiments", headers=image).status_code == 403
    link_click = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/api/experiments", headers=link_click).status_code == 200


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_media_types_that_forms_can_send_are_rejected(client: TestClient, media_type: str) -> None:
    response = client.post("/api/experiments", content=b'{"data": 1}', headers={"Content-Type": media_type})
    assert response.status_code == 415 and "application/json" in response.json()["error"]["message"]


def test_a_body_with_a_too_large_content_length_is_rejected_at_once(client: TestClient) -> None:
    response = client.post(
        "/api/experiments", content=b" " * (JSON_LIMITS.max_bytes + 1), headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")
    assert "4 MiB" in response.json()["error"]["message"]


def test_a_chunked_body_is_rejected_once_it_is_too_long(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "JSON_LIMITS", BodyLimits(("application/json",), 1000))
    pieces = iter([b" " * 100] * 100)
    response = client.post("/api/experiments", content=pieces, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


def test_a_chunked_body_with_zero_content_length_is_checked_too(client: TestClient) -> None:
    headers = {"Content-Type": "text/plain", "Content-Length": "0", "Transfer-Encoding": "chunked"}
    assert client.post("/api/experiments", content=b"{}", headers=headers).status_code == 415


def test_a_query_string_that_is_not_utf8_is_rejected(workspace: Workspace) -> None:
    async def ask() -> list[Any]:
        scope = {"type": "http", "method": "GET", "path": "/api/jobs", "query_string": b"a=\xff", "headers": []}
        messages: list[Any] = []
        await create_app(workspace)({**scope, "scheme": "http", "root_path": ""}, _nothing, _collect(messages))
        return messages

    start, body = asyncio.run(ask())
    assert start["status"] == 422 and b"UTF-8" in body["body"]


async def _nothing() -> Any:
    return {"type": "http.disconnect"}


def _collect(messages: list[Any]) -> Any:
    async def send(message: Any) -> None:
        messages.append(message)

    return send


@pytest.mark.parametrize("length", ["x", "-5", "²", "9" * 30])
def test_an_invalid_content_length_is_rejected(client: TestClient, length: str) -> None:
    headers = {b"Content-Type": b"application/json", b"Content-Length": length.encode()}
    assert client.post("/api/experiments", content=b"{}", headers=headers).status_code == 422


@pytest.mark.parametrize(
    "path", ["/../config.py", "/assets/../../config.py", "/%2e%2e/config.py", "/..%2fconfig.py", "//etc/passwd"]
)
def test_paths_cannot_leave_the_folder_of_the_page(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404 and "MAX_PORT" not in response.text and "root:" not in response.text


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../secret", "..", "a\u0000b"])
def test_requests_cannot_use_paths_outside_the_data_folders(client: TestClient, path: str) -> None:
    for body in (
        {"data": {"kind": "folder", "path": path}, "network": {"name": "small_vgg"}},
        {"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "weights": {"path": path}},
    ):
        response = client.post("/api/experiments", json=body)
        assert response.status_code in (403, 404, 422), response.text
