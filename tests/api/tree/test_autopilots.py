"""Autopilots grow a branch step by step, end for the paper's reasons, and continue after a restart."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.plans import plans
from cnnpruner.service.tree import autopilots
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.trees import SmallTree, make_small_tree


@pytest.fixture
def small_tree(workspace: Workspace) -> SmallTree:
    """A root with 98 of 100 correct; the default target is 97.5%."""
    return make_small_tree(workspace.store)


def start(client: TestClient, node_id: int, **body: Any) -> dict[str, Any]:
    response = client.post(f"/api/nodes/{node_id}/autopilots", json={"kind": "automatic", **body})
    assert response.status_code == 201, response.text
    return dict(response.json())


def finish_step(
    workspace: Workspace, client: TestClient, small_tree: SmallTree, autopilot: dict[str, Any], correct: int
) -> dict[str, Any]:
    """Makes the Autopilot's node ready, and lets the server advance."""
    small_tree.finish(autopilot["current_id"], correct)
    autopilots.advance_autopilots(workspace)
    return dict(client.get(f"/api/autopilots/{autopilot['id']}").json())


def test_an_automatic_autopilot_takes_equal_steps_until_accuracy_falls_below_the_target(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    autopilot = start(client, small_tree.root_id, percent=25, training={"epochs": 1})
    assert (autopilot["state"], autopilot["target_accuracy"], len(autopilot["nodes"])) == ("running", 0.975, 1)
    autopilots.advance_autopilots(workspace)
    assert client.get(f"/api/autopilots/{autopilot['id']}").json() == autopilot, (
        "nothing happens while the node is in the making"
    )
    autopilot = finish_step(workspace, client, small_tree, autopilot, 99)
    autopilot = finish_step(workspace, client, small_tree, autopilot, 98)
    autopilot = finish_step(workspace, client, small_tree, autopilot, 97)
    assert (autopilot["state"], autopilot["current_id"], len(autopilot["nodes"])) == ("done", None, 3)
    assert autopilot["reason"] == "Node 3 has an accuracy of 97.00%, below the target of 97.50%."
    assert [autopilot["good_id"], autopilot["bad_id"]] == autopilot["nodes"][1:]
    created = small_tree.nodes()[1:]
    assert [node.origin for node in created] == ["automatic"] * 3
    assert [node.parent_id for node in created] == [small_tree.root_id, *autopilot["nodes"][:2]]
    for node in created:
        assert node.training is not None and node.training.epochs == 1
        parent = workspace.store.nodes.get(node.parent_id or 0)
        assert node.removed_filters == round(0.25 * (parent.free_filters or 0))
    assert client.get(f"/api/experiments/{small_tree.experiment_id}/autopilots").json() == [autopilot]
    kinds = [event.kind for event in workspace.store.events.after(0, small_tree.experiment_id)]
    assert "autopilot" in kinds


def test_the_estimator_autopilot_interpolates_until_less_than_five_percent_is_advised(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    autopilot = start(client, small_tree.root_id, kind="automatic_estimator", percent=50, target_accuracy=0.9)
    autopilot = finish_step(workspace, client, small_tree, autopilot, 82)
    assert (autopilot["state"], autopilot["good_id"], autopilot["bad_id"]) == (
        "running",
        small_tree.root_id,
        autopilot["nodes"][0],
    )
    root, bad, third = small_tree.nodes()
    expected = -(-((bad.filters or 0) * 8 + (root.filters or 0) * 8) // 16)  # target half-way: 82, 90, 98
    assert third.parent_id == root.id and third.filters is None
    assert (root.filters or 0) - (third.removed_filters or 0) == expected
    autopilot = finish_step(workspace, client, small_tree, autopilot, 90)
    assert autopilot["state"] == "done" and "less than the minimum of 5%" in autopilot["reason"]
    assert autopilot["good_id"] == third.id
    first, last = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()
    assert first["keep"] == expected
    assert first["outcome"]["node_id"] == third.id and first["outcome"]["is_met"]
    assert last["change"] < 0.05 and last["outcome"] is None


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        (90, "so that every layer has at least one filter."),
        (1, "1% of the free filters of node 1 is less than one filter."),
    ],
)
def test_an_autopilot_that_cannot_prune_further_says_why_and_leaves_no_draft(
    client: TestClient, small_tree: SmallTree, percent: float, expected: str
) -> None:
    plan = client.post(f"/api/nodes/{small_tree.root_id}/plans", json={"rule": "percent", "percent": 100}).json()
    last = small_tree.finish(client.post(f"/api/plans/{plan['id']}/apply").json()["node"]["id"], 60)
    assert last.free_filters, "each is the last of its layer"
    autopilot = start(client, last.id, percent=percent, target_accuracy=0.0)
    assert (autopilot["state"], autopilot["nodes"]) == ("done", [])
    assert autopilot["reason"].startswith("Nothing more can be removed.") and autopilot["reason"].endswith(expected)
    assert client.get(f"/api/nodes/{last.id}/plans").json() == []


def test_an_estimator_autopilot_that_cannot_prune_further_leaves_no_draft(
    client: TestClient, workspace: Workspace, small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    autopilot = start(client, small_tree.root_id, kind="automatic_estimator", percent=50, target_accuracy=0.9)
    build_content = plans._build_plan_content
    nothing = {"reached": 0, "notes": ["All stayed."]}
    monkeypatch.setattr(plans, "_build_plan_content", lambda *arguments: build_content(*arguments) | nothing)
    autopilot = finish_step(workspace, client, small_tree, autopilot, 82)
    assert (autopilot["state"], autopilot["reason"]) == ("done", "Nothing more can be removed. All stayed.")
    assert [plan.state for plan in workspace.store.plans.list(small_tree.root_id)] == ["applied"]


def test_a_slower_server_does_not_repeat_the_step_of_a_faster_one(
    client: TestClient, workspace: Workspace, small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    autopilot = start(client, small_tree.root_id, percent=10)
    rejected = workspace.store.autopilots.list(only_running=True)
    ahead = finish_step(workspace, client, small_tree, autopilot, 98)
    monkeypatch.setattr(workspace.store.autopilots, "list", lambda only_running: rejected)
    autopilots.advance_autopilots(workspace)
    assert client.get(f"/api/autopilots/{autopilot['id']}").json() == ahead
    assert (ahead["state"], len(ahead["nodes"])) == ("running", 2)


def test_an_autopilot_ends_after_its_maximum_number_of_steps(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    autopilot = start(client, small_tree.root_id, percent=10, max_steps=2)
    autopilot = finish_step(workspace, client, small_tree, autopilot, 98)
    autopilot = finish_step(workspace, client, small_tree, autopilot, 98)
    assert (autopilot["state"], autopilot["reason"]) == ("done", "The Autopilot made 2 nodes, the maximum allowed.")


@pytest.mark.parametrize(("finish_node", "state"), [(False, "cancelled"), (True, "waiting")])
def test_a_stopped_autopilot_takes_no_further_step(
    client: TestClient, workspace: Workspace, small_tree: SmallTree, finish_node: bool, state: str
) -> None:
    autopilot = start(client, small_tree.root_id)
    stopped = client.post(f"/api/autopilots/{autopilot['id']}/stop", json={"finish_node": finish_node}).json()
    assert (stopped["state"], stopped["reason"]) == ("stopped", "Stopped by a user.")
    assert small_tree.nodes()[-1].state == state
    if finish_node:
        small_tree.finish(autopilot["current_id"], 98)
    autopilots.advance_autopilots(workspace)
    assert len(small_tree.nodes()) == 2
    assert client.post(f"/api/autopilots/{autopilot['id']}/stop").json() == stopped


def test_advancing_an_autopilot_that_was_stopped_meanwhile_changes_nothing(
    client: TestClient, workspace: Workspace, small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    autopilot = start(client, small_tree.root_id)
    small_tree.finish(autopilot["current_id"], 98)
    before = workspace.store.autopilots.list(only_running=True)
    client.post(f"/api/autopilots/{autopilot['id']}/stop")
    monkeypatch.setattr(workspace.store.autopilots, "list", lambda only_running: before)
    autopilots.advance_autopilots(workspace)
    assert len(small_tree.nodes()) == 2
    assert client.get(f"/api/autopilots/{autopilot['id']}").json()["state"] == "stopped"


def test_advancing_an_autopilot_whose_experiment_was_deleted_is_not_an_error(
    client: TestClient, workspace: Workspace, small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(client, small_tree.root_id)
    before = workspace.store.autopilots.list(only_running=True)
    assert client.delete(f"/api/experiments/{small_tree.experiment_id}").status_code == 204
    monkeypatch.setattr(workspace.store.autopilots, "list", lambda only_running: before)
    autopilots.advance_autopilots(workspace)


def test_an_autopilot_whose_node_fails_says_so(client: TestClient, workspace: Workspace, small_tree: SmallTree) -> None:
    autopilot = start(client, small_tree.root_id)
    workspace.store.jobs.cancel(small_tree.nodes()[1].job_id or 0)
    autopilots.advance_autopilots(workspace)
    autopilot = client.get(f"/api/autopilots/{autopilot['id']}").json()
    assert (autopilot["state"], autopilot["reason"]) == ("failed", "Node 1 is cancelled.")


def test_an_autopilot_continues_after_a_restart_of_the_server(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    autopilot = start(client, small_tree.root_id)
    small_tree.finish(autopilot["current_id"], 98)
    store = open_store(workspace.config.database, workspace.config.models)
    again = replace(workspace, store=store, broadcast=Broadcast(store))
    autopilots.advance_autopilots(again)
    autopilots.advance_autopilots(again)
    assert len(store.autopilots.get(autopilot["id"]).nodes) == 2
    store.close()


def test_starting_below_the_target_or_on_an_unfinished_node_is_rejected(
    client: TestClient, small_tree: SmallTree
) -> None:
    response = client.post(
        f"/api/nodes/{small_tree.root_id}/autopilots", json={"kind": "automatic", "target_accuracy": 0.99}
    )
    assert response.status_code == 422 and "below the target of 99.00%" in response.json()["error"]["message"]
    autopilot = start(client, small_tree.root_id)
    response = client.post(f"/api/nodes/{autopilot['current_id']}/autopilots", json={"kind": "automatic"})
    assert response.status_code == 409
    assert len(client.get(f"/api/experiments/{small_tree.experiment_id}/autopilots").json()) == 1
