"""Exports, latency and test accuracy over REST, by a real worker in this process."""

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
from cnnpruner.formats.exports.packages import find_missing_packages
from cnnpruner.jobs.kinds import export as export_job
from cnnpruner.jobs.kinds.test_accuracy import optimistic_accuracy_warning
from cnnpruner.service.sharing import exports
from cnnpruner.service.workspace import MAX_WAITING_REQUESTS, Workspace


def test_a_downloaded_export_can_be_loaded(server: TestClient, root: Node, tmp_path: Path) -> None:
    response = server.get(f"/api/nodes/{root.id}/export", params={"format": "safetensors"})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip")
    assert 'filename="digits-node-0-safetensors.zip"' in response.headers["content-disposition"]
    path = tmp_path / "node.zip"
    path.write_bytes(response.content)
    network: Any = cnnpruner.load(path)
    about = network.about
    assert (about.classes[3], about.mean, about.seed, about.splits.train) == ("3", about.mean, 0, about.splits.train)
    assert about.metrics.accuracy == root.accuracy and about.metrics.test_accuracy is None
    assert network(torch.zeros(3, 1, 8, 8)).shape == (3, 10)
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.namelist() == ["README.md", "example.safetensors", "network.json", "weights.safetensors"]
        assert "not measured on the test split" in archive.read("README.md").decode()


def test_the_check_is_stored_with_the_export(server: TestClient, root: Node) -> None:
    assert server.get(f"/api/nodes/{root.id}/exports").json() == []
    job = server.post(f"/api/nodes/{root.id}/export?format=torch_export").json()
    assert job["kind"] == "export"
    [export] = server.get(f"/api/nodes/{root.id}/exports").json()
    assert export["format"] == "torch_export" and export["size_bytes"] > 100_000
    check = export["check"]
    assert check["images"] == min(root.images, export_job.MAX_CHECKED_IMAGES)
    assert check["same_top1"] == 1 and check["max_difference"] <= 1e-5 * max(1, check["largest_logit"])
    assert "torch.export" in check["runtime"]
    assert server.get(f"/api/jobs/{job['id']}").json()["result"] == export


def test_an_unfinished_export_is_answered_with_its_only_job(
    client: TestClient, workspace: Workspace, root: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports.find_or_make_export, "__defaults__", (0.2,))
    first = client.get(f"/api/nodes/{root.id}/export?format=safetensors")
    again = client.post(f"/api/nodes/{root.id}/export?format=safetensors")
    other = client.post(f"/api/nodes/{root.id}/export?format=torch_export")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]
    assert first.json()["state"] == "waiting"


def test_an_export_is_rejected_at_once_if_too_many_requests_wait(
    client: TestClient, workspace: Workspace, root: Node
) -> None:
    for _ in range(MAX_WAITING_REQUESTS):
        assert workspace.waiting_slots.acquire(blocking=False)
    response = client.get(f"/api/nodes/{root.id}/export")
    assert response.status_code == 503 and "again in a few seconds" in response.json()["error"]["message"]


