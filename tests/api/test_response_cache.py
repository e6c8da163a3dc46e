"""What is asked for again and again is written once, and never told after it has changed."""

import gzip

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api import response_cache as cache
from cnnpruner.api.response_cache import MAX_RESPONSES, ResponseCache
from cnnpruner.domain.tree.nodes import Tree
from cnnpruner.service.workspace import Workspace
from tests.trees import make_small_tree

EMPTY = Tree(nodes=[])


def test_a_version_is_written_once_and_the_next_anew() -> None:
    responses, made = ResponseCache(), []

    def make() -> Tree:
        made.append(1)
        return EMPTY

    bodies = [responses.body("tree", version, make) for version in (1, 1, 2, 2)]
    assert len(made) == 2
    assert bodies[0] is bodies[1] and bodies[0].plain == b'{"nodes":[]}' and bodies[0].gzipped is None


def test_the_answer_that_was_asked_for_longest_ago_goes_first() -> None:
    responses, made = ResponseCache(), []
    for key in (*range(MAX_RESPONSES), 0, MAX_RESPONSES):  # 0 is asked for again before one too many comes
        responses.body(key, 1, lambda: EMPTY)
    for key in (0, 1):
        responses.body(key, 1, lambda: made.append(1) or EMPTY)  # type: ignore[func-returns-value]
    assert len(made) == 1


def test_large_answers_are_kept_up_to_a_bound_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 2 * len(b'{"nodes":[]}'))
    responses, made = ResponseCache(), []
    for key in range(3):
        responses.body(key, 1, lambda: EMPTY)
    for key in (2, 1, 0):
        responses.body(key, 1, lambda: made.append(1) or EMPTY)  # type: ignore[func-returns-value]
    assert len(made) == 1


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_tree_is_told_anew_after_every_change(client: TestClient, workspace: Workspace, encoding: str) -> None:
    small_tree = make_small_tree(workspace.store)
    node = client.get(f"/api/nodes/{small_tree.root_id}").json()
    headers = {"Accept-Encoding": encoding}
    path = f"/api/experiments/{node['experiment_id']}/tree"
    first = client.get(path, headers=headers).json()["nodes"]
    client.patch(f"/api/nodes/{small_tree.root_id}", json={"note": "looked at"})
    second = client.get(path, headers=headers).json()["nodes"]
    assert [one["note"] for one in first] == [""] and [one["note"] for one in second] == ["looked at"]


def test_who_takes_no_gzip_gets_none(client: TestClient, workspace: Workspace) -> None:
    small_tree = make_small_tree(workspace.store)
    path = f"/api/nodes/{small_tree.root_id}/layers"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers and packed.headers["content-encoding"] == "gzip"
    assert (
        plain.json() == packed.json() and int(packed.headers["content-length"]) < len(gzip.compress(plain.content)) + 99
    )
