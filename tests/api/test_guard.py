"""What is refused at the door: foreign names and sites, bodies too long or of a wrong kind, useless tokens."""

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from cnnpruner import config as configuration
from cnnpruner.api.app import create_app
from cnnpruner.api.guard import bodies
from cnnpruner.api.guard.bodies import JSON, Allowed
from cnnpruner.domain.links import NewLink
from cnnpruner.service import links
from cnnpruner.service.workspace import Workspace
from cnnpruner.serving import with_token
from tests.api.shared_trees import OWNER, grow, guarded, link_to, visit

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


def test_a_name_that_was_allowed_is_answered(work: Workspace) -> None:
    named = replace(work, config=replace(work.config, allowed_hosts=("pruner.lab",)))
    client = TestClient(create_app(named), base_url="http://pruner.lab:8000")
    assert client.get("/api/experiments").status_code == 200
    assert client.get("/api/experiments", headers={"Host": "other.lab"}).status_code == 403


def test_beyond_loopback_addresses_are_answered_and_unknown_names_are_not(work: Workspace) -> None:
    wide = guarded(replace(work, config=replace(work.config, host="0.0.0.0")))
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
        "/api/experiments", content=b" " * (JSON.most_bytes + 1), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert "4 MiB" in answer.json()["error"]["message"]


def test_a_body_in_pieces_is_cut_off_where_it_gets_too_long(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "JSON", Allowed(("application/json",), 1000))
    pieces = iter([b" " * 100] * 100)
    answer = client.post("/api/experiments", content=pieces, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_a_body_in_pieces_that_says_it_has_no_length_is_looked_at_too(client: TestClient) -> None:
    headers = {"Content-Type": "text/plain", "Content-Length": "0", "Transfer-Encoding": "chunked"}
    assert client.post("/api/experiments", content=b"{}", headers=headers).status_code == 415


def test_an_address_with_bytes_that_are_no_text_is_refused(work: Workspace) -> None:
    async def ask() -> list[Any]:
        scope = {"type": "http", "method": "GET", "path": "/api/jobs", "query_string": b"a=\xff", "headers": []}
        said: list[Any] = []
        await create_app(work)({**scope, "scheme": "http", "root_path": ""}, _nothing, _keep(said))
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


def test_a_token_is_given_for_a_cookie_that_scripts_cannot_read(work: Workspace) -> None:
    work = guarded(work)
    tree = grow(work)
    token = link_to(work, tree.experiment_id)
    client = visit(work, None)
    assert client.get("/api/visitor").json()["kind"] == "nobody"
    entered = client.post("/api/visitor", json={"token": token})
    assert (entered.json()["kind"], entered.json()["mode"]) == ("link", "read")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    assert [one["id"] for one in client.get("/api/experiments").json()] == [tree.experiment_id]
    assert client.get("/api/visitor").json()["link_id"] is not None
    client.delete("/api/visitor")
    assert client.get("/api/experiments").status_code == 401


def test_a_withdrawn_link_opens_nothing_and_its_cookie_is_taken_back(work: Workspace) -> None:
    work = guarded(work)
    tree = grow(work)
    client = visit(work, None)
    client.post("/api/visitor", json={"token": link_to(work, tree.experiment_id, "edit")})
    link_id = client.get("/api/visitor").json()["link_id"]
    assert visit(work, OWNER).delete(f"/api/links/{link_id}").status_code == 204
    answer = client.get("/api/visitor")
    assert answer.status_code == 401 and "withdrawn" in answer.json()["error"]["message"]
    assert not client.cookies
    assert client.get("/api/visitor").json()["kind"] == "nobody"
    assert client.get(f"/api/nodes/{tree.node_id}").status_code == 401


def test_a_link_is_good_for_its_days(work: Workspace) -> None:
    work = guarded(work)
    tree = grow(work)
    experiment = work.store.experiments.get(tree.experiment_id)
    over = links.make(work, experiment, NewLink(days=1e-9))
    assert visit(work, over.token).get(f"/api/nodes/{tree.node_id}").status_code == 401
    assert over.link.id in [link["id"] for link in visit(work, OWNER).get("/api/experiments/1/links").json()]


def test_the_database_holds_the_hash_of_a_token_and_the_token_nowhere(work: Workspace, tmp_path: Path) -> None:
    tree = grow(work)
    made = links.make(work, work.store.experiments.get(tree.experiment_id), NewLink())
    assert len(made.token) >= 43, "256 bits"
    assert made.path.partition("#")[2] == f"token={made.token}", "behind #, where no server and no log sees it"
    engine = create_engine(work.config.database)
    with engine.connect() as connection:
        kept = connection.execute(text(f"SELECT token_hash FROM links WHERE id = {made.link.id}")).scalar()
    engine.dispose()
    assert kept == hashlib.sha256(made.token.encode()).hexdigest()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and made.token.encode() in path.read_bytes()]


