"""Tokens: given for a cookie, kept as a hash, good for one tree and for their days; useless ones are refused."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cnnpruner import config as configuration
from cnnpruner.api.server import with_token
from cnnpruner.domain.sharing.links import NewLink
from cnnpruner.service.sharing import links
from cnnpruner.service.workspace import Workspace
from tests.api.shared_trees import OWNER, grow, guarded, link_to, visit


def test_a_token_is_given_for_a_cookie_that_scripts_cannot_read(workspace: Workspace) -> None:
    workspace = guarded(workspace)
    tree = grow(workspace)
    token = link_to(workspace, tree.experiment_id)
    client = visit(workspace, None)
    assert client.get("/api/visitor").json()["kind"] == "nobody"
    entered = client.post("/api/visitor", json={"token": token})
    assert (entered.json()["kind"], entered.json()["mode"]) == ("link", "read")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    assert [one["id"] for one in client.get("/api/experiments").json()] == [tree.experiment_id]
    assert client.get("/api/visitor").json()["link_id"] is not None
    client.delete("/api/visitor")
    assert client.get("/api/experiments").status_code == 401


def test_a_withdrawn_link_opens_nothing_and_its_cookie_is_taken_back(workspace: Workspace) -> None:
    workspace = guarded(workspace)
    tree = grow(workspace)
    client = visit(workspace, None)
    client.post("/api/visitor", json={"token": link_to(workspace, tree.experiment_id, "edit")})
    link_id = client.get("/api/visitor").json()["link_id"]
    assert visit(workspace, OWNER).delete(f"/api/links/{link_id}").status_code == 204
    answer = client.get("/api/visitor")
    assert answer.status_code == 401 and "withdrawn" in answer.json()["error"]["message"]
    assert not client.cookies
    assert client.get("/api/visitor").json()["kind"] == "nobody"
    assert client.get(f"/api/nodes/{tree.node_id}").status_code == 401


def test_a_link_is_good_for_its_days(workspace: Workspace) -> None:
    workspace = guarded(workspace)
    tree = grow(workspace)
    experiment = workspace.store.experiments.get(tree.experiment_id)
    over = links.create(workspace, experiment, NewLink(days=1e-9))
    assert visit(workspace, over.token).get(f"/api/nodes/{tree.node_id}").status_code == 401
    assert over.link.id in [link["id"] for link in visit(workspace, OWNER).get("/api/experiments/1/links").json()]


def test_the_database_holds_the_hash_of_a_token_and_the_token_nowhere(workspace: Workspace, tmp_path: Path) -> None:
    tree = grow(workspace)
    made = links.create(workspace, workspace.store.experiments.get(tree.experiment_id), NewLink())
    assert len(made.token) >= 43, "256 bits"
    assert made.path.partition("#")[2] == f"token={made.token}", "behind #, where no server and no log sees it"
    engine = create_engine(workspace.config.database)
    with engine.connect() as connection:
        kept = connection.execute(text(f"SELECT token_hash FROM links WHERE id = {made.link.id}")).scalar()
    engine.dispose()
    assert kept == hashlib.sha256(made.token.encode()).hexdigest()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and made.token.encode() in path.read_bytes()]


def test_a_link_with_leave_takes_weights_and_one_for_looking_starts_no_work_by_asking(workspace: Workspace) -> None:
    workspace = guarded(workspace)
    tree = grow(workspace)
    taker, reader = link_to(workspace, tree.experiment_id, may_export=True), link_to(workspace, tree.experiment_id)
    jobs = len(workspace.store.jobs.list())
    assert visit(workspace, taker).get(f"/api/nodes/{tree.node_id}/export").content == b"zip"
    client = visit(workspace, reader)
    for path in (
        f"/api/nodes/{tree.node_id}/scores?criterion=l1",
        f"/api/nodes/{tree.node_id}/agreement",
        f"/api/nodes/{tree.node_id}/samples/1/filters?layer={tree.layer}",
        f"/api/nodes/{tree.root_id}/layers/{tree.layer}/filters",
    ):
        answer = client.get(path)
        assert answer.status_code == 403 and "starts no work" in answer.json()["error"]["message"]
    assert len(workspace.store.jobs.list()) == jobs


def test_ids_of_another_tree_in_a_query_or_body_look_reference_ids_that_are_not_there(workspace: Workspace) -> None:
    workspace = guarded(workspace)
    mine, other = grow(workspace), grow(workspace)
    client = visit(workspace, link_to(workspace, mine.experiment_id, "edit"))
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


def test_beyond_this_machine_there_is_always_a_token(workspace: Workspace) -> None:
    here, is_new = with_token(workspace.config)
    assert (here.token, is_new) == (None, False)
    wide, is_new = with_token(replace(workspace.config, host="0.0.0.0"))
    assert wide.token is not None and len(wide.token) >= 43 and is_new
    assert wide.token not in repr(wide), "it would stand in a log"
    own, is_new = with_token(replace(workspace.config, host="::", token=OWNER))
    assert (own.token, is_new) == (OWNER, False)


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/api/nothing", "/api/experiments/1/events"])
def test_on_a_server_with_a_token_nobody_is_told_anything(workspace: Workspace, path: str) -> None:
    answer = visit(guarded(workspace), None).get(path)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert visit(guarded(workspace), "wrong").get(path).status_code == 401


def test_a_token_that_can_be_guessed_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("short\n")
    with pytest.raises(SystemExit, match="can be guessed"):
        configuration.read_token(file)
    file.write_text(f"{OWNER}\n")
    assert configuration.read_token(file) == OWNER
    with pytest.raises(SystemExit, match="cannot be read"):
        configuration.read_token(tmp_path / "none")
