"""What is refused at the door: foreign names and sites, bodies too long or of a wrong kind, paths that lead out."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.api.guard import bodies
from cnnpruner.api.guard.bodies import JSON, BodyLimits
from cnnpruner.service.workspace import Workspace
from tests.api.shared_trees import OWNER, guarded, visit

EXPERIMENT = {"data": {"kind": "digits"}, "network": {"name": "none"}}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST"])
def test_the_machine_itself_is_answered_under_all_its_names(client: TestClient, host: str) -> None:
    assert client.get("/api/experiments", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "10.0.0.7", "", "[", "127.0.0.1@evil.example"],
)
@pytest.mark.parametrize("path", ["/api/experiments", "/api/health", "/", "/openapi.json"])
def test_another_name_that_points_here_is_answered_nothing(client: TestClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert "--allowed-host" in answer.json()["error"]["message"]


def test_a_name_that_was_allowed_is_answered(workspace: Workspace) -> None:
    named = replace(workspace, config=replace(workspace.config, allowed_hosts=("pruner.lab",)))
    client = TestClient(create_app(named), base_url="http://pruner.lab:8000")
    assert client.get("/api/experiments").status_code == 200
    assert client.get("/api/experiments", headers={"Host": "other.lab"}).status_code == 403


def test_beyond_loopback_addresses_are_answered_and_unknown_names_are_not(workspace: Workspace) -> None:
    wide = guarded(replace(workspace, config=replace(workspace.config, host="0.0.0.0")))
    client = visit(wide, OWNER)
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
def test_a_page_of_another_site_changes_nothing(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/experiments", json=EXPERIMENT, headers=headers)
    assert answer.status_code == 403 and "another site" in answer.json()["error"]["message"]


def test_the_page_itself_and_programs_do(client: TestClient) -> None:
    own = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    for headers in (own, {}):
        assert client.post("/api/experiments", json=EXPERIMENT, headers=headers).status_code == 422


def test_a_page_of_another_site_loads_no_picture_but_may_be_left_by_a_link(client: TestClient) -> None:
    image = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert client.get("/api/experiments", headers=image).status_code == 403
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/api/experiments", headers=followed).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_a_form_could_send_is_not_read(client: TestClient, kind: str) -> None:
    answer = client.post("/api/experiments", content=b'{"data": 1}', headers={"Content-Type": kind})
    assert answer.status_code == 415 and "application/json" in answer.json()["error"]["message"]


def test_a_body_that_says_it_is_too_long_is_refused_at_once(client: TestClient) -> None:
    answer = client.post(
        "/api/experiments", content=b" " * (JSON.max_bytes + 1), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert "4 MiB" in answer.json()["error"]["message"]


def test_a_body_in_pieces_is_cut_off_where_it_gets_too_long(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "JSON", BodyLimits(("application/json",), 1000))
    pieces = iter([b" " * 100] * 100)
    answer = client.post("/api/experiments", content=pieces, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_a_body_in_pieces_that_says_it_has_no_length_is_looked_at_too(client: TestClient) -> None:
    headers = {"Content-Type": "text/plain", "Content-Length": "0", "Transfer-Encoding": "chunked"}
    assert client.post("/api/experiments", content=b"{}", headers=headers).status_code == 415


def test_an_address_with_bytes_that_are_no_text_is_refused(workspace: Workspace) -> None:
    async def ask() -> list[Any]:
        scope = {"type": "http", "method": "GET", "path": "/api/jobs", "query_string": b"a=\xff", "headers": []}
        said: list[Any] = []
        await create_app(workspace)({**scope, "scheme": "http", "root_path": ""}, _nothing, _keep(said))
        return said

    start, body = asyncio.run(ask())
    assert start["status"] == 422 and b"UTF-8" in body["body"]


async def _nothing() -> Any:
    return {"type": "http.disconnect"}


def _keep(said: list[Any]) -> Any:
    async def send(message: Any) -> None:
        said.append(message)

    return send


@pytest.mark.parametrize("length", ["x", "-5", "²", "9" * 30])
def test_a_length_that_is_no_number_is_refused(client: TestClient, length: str) -> None:
    headers = {b"Content-Type": b"application/json", b"Content-Length": length.encode()}
    assert client.post("/api/experiments", content=b"{}", headers=headers).status_code == 422


@pytest.mark.parametrize(
    "path", ["/../config.py", "/assets/../../config.py", "/%2e%2e/config.py", "/..%2fconfig.py", "//etc/passwd"]
)
def test_no_path_leaves_the_folder_of_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404 and "LARGEST_PORT" not in answer.text and "root:" not in answer.text


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../secret", "..", "a\u0000b"])
def test_no_request_names_a_path_outside_the_data_folders(client: TestClient, path: str) -> None:
    for body in (
        {"data": {"kind": "folder", "path": path}, "network": {"name": "small_vgg"}},
        {"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "weights": {"path": path}},
    ):
        answer = client.post("/api/experiments", json=body)
        assert answer.status_code in (403, 404, 422), answer.text
