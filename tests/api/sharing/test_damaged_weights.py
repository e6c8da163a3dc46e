"""Damaged weights of a node are named wherever the file is read, and nothing is made from them."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.service.workspace import Workspace
from tests.api.bundles.servers import Server, bundle, grow

WEIGHTS_PATH = "experiment-1/node-0/weights.safetensors"


def flip(path: Path) -> None:
    """Flips one bit of the last tensor without changing the modification time, as a failing disk does."""
    times = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def assert_damaged(response: Any) -> dict[str, Any]:
    error: dict[str, Any] = response.json()["error"]
    assert (response.status_code, error["code"]) == (409, "damaged_weights"), response.text
    assert "weights of node 0" in error["message"] and WEIGHTS_PATH in error["message"]
    assert "backup" in error["message"] and "bundle" in error["message"]
    return error


def weights_of(workspace: Workspace) -> Path:
    return workspace.store.files.weights_path(1, 0)


@pytest.mark.usefixtures("root")
def test_damaged_weights_are_named_when_they_are_scored(workspace: Workspace, server: TestClient) -> None:
    flip(weights_of(workspace))
    by_random = {"rule": "percent", "percent": 10, "criterion": "random"}
    error = assert_damaged(server.post("/api/nodes/1/plans", json=by_random))  # which has the root scored
    (job,) = [job for job in workspace.store.jobs.list(1) if job.kind == "score"]
    assert job.state == "failed" and job.error is not None and job.error.message == error["message"]
    assert error["details"]["sha256"] != error["details"]["expected"] == workspace.store.nodes.weights_sha256(1)


@pytest.mark.usefixtures("root")
def test_damaged_weights_are_named_when_exported_even_if_the_network_is_cached(
    workspace: Workspace, server: TestClient
) -> None:
    assert server.get("/api/nodes/1/export").status_code == 200
    workspace.store.files.export(1, 0, "safetensors").unlink()
    flip(weights_of(workspace))
    assert_damaged(server.get("/api/nodes/1/export"))


@pytest.mark.usefixtures("root")
def test_damaged_weights_are_named_when_they_are_bundled(workspace: Workspace, server: TestClient) -> None:
    intact = server.get("/api/experiments/1/bundle?pictures=false")
    assert intact.status_code == 200
    flip(weights_of(workspace))
    assert_damaged(server.get("/api/experiments/1/bundle"))
    assert server.get("/api/experiments/1/bundle?weights=false").status_code == 200


@pytest.mark.usefixtures("root")
def test_missing_weights_are_named(workspace: Workspace, server: TestClient) -> None:
    weights_of(workspace).unlink()
    assert_damaged(server.get("/api/nodes/1/export"))


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("read", ["/api/nodes/1/export", "/api/experiments/1/bundle"])
def test_the_checksum_of_a_node_of_0_1_0_is_recorded_on_first_read(
    workspace: Workspace, server: TestClient, read: str
) -> None:
    known = workspace.store.nodes.weights_sha256(1)
    with workspace.store.transaction() as session:
        session.connection().exec_driver_sql("UPDATE nodes SET weights_sha256 = NULL")
    before = workspace.store.nodes.get(1)
    assert server.get(read).status_code == 200
    assert known is not None and workspace.store.nodes.weights_sha256(1) == known
    assert workspace.store.nodes.get(1) == before, "nobody is told"


@pytest.fixture
def servers(tmp_path: Path) -> tuple[Server, Server]:
    """A server with a tree, and an empty one."""
    source, target = Server(tmp_path / "there"), Server(tmp_path / "here")
    grow(source)
    return source, target


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Returns the bundle with changed files in a valid container."""
    created = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(created, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, change(entry.filename, old.read(entry)))
    return created.getvalue()


def test_children_are_not_affected_by_a_damaged_parent(servers: tuple[Server, Server]) -> None:
    source, _ = servers
    flip(source.store.files.weights_path(1, 0))
    child = source.store.nodes.list(1)[1]
    assert source.api.get(f"/api/nodes/{child.id}/export").status_code == 200


def test_a_bundle_contains_checksums_and_is_verified_by_them(servers: tuple[Server, Server]) -> None:
    source, target = servers
    data = bundle(source)

    def change(name: str, content: bytes) -> bytes:
        return content[:-1] + bytes([content[-1] ^ 1]) if name == "nodes/0/weights.safetensors" else content

    response = target.open(rewritten(data, change))
    assert response.status_code == 422
    assert "weights of node 0 were changed after the bundle was created" in response.json()["error"]["message"]
    assert target.store.experiments.list() == []
    opened = target.open(data).json()["id"]
    sums = [source.store.nodes.weights_sha256(node.id) for node in source.store.nodes.list(1)]
    assert [target.store.nodes.weights_sha256(node.id) for node in target.store.nodes.list(opened)] == sums


def test_opening_a_bundle_of_0_1_0_without_checksums_computes_them(servers: tuple[Server, Server]) -> None:
    source, target = servers

    def as_0_1_0_wrote_it(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        for entry in manifest["nodes"]:
            del entry["weights_sha256"]
        return json.dumps(
            {"walks" if key == "autopilots" else key: manifest[key] for key in manifest} | {"version": 1}
        ).encode()

    response = target.open(rewritten(bundle(source), as_0_1_0_wrote_it))
    assert response.status_code == 201, response.text
    known = [target.store.nodes.weights_sha256(node.id) for node in target.store.nodes.list(response.json()["id"])]
    assert known[0] == source.store.nodes.weights_sha256(1)