def test_a_link_with_leave_takes_weights_and_one_for_looking_starts_no_work_by_asking(work: Workspace) -> None:
    work = guarded(work)
    tree = grow(work)
    taker, reader = link_to(work, tree.experiment_id, may_export=True), link_to(work, tree.experiment_id)
    jobs = len(work.store.jobs.list())
    assert visit(work, taker).get(f"/api/nodes/{tree.node_id}/export").content == b"zip"
    client = visit(work, reader)
    for path in (
        f"/api/nodes/{tree.node_id}/scores?criterion=l1",
        f"/api/nodes/{tree.node_id}/agreement",
        f"/api/nodes/{tree.node_id}/samples/1/filters?layer={tree.layer}",
        f"/api/nodes/{tree.root_id}/layers/{tree.layer}/filters",
    ):
        answer = client.get(path)
        assert answer.status_code == 403 and "starts no work" in answer.json()["error"]["message"]
    assert len(work.store.jobs.list()) == jobs


def test_ids_of_another_tree_in_a_query_or_body_look_like_ids_that_are_not_there(work: Workspace) -> None:
    work = guarded(work)
    mine, other = grow(work), grow(work)
    client = visit(work, link_to(work, mine.experiment_id, "edit"))
    for foreign in (other.node_id, 9999):
        answers = [
            client.get(f"/api/nodes/{mine.node_id}/samples?against={foreign}"),
            client.get(f"/api/nodes/{mine.node_id}/samples/0?against={foreign}"),
            client.get(f"/api/experiments/{mine.experiment_id}/comparison?nodes={mine.node_id}&nodes={foreign}"),
            client.post(f"/api/nodes/{mine.node_id}/estimate", json={"good_id": foreign, "target_accuracy": 0.95}),
        ]
        told = {(answer.status_code, answer.json()["error"]["message"]) for answer in answers}
        assert told == {(404, f"There is no node {foreign} in the tree that this link opens.")}
    seen = client.get("/api/jobs").json()
    assert {job["experiment_id"] for job in seen} == {mine.experiment_id}


def test_beyond_this_machine_there_is_always_a_token(work: Workspace) -> None:
    here, is_new = with_token(work.config)
    assert (here.token, is_new) == (None, False)
    wide, is_new = with_token(replace(work.config, host="0.0.0.0"))
    assert wide.token is not None and len(wide.token) >= 43 and is_new
    assert wide.token not in repr(wide), "it would stand in a log"
    own, is_new = with_token(replace(work.config, host="::", token=OWNER))
    assert (own.token, is_new) == (OWNER, False)


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/api/nothing", "/api/experiments/1/events"])
def test_on_a_server_with_a_token_nobody_is_told_anything(work: Workspace, path: str) -> None:
    answer = visit(guarded(work), None).get(path)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert visit(guarded(work), "wrong").get(path).status_code == 401


def test_a_token_that_can_be_guessed_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("short\n")
    with pytest.raises(SystemExit, match="can be guessed"):
        configuration.read_token(file)
    file.write_text(f"{OWNER}\n")
    assert configuration.read_token(file) == OWNER
    with pytest.raises(SystemExit, match="cannot be read"):
        configuration.read_token(tmp_path / "none")
