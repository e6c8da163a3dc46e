"""Branches are deleted completely, controls are added next to a node, nodes are compared by original numbers."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.domain.jobs import ControlSettings, LatencyJob, PruneJob
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.workspace import Workspace
from tests.trees import SmallTree, make_small_tree, root_layers


@pytest.fixture
def small_tree(workspace: Workspace) -> SmallTree:
    """A root with 98 of 100 correct."""
    return make_small_tree(workspace.store)


def draft(client: TestClient, node_id: int, percent: float) -> dict[str, Any]:
    return dict(client.post(f"/api/nodes/{node_id}/plans", json={"rule": "percent", "percent": percent}).json())


def prune(client: TestClient, small_tree: SmallTree, node_id: int, percent: float, correct: int) -> Node:
    created = client.post(f"/api/plans/{draft(client, node_id, percent)['id']}/apply").json()["node"]
    return small_tree.finish(created["id"], correct)


def test_deleting_a_branch_removes_its_rows_plans_files_and_jobs_only(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    unaffected = prune(client, small_tree, small_tree.root_id, 10, 98)
    top = prune(client, small_tree, small_tree.root_id, 20, 97)
    below = prune(client, small_tree, top.id, 20, 96)
    autopilot = client.post(
        f"/api/nodes/{below.id}/autopilots", json={"kind": "automatic", "target_accuracy": 0.9}
    ).json()
    preview = client.post(f"/api/plans/{draft(client, top.id, 30)['id']}/preview").json()
    before = client.get(f"/api/nodes/{top.id}/branch").json()
    ids = [top.id, below.id, autopilot["current_id"]]
    assert [item["id"] for item in before["nodes"]] == ids
    assert [item["size_bytes"] for item in before["nodes"]] == [1000, 1000, 0] and before["size_bytes"] == 2000
    assert before["active_jobs"] == 2
    last = workspace.store.events.last_id()
    assert client.delete(f"/api/nodes/{top.id}").json() == before
    assert [node.id for node in small_tree.nodes()] == [small_tree.root_id, unaffected.id]
    for node_id in ids:
        assert client.get(f"/api/nodes/{node_id}").status_code == 404
    assert client.get(f"/api/plans/{top.plan_id}").status_code == 404
    assert client.get(f"/api/plans/{unaffected.plan_id}").status_code == 200
    assert client.get(f"/api/jobs/{preview['id']}").status_code == 404
    assert client.get(f"/api/experiments/{small_tree.experiment_id}/autopilots").json() == []
    assert not workspace.store.files.node_folder(1, top.number).exists()
    assert workspace.store.files.node_folder(1, unaffected.number).exists()
    removed = [event for event in workspace.store.events.after(last, 1) if event.kind == "removed"]
    assert json.loads(removed[0].data)["node_ids"] == ids
    assert top.plan_id in json.loads(removed[0].data)["plan_ids"]


def test_events_of_deleted_nodes_are_not_replayed_and_numbers_not_reused(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    top = prune(client, small_tree, small_tree.root_id, 20, 97)
    client.delete(f"/api/nodes/{top.id}")
    received = [event for event in workspace.store.events.after(0, 1) if event.kind in ("node", "job", "plan")]
    assert all(f'"id":{top.id},"experiment_id"' not in event.data for event in received if event.kind == "node")
    assert not [event for event in received if event.kind == "plan"]
    assert client.get("/api/experiments/1").json()["nodes"] == 1
    again = prune(client, small_tree, small_tree.root_id, 20, 97)
    assert (again.number, again.id) == (top.number + 1, top.id + 1)


def test_an_autopilot_stops_when_the_branch_it_grows_is_deleted(client: TestClient, small_tree: SmallTree) -> None:
    autopilot = client.post(f"/api/nodes/{small_tree.root_id}/autopilots", json={"kind": "automatic"}).json()
    client.delete(f"/api/nodes/{autopilot['current_id']}")
    autopilot = client.get(f"/api/autopilots/{autopilot['id']}").json()
    assert (autopilot["state"], autopilot["nodes"], autopilot["good_id"]) == ("stopped", [], small_tree.root_id)
    assert "were deleted" in autopilot["reason"]


def test_estimates_forget_a_deleted_branch_and_send_events(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    good = prune(client, small_tree, small_tree.root_id, 20, 98)
    bad = prune(client, small_tree, good.id, 20, 90)
    request = {"target_accuracy": 0.95}
    deleted = [client.post(f"/api/nodes/{node.id}/estimate", json=request).json() for node in (good, bad)]
    unaffected = client.post(
        f"/api/nodes/{small_tree.root_id}/estimate", json=request | {"good_id": small_tree.root_id}
    ).json()
    assert unaffected["bad_id"] == bad.id
    plan = client.post(f"/api/estimates/{unaffected['id']}/plan").json()
    events = [event for event in workspace.store.events.after(0) if event.kind == "estimate"]
    received = [json.loads(event.data)["estimate"] for event in events]
    assert received == [*deleted, unaffected | {"plan_id": plan["id"]}]

    client.delete(f"/api/plans/{plan['id']}")
    received = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()
    assert received == [*deleted, unaffected], "the draft that was thrown away is no longer named"
    assert client.delete(f"/api/nodes/{good.id}").status_code == 200
    remaining = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()
    assert [(item["id"], item["good_id"], item["bad_id"]) for item in remaining] == [
        (unaffected["id"], small_tree.root_id, None)
    ]
    events = [event for event in workspace.store.events.after(0) if event.kind == "estimate"]
    assert [json.loads(event.data)["estimate"] for event in events] == remaining


def test_the_root_cannot_be_deleted_and_has_no_controls(client: TestClient, small_tree: SmallTree) -> None:
    response = client.delete(f"/api/nodes/{small_tree.root_id}")
    assert response.status_code == 409 and "Delete the experiment" in response.json()["error"]["message"]
    assert client.post(f"/api/nodes/{small_tree.root_id}/controls", json={"kind": "l1"}).status_code == 409
    assert len(small_tree.nodes()) == 1


def test_controls_are_queued_next_to_the_node_with_their_own_seeds(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    node = prune(client, small_tree, small_tree.root_id, 40, 95)
    url = f"/api/nodes/{node.id}/controls"
    first = client.post(url, json={"kind": "random", "seeds": 2}).json()
    second = client.post(url, json={"kind": "random"}).json()
    scratch = client.post(url, json={"kind": "scratch"}).json()
    assert [item["control"]["seed"] for item in [*first, *second, *scratch]] == [1, 2, 3, 1]
    for item in [*first, *second, *scratch]:
        assert (item["origin"], item["parent_id"], item["plan_id"]) == ("control", small_tree.root_id, None)
        assert item["control"]["reference_id"] == node.id and item["removed_filters"] == node.removed_filters
        inputs = workspace.store.jobs.inputs(item["job_id"], PruneJob)
        assert len(inputs.units) == node.removed_filters
        assert inputs.choose == ControlSettings(
            kind=item["control"]["kind"], seed=item["control"]["seed"], reference=node.id
        )
    own = json.loads(node.model_dump_json())["training"]
    assert second[0]["training"] == own
    for kind in ("random", "scratch"):
        short = client.post(url, json={"kind": kind, "training": {"epochs": 7}}).json()[0]
        expected = own if kind == "random" else scratch[0]["training"]
        assert short["training"] == expected | {"epochs": 7} != expected


@pytest.mark.parametrize("kind", ["random", "scratch"])
def test_a_control_of_a_control_gets_a_new_seed(client: TestClient, small_tree: SmallTree, kind: str) -> None:
    node = prune(client, small_tree, small_tree.root_id, 40, 95)
    other = prune(client, small_tree, small_tree.root_id, 30, 95)
    first = client.post(f"/api/nodes/{node.id}/controls", json={"kind": kind}).json()[0]
    small_tree.finish(first["id"], 90)
    second = client.post(f"/api/nodes/{first['id']}/controls", json={"kind": kind, "seeds": 2}).json()
    third = client.post(f"/api/nodes/{other.id}/controls", json={"kind": kind}).json()[0]
    assert [item["control"]["seed"] for item in [first, *second, third]] == [1, 2, 3, 4]


def test_latency_is_measured_at_batch_1_and_at_the_requested_batch(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    job = client.post(f"/api/nodes/{small_tree.root_id}/latencies", params={"batch": 8}).json()
    assert workspace.store.jobs.inputs(job["id"], LatencyJob).batches == [1, 8]


def test_a_comparison_contains_widths_numbers_confusion_and_flips(client: TestClient, small_tree: SmallTree) -> None:
    item = prune(client, small_tree, small_tree.root_id, 30, 90)
    two = prune(client, small_tree, item.id, 20, 94)
    result = client.get("/api/experiments/1/comparison", params={"nodes": [small_tree.root_id, item.id, two.id]}).json()
    assert [node["id"] for node in result["nodes"]] == [small_tree.root_id, item.id, two.id]
    plan = client.get(f"/api/plans/{item.plan_id}").json()["filters"]
    for layer, root in zip(result["layers"], root_layers().layers, strict=True):
        assert layer["kept"][0] == root.numbers
        assert layer["kept"][1] == [n for n in root.numbers if n not in plan.get(layer["name"], [])]
        assert layer["widths"] == [len(stored) for stored in layer["kept"]]
        assert layer["common"] == layer["kept"][2], "what the grandchild has, all have"
    flips = {(flip["before_id"], flip["after_id"]): flip for flip in result["flips"]}
    assert len(flips) == 3
    assert (flips[small_tree.root_id, item.id]["degraded"], flips[small_tree.root_id, item.id]["improved"]) == (8, 0)
    assert (flips[item.id, two.id]["degraded"], flips[item.id, two.id]["improved"]) == (0, 4)
    assert flips[item.id, two.id]["both_right"] == 90 and flips[item.id, two.id]["both_wrong"] == 6
    assert result["confusion"][0]["difference"] is None
    assert result["confusion"][1]["counts"] == [[45, 5], [5, 45]]
    assert result["confusion"][1]["difference"] == [[-4, 4], [4, -4]]


@pytest.mark.parametrize("nodes", [[1], [1, 1], [1, 2, 2]])
def test_a_comparison_needs_two_to_five_different_nodes(
    client: TestClient, small_tree: SmallTree, nodes: list[int]
) -> None:
    prune(client, small_tree, small_tree.root_id, 30, 90)
    response = client.get("/api/experiments/1/comparison", params={"nodes": nodes})
    assert response.status_code == 422 and "2 to 5 different nodes" in response.json()["error"]["message"]