def test_onnx_without_its_packages_is_rejected_with_the_install_command(
    server: TestClient, root: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    response = server.get(f"/api/nodes/{root.id}/export?format=onnx")
    assert response.status_code == 503
    assert "python -m pip install onnx onnxruntime" in response.json()["error"]["message"]


def test_an_unfinished_node_cannot_be_exported(server: TestClient, workspace: Workspace, root: Node) -> None:
    plan = server.post(f"/api/nodes/{root.id}/plans", json={"rule": "percent", "percent": 50}).json()
    child = server.post(f"/api/plans/{plan['id']}/apply").json()["node"]
    response = server.get(f"/api/nodes/{child['id']}/export")
    assert response.status_code == 409 and "wait for its job" in response.json()["error"]["message"]


def test_a_lost_export_is_made_again(server: TestClient, workspace: Workspace, root: Node) -> None:
    server.get(f"/api/nodes/{root.id}/export")
    workspace.store.files.export(1, 0, "safetensors").unlink()
    assert server.get(f"/api/nodes/{root.id}/exports").json() == []
    assert server.get(f"/api/nodes/{root.id}/export").status_code == 200


def test_latencies_have_all_blocks_and_a_root_has_ratio_1_by_definition(server: TestClient, root: Node) -> None:
    server.post(f"/api/nodes/{root.id}/latencies?batch=2")
    latencies = server.get(f"/api/nodes/{root.id}/latencies").json()
    assert len(latencies) >= 2
    for latency in latencies:
        assert (latency["ratio"], latency["ratio_interval"]) == (1, {"low": 1, "high": 1})
        assert (latency["reliability"], latency["reference_number"], latency["measured_number"]) == ("reliable", 0, 0)
        assert len(latency["block_ms"]) == 20 and latency["root_block_ms"] == []


def test_measured_latency_names_runtime_and_device(server: TestClient, root: Node) -> None:
    job = server.post(f"/api/nodes/{root.id}/latencies?batch=4").json()
    job = server.get(f"/api/jobs/{job['id']}").json()
    latency = server.get(f"/api/nodes/{root.id}").json()["latency"]
    expected = {("eager", 1), ("eager", 4)} | (
        set() if find_missing_packages() else {("onnxruntime", 1), ("onnxruntime", 4)}
    )
    assert {(entry["runtime"], entry["batch"]) for entry in latency} >= expected
    assert all(entry["device"] and entry["median_ms"] > 0 and entry["iqr_ms"] >= 0 for entry in latency)
    assert len(job["result"]["notes"]) == (1 if find_missing_packages() else 0)
    server.post(f"/api/nodes/{root.id}/latencies?batch=4")
    assert len(server.get(f"/api/nodes/{root.id}").json()["latency"]) == len(latency), "newer ones replace older ones"


def test_the_tree_records_when_and_how_often_the_test_split_was_measured(server: TestClient, root: Node) -> None:
    assert server.get("/api/experiments/1").json()["tests"] == 0
    assert server.post(f"/api/nodes/{root.id}/test").status_code == 202
    experiment = server.get("/api/experiments/1").json()
    node = server.get(f"/api/nodes/{root.id}").json()
    assert experiment["tests"] == 1 and experiment["tested_at"] is not None
    assert node["test_accuracy"] is not None and node["test_measured_at"] is not None
    second = server.post(f"/api/nodes/{root.id}/test")
    assert second.status_code == 409 and "possible only once per node" in second.json()["error"]["message"]


def test_an_export_contains_a_test_accuracy_measured_before(server: TestClient, root: Node) -> None:
    server.get(f"/api/nodes/{root.id}/export")
    server.post(f"/api/nodes/{root.id}/test")
    server.post(f"/api/nodes/{root.id}/export")
    data = server.get(f"/api/nodes/{root.id}/export").content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "on the test split." in archive.read("README.md").decode()


@pytest.mark.parametrize(
    ("origin", "test_accuracy", "is_warned"),
    [("imported", 0.917, True), ("imported", 0.9471, False), ("trained", 0.5, False)],
)
def test_an_imported_root_that_is_better_on_selection_causes_a_warning(
    root: Node, origin: str, test_accuracy: float, is_warned: bool
) -> None:
    warning = optimistic_accuracy_warning(root.model_copy(update={"origin": origin, "accuracy": 0.977}), test_accuracy)
    assert (warning is not None) == is_warned
    if warning:
        assert "97.70% of the selection images correctly, but only 91.70%" in warning


def test_the_warning_is_stored_as_a_notice(
    server: TestClient, workspace: Workspace, root: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "cnnpruner.jobs.kinds.test_accuracy.optimistic_accuracy_warning", lambda node, accuracy: "Too hopeful."
    )
    server.post(f"/api/nodes/{root.id}/test")
    assert server.get("/api/experiments/1").json()["notices"][-1] == "Too hopeful."
