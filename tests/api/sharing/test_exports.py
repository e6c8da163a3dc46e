"""Exports, latency by request and the one look at the test split over REST, by a real worker in this process."""

import importlib.util
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from fastapi.testclient import TestClient

import cnnpruner
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.formats.exports.packages import missing_packages
from cnnpruner.jobs.kinds import export as export_job
from cnnpruner.jobs.kinds.test_accuracy import describe_optimism
from cnnpruner.service.sharing import exports
from cnnpruner.service.workspace import MAX_WAITING_REQUESTS, Workspace


def test_one_get_gives_an_archive_that_load_opens(server: TestClient, root: Node, tmp_path: Path) -> None:
    answer = server.get(f"/api/nodes/{root.id}/export", params={"format": "safetensors"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert 'filename="digits-node-0-safetensors.zip"' in answer.headers["content-disposition"]
    path = tmp_path / "node.zip"
    path.write_bytes(answer.content)
    network: Any = cnnpruner.load(path)
    about = network.about
    assert (about.classes[3], about.mean, about.seed, about.splits.train) == ("3", about.mean, 0, about.splits.train)
    assert about.metrics.accuracy == root.accuracy and about.metrics.test_accuracy is None
    assert network(torch.zeros(3, 1, 8, 8)).shape == (3, 10)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["README.md", "example.safetensors", "network.json", "weights.safetensors"]
        assert "not measured on the test split" in archive.read("README.md").decode()


def test_the_check_is_kept_with_the_export(server: TestClient, root: Node) -> None:
    assert server.get(f"/api/nodes/{root.id}/exports").json() == []
    job = server.post(f"/api/nodes/{root.id}/export?format=torch_export").json()
    assert job["kind"] == "export"
    [made] = server.get(f"/api/nodes/{root.id}/exports").json()
    assert made["format"] == "torch_export" and made["size_bytes"] > 100_000
    check = made["check"]
    assert check["images"] == min(root.images, export_job.CHECKED_IMAGES)
    assert check["same_top1"] == 1 and check["max_difference"] <= 1e-5 * max(1, check["largest_logit"])
    assert "torch.export" in check["runtime"]
    assert server.get(f"/api/jobs/{job['id']}").json()["result"] == made


def test_an_export_in_the_making_is_answered_by_its_job_and_made_once(
    client: TestClient, workspace: Workspace, root: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports.find_or_make, "__defaults__", (0.2,))
    first = client.get(f"/api/nodes/{root.id}/export?format=safetensors")
    again = client.post(f"/api/nodes/{root.id}/export?format=safetensors")
    other = client.post(f"/api/nodes/{root.id}/export?format=torch_export")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]
    assert first.json()["state"] == "waiting"


def test_an_export_is_refused_at_once_where_too_many_requests_wait(
    client: TestClient, workspace: Workspace, root: Node
) -> None:
    for _ in range(MAX_WAITING_REQUESTS):
        assert workspace.waiting_slots.acquire(blocking=False)
    answer = client.get(f"/api/nodes/{root.id}/export")
    assert answer.status_code == 503 and "again in a few seconds" in answer.json()["error"]["message"]


def test_onnx_without_its_packages_is_refused_with_the_line_to_type(
    server: TestClient, root: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    answer = server.get(f"/api/nodes/{root.id}/export?format=onnx")
    assert answer.status_code == 503
    assert "python -m pip install onnx onnxruntime" in answer.json()["error"]["message"]


def test_a_node_in_the_making_has_nothing_to_export(server: TestClient, workspace: Workspace, root: Node) -> None:
    plan = server.post(f"/api/nodes/{root.id}/plans", json={"rule": "percent", "percent": 50}).json()
    child = server.post(f"/api/plans/{plan['id']}/apply").json()["node"]
    answer = server.get(f"/api/nodes/{child['id']}/export")
    assert answer.status_code == 409 and "wait for its job" in answer.json()["error"]["message"]


def test_a_file_that_was_lost_is_made_again(server: TestClient, workspace: Workspace, root: Node) -> None:
    server.get(f"/api/nodes/{root.id}/export")
    workspace.store.files.export(1, 0, "safetensors").unlink()
    assert server.get(f"/api/nodes/{root.id}/exports").json() == []
    assert server.get(f"/api/nodes/{root.id}/export").status_code == 200


def test_latency_by_request_names_runtime_and_device(server: TestClient, root: Node) -> None:
    job = server.post(f"/api/nodes/{root.id}/latency?batch=4").json()
    job = server.get(f"/api/jobs/{job['id']}").json()
    latency = server.get(f"/api/nodes/{root.id}").json()["latency"]
    wanted = {("eager", 1), ("eager", 4)} | (set() if missing_packages() else {("onnxruntime", 1), ("onnxruntime", 4)})
    assert {(one["runtime"], one["batch"]) for one in latency} >= wanted
    assert all(one["device"] and one["median_ms"] > 0 and one["iqr_ms"] >= 0 for one in latency)
    assert len(job["result"]["notes"]) == (1 if missing_packages() else 0)
    server.post(f"/api/nodes/{root.id}/latency?batch=4")
    assert len(server.get(f"/api/nodes/{root.id}").json()["latency"]) == len(latency), "newer ones replace older ones"


def test_the_tree_records_when_and_how_often_the_test_split_was_looked_at(server: TestClient, root: Node) -> None:
    assert server.get("/api/experiments/1").json()["tests"] == 0
    assert server.post(f"/api/nodes/{root.id}/test").status_code == 202
    experiment = server.get("/api/experiments/1").json()
    node = server.get(f"/api/nodes/{root.id}").json()
    assert experiment["tests"] == 1 and experiment["tested_at"] is not None
    assert node["test_accuracy"] is not None and node["test_measured_at"] is not None
    second = server.post(f"/api/nodes/{root.id}/test")
    assert second.status_code == 409 and "once is all" in second.json()["error"]["message"]


def test_an_export_knows_the_test_accuracy_that_was_measured_before(server: TestClient, root: Node) -> None:
    server.get(f"/api/nodes/{root.id}/export")
    server.post(f"/api/nodes/{root.id}/test")
    server.post(f"/api/nodes/{root.id}/export")
    data = server.get(f"/api/nodes/{root.id}/export").content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "on the test split." in archive.read("README.md").decode()


@pytest.mark.parametrize(
    ("origin", "test_accuracy", "warned"),
    [("imported", 0.917, True), ("imported", 0.9471, False), ("trained", 0.5, False)],
)
def test_an_imported_root_that_is_better_on_selection_is_warned_of(
    root: Node, origin: str, test_accuracy: float, warned: bool
) -> None:
    found = describe_optimism(root.model_copy(update={"origin": origin, "accuracy": 0.977}), test_accuracy)
    assert (found is not None) == warned
    if found:
        assert "97.70% of the selection images and on 91.70%" in found


def test_the_warning_is_kept_among_the_notices(
    server: TestClient, workspace: Workspace, root: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnpruner.jobs.kinds.test_accuracy.describe_optimism", lambda node, accuracy: "Too hopeful.")
    server.post(f"/api/nodes/{root.id}/test")
    assert server.get("/api/experiments/1").json()["notices"][-1] == "Too hopeful."
