"""One flipped byte of a node's weights is named wherever the file is read; nothing is made of it."""

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

PLACE = "experiment-1/node-0/weights.safetensors"


def flip(path: Path) -> None:
    """One bit of the last tensor, at the same time of writing, as a disk does it."""
    times = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def damaged(answer: Any) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "damaged_weights"), answer.text
    assert "weights of node 0" in error["message"] and PLACE in error["message"]
    assert "backup" in error["message"] and "bundle" in error["message"]
    return error


def weights_of(workspace: Workspace) -> Path:
    return workspace.store.files.weights(1, 0)


@pytest.mark.usefixtures("root")
def test_a_flipped_byte_is_named_when_it_is_read(workspace: Workspace, server: TestClient) -> None:
    flip(weights_of(workspace))
    by_random = {"rule": "percent", "percent": 10, "criterion": "random"}
    error = damaged(server.post("/api/nodes/1/plans", json=by_random))  # which has the root scored
    (job,) = [job for job in workspace.store.jobs.list(1) if job.kind == "score"]
    assert job.state == "failed" and job.error is not None and job.error.message == error["message"]
    assert error["details"]["sha256"] != error["details"]["expected"] == workspace.store.nodes.weights_sha256(1)


@pytest.mark.usefixtures("root")
def test_a_flipped_byte_is_named_when_it_is_exported_though_the_network_is_warm(
    workspace: Workspace, server: TestClient
) -> None:
    assert server.get("/api/nodes/1/export").status_code == 200
    workspace.store.files.export(1, 0, "safetensors").unlink()
    flip(weights_of(workspace))
    damaged(server.get("/api/nodes/1/export"))


@pytest.mark.usefixtures("root")
def test_a_flipped_byte_is_named_when_it_is_bundled(workspace: Workspace, server: TestClient) -> None:
    whole = server.get("/api/experiments/1/bundle?pictures=false")
    assert whole.status_code == 200
    flip(weights_of(workspace))
    damaged(server.get("/api/experiments/1/bundle"))
    assert server.get("/api/experiments/1/bundle?weights=false").status_code == 200


@pytest.mark.usefixtures("root")
def test_a_file_that_is_gone_is_named(workspace: Workspace, server: TestClient) -> None:
    weights_of(workspace).unlink()
    damaged(server.get("/api/nodes/1/export"))


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("read", ["/api/nodes/1/export", "/api/experiments/1/bundle"])
def test_the_sum_of_a_node_of_0_1_0_is_taken_when_it_is_first_read(
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
    """One with a tree, and an empty one."""
    there, here = Server(tmp_path / "there"), Server(tmp_path / "here")
    grow(there)
    return there, here


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A bundle with other files in it, and a container that is whole."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, change(entry.filename, old.read(entry)))
    return made.getvalue()


def test_children_are_not_touched_by_a_damaged_parent(servers: tuple[Server, Server]) -> None:
    there, _ = servers
    flip(there.store.files.weights(1, 0))
    child = there.store.nodes.list(1)[1]
    assert there.api.get(f"/api/nodes/{child.id}/export").status_code == 200


def test_a_bundle_carries_the_sums_and_is_checked_by_them(servers: tuple[Server, Server]) -> None:
    there, here = servers
    data = bundle(there)

    def change(name: str, content: bytes) -> bytes:
        return content[:-1] + bytes([content[-1] ^ 1]) if name == "nodes/0/weights.safetensors" else content

    answer = here.open(rewritten(data, change))
    assert answer.status_code == 422
    assert "weights of node 0 are not those that were bundled" in answer.json()["error"]["message"]
    assert here.store.experiments.list() == []
    opened = here.open(data).json()["id"]
    sums = [there.store.nodes.weights_sha256(node.id) for node in there.store.nodes.list(1)]
    assert [here.store.nodes.weights_sha256(node.id) for node in here.store.nodes.list(opened)] == sums


def test_a_bundle_of_0_1_0_has_no_sums_and_gets_them_here(servers: tuple[Server, Server]) -> None:
    there, here = servers

    def as_0_1_0_wrote_it(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        for entry in manifest["nodes"]:
            del entry["weights_sha256"]
        return json.dumps(
            {"walks" if key == "autopilots" else key: manifest[key] for key in manifest} | {"version": 1}
        ).encode()

    answer = here.open(rewritten(bundle(there), as_0_1_0_wrote_it))
    assert answer.status_code == 201, answer.text
    known = [here.store.nodes.weights_sha256(node.id) for node in here.store.nodes.list(answer.json()["id"])]
    assert known[0] == there.store.nodes.weights_sha256(1)
