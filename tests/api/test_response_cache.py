"""Frequent responses are serialized once, and never served after a change."""

import gzip

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api import response_cache
from cnnpruner.api.response_cache import MAX_CACHED_RESPONSES, ResponseCache
from cnnpruner.domain.tree.nodes import Tree
from cnnpruner.service.workspace import Workspace
from tests.trees import make_small_tree

EMPTY = Tree(nodes=[])


def test_each_version_is_serialized_once() -> None:
    responses, calls = ResponseCache(), []

    def make() -> Tree:
        calls.append(1)
        return EMPTY

    bodies = [responses.body("tree", version, make) for version in (1, 1, 2, 2)]
    assert len(calls) == 2
    assert (
        bodies[0] is bodies[1] and bodies[0].uncompressed_bytes == b'{"nodes":[]}' and bodies[0].gzipped_bytes is None
    )


def test_the_least_recently_used_response_is_evicted_first() -> None:
    responses, calls = ResponseCache(), []
    for key in (
        *range(MAX_CACHED_RESPONSES),
        0,
        MAX_CACHED_RESPONSES,
    ):  # 0 is asked for again before one too many comes
        responses.body(key, 1, lambda: EMPTY)
    for key in (0, 1):
        responses.body(key, 1, lambda: calls.append(1) or EMPTY)  # type: ignore[func-returns-value]
    assert len(calls) == 1


def test_the_cache_is_limited_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_cache, "MAX_CACHE_BYTES", 2 * len(b'{"nodes":[]}'))
    responses, calls = ResponseCache(), []
    for key in range(3):
        responses.body(key, 1, lambda: EMPTY)
    for key in (2, 1, 0):
        responses.body(key, 1, lambda: calls.append(1) or EMPTY)  # type: ignore[func-returns-value]
    assert len(calls) == 1


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_changed_tree_is_never_served_from_the_cache(client: TestClient, workspace: Workspace, encoding: str) -> None:
    small_tree = make_small_tree(workspace.store)
    node = client.get(f"/api/nodes/{small_tree.root_id}").json()
    headers = {"Accept-Encoding": encoding}
    path = f"/api/experiments/{node['experiment_id']}/tree"
    first = client.get(path, headers=headers).json()["nodes"]
    client.patch(f"/api/nodes/{small_tree.root_id}", json={"note": "looked at"})
    second = client.get(path, headers=headers).json()["nodes"]
    assert [node["note"] for node in first] == [""] and [node["note"] for node in second] == ["looked at"]


def test_gzip_is_only_sent_if_accepted(client: TestClient, workspace: Workspace) -> None:
    small_tree = make_small_tree(workspace.store)
    path = f"/api/nodes/{small_tree.root_id}/layers"
    uncompressed = client.get(path, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in uncompressed.headers and packed.headers["content-encoding"] == "gzip"
    assert (
        uncompressed.json() == packed.json()
        and int(packed.headers["content-length"]) < len(gzip.compress(uncompressed.content)) + 99
    )
