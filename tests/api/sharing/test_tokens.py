"""Tokens: exchanged for a cookie, stored as a hash, valid for one tree and until they expire."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cnnpruner import config as configuration
from cnnpruner.api.server import ensure_token
from cnnpruner.domain.sharing.links import NewLink
from cnnpruner.service.sharing import links
from cnnpruner.service.workspace import Workspace
from tests.api.shared_trees import OWNER, grow, link_to, visit, with_owner_token


def test_a_token_is_exchanged_for_a_cookie_that_scripts_cannot_read(workspace: Workspace) -> None:
    workspace = with_owner_token(workspace)
    tree = grow(workspace)
    token = link_to(workspace, tree.experiment_id)
    client = visit(workspace, None)
    assert client.get("/api/visitor").json()["kind"] == "nobody"
    entered = client.post("/api/visitor", json={"token": token})
    assert (entered.json()["kind"], entered.json()["mode"]) == ("link", "read")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    assert [experiment["id"] for experiment in client.get("/api/experiments").json()] == [tree.experiment_id]
    assert client.get("/api/visitor").json()["link_id"] is not None
    client.delete("/api/visitor")
    assert client.get("/api/experiments").status_code == 401


def test_a_revoked_link_stops_working_and_its_cookie_is_deleted(workspace: Workspace) -> None:
    workspace = with_owner_token(workspace)
    tree = grow(workspace)
    client = visit(workspace, None)
    client.post("/api/visitor", json={"token": link_to(workspace, tree.experiment_id, "edit")})
    link_id = client.get("/api/visitor").json()["link_id"]
    assert visit(workspace, OWNER).delete(f"/api/links/{link_id}").status_code == 204
    response = client.get("/api/visitor")
    assert response.status_code == 401 and "revoked" in response.json()["error"]["message"]
    assert not client.cookies
    assert client.get("/api/visitor").json()["kind"] == "nobody"
    assert client.get(f"/api/nodes/{tree.node_id}").status_code == 401


def test_an_expired_link_stops_working(workspace: Workspace) -> None:
    workspace = with_owner_token(workspace)
    tree = grow(workspace)
    experiment = workspace.store.experiments.get(tree.experiment_id)
    expired = links.create(workspace, experiment, NewLink(days=1e-9))
    assert visit(workspace, expired.token).get(f"/api/nodes/{tree.node_id}").status_code == 401
    assert expired.link.id in [link["id"] for link in visit(workspace, OWNER).get("/api/experiments/1/links").json()]


def test_only_the_hash_of_a_token_is_stored(workspace: Workspace, tmp_path: Path) -> None:
    tree = grow(workspace)
    created = links.create(workspace, workspace.store.experiments.get(tree.experiment_id), NewLink())
    assert len(created.token) >= 43, "256 bits"
    assert created.path.partition("#")[2] == f"token={created.token}", "behind #, where no server and no log sees it"
    engine = create_engine(workspace.config.database)
    with engine.connect() as connection:
        stored = connection.execute(text(f"SELECT token_hash FROM links WHERE id = {created.link.id}")).scalar()
    engine.dispose()
    assert stored == hashlib.sha256(created.token.encode()).hexdigest()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and created.token.encode() in path.read_bytes()]


def test_an_export_link_downloads_weights_and_a_view_only_link_starts_no_jobs(workspace: Workspace) -> None:
    workspace = with_owner_token(workspace)
    tree = grow(workspace)
    exporter, reader = link_to(workspace, tree.experiment_id, may_export=True), link_to(workspace, tree.experiment_id)
    jobs = len(workspace.store.jobs.list())
    assert visit(workspace, exporter).get(f"/api/nodes/{tree.node_id}/export").content == b"zip"
    client = visit(workspace, reader)
    for path in (
        f"/api/nodes/{tree.node_id}/scores?criterion=l1",
        f"/api/nodes/{tree.node_id}/agreement",
        f"/api/nodes/{tree.node_id}/samples/1/filters?layer={tree.layer}",
        f"/api/nodes/{tree.root_id}/layers/{tree.layer}/filters",
    ):
        response = client.get(path)
        assert response.status_code == 403 and "cannot start jobs" in response.json()["error"]["message"]
    assert len(workspace.store.jobs.list()) == jobs


def test_ids_of_another_tree_in_a_query_or_body_look_like_missing_ids(workspace: Workspace) -> None:
    workspace = with_owner_token(workspace)
    own_tree, other = grow(workspace), grow(workspace)
    client = visit(workspace, link_to(workspace, own_tree.experiment_id, "edit"))
    for hidden_id in (other.node_id, 9999):
        responses = [
            client.get(f"/api/nodes/{own_tree.node_id}/samples?against={hidden_id}"),
            client.get(f"/api/nodes/{own_tree.node_id}/samples/0?against={hidden_id}"),
            client.get(
                f"/api/experiments/{own_tree.experiment_id}/comparison?nodes={own_tree.node_id}&nodes={hidden_id}"
            ),
            client.post(
                f"/api/nodes/{own_tree.node_id}/estimate", json={"good_id": hidden_id, "target_accuracy": 0.95}
            ),
        ]
        received = {(response.status_code, response.json()["error"]["message"]) for response in responses}
        assert received == {(404, f"This link does not give access to node {hidden_id}.")}
    jobs_seen = client.get("/api/jobs").json()
    assert {job["experiment_id"] for job in jobs_seen} == {own_tree.experiment_id}


def test_a_public_server_always_has_a_token(workspace: Workspace) -> None:
    local_config, is_new = ensure_token(workspace.config)
    assert (local_config.token, is_new) == (None, False)
    public_config, is_new = ensure_token(replace(workspace.config, host="0.0.0.0"))
    assert public_config.token is not None and len(public_config.token) >= 43 and is_new
    assert public_config.token not in repr(public_config), "it would stand in a log"
    token_config, is_new = ensure_token(replace(workspace.config, host="::", token=OWNER))
    assert (token_config.token, is_new) == (OWNER, False)


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/api/nothing", "/api/experiments/1/events"])
def test_a_server_with_a_token_discloses_nothing_without_one(workspace: Workspace, path: str) -> None:
    response = visit(with_owner_token(workspace), None).get(path)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert visit(with_owner_token(workspace), "wrong").get(path).status_code == 401


def test_a_short_token_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("short\n")
    with pytest.raises(SystemExit, match="can be guessed"):
        configuration.read_token(file)
    file.write_text(f"{OWNER}\n")
    assert configuration.read_token(file) == OWNER
    with pytest.raises(SystemExit, match="cannot be read"):
        configuration.read_token(tmp_path / "none")
