"""Walks grow a branch step by step, end for the paper's reasons, and go on after a restart."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.plans import plans
from cnnpruner.service.tree import walks
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.trees import Grove, plant


@pytest.fixture
def grove(work: Workspace) -> Grove:
    """A root with 98 of 100 right; the default target is 97.5 %."""
    return plant(work.store)


def start(client: TestClient, node_id: int, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/nodes/{node_id}/walks", json={"kind": "automatic", **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def go_on(work: Workspace, client: TestClient, grove: Grove, walk: dict[str, Any], correct: int) -> dict[str, Any]:
    """The walk's node becomes ready; the server looks."""
    grove.finish(walk["current_id"], correct)
    walks.advance(work)
    return dict(client.get(f"/api/walks/{walk['id']}").json())


def test_an_automatic_walk_takes_equal_steps_until_accuracy_falls_below_the_target(
    client: TestClient, work: Workspace, grove: Grove
) -> None:
    walk = start(client, grove.root_id, percent=25, training={"epochs": 1})
    assert (walk["state"], walk["target_accuracy"], len(walk["nodes"])) == ("running", 0.975, 1)
    walks.advance(work)
    assert client.get(f"/api/walks/{walk['id']}").json() == walk, "nothing happens while the node is in the making"
    walk = go_on(work, client, grove, walk, 99)
    walk = go_on(work, client, grove, walk, 98)
    walk = go_on(work, client, grove, walk, 97)
    assert (walk["state"], walk["current_id"], len(walk["nodes"])) == ("done", None, 3)
    assert walk["reason"] == "Node 3 has 97.00%, below the target of 97.50%."
    assert [walk["good_id"], walk["bad_id"]] == walk["nodes"][1:]
    made = grove.nodes()[1:]
    assert [node.origin for node in made] == ["automatic"] * 3
    assert [node.parent_id for node in made] == [grove.root_id, *walk["nodes"][:2]]
    for node in made:
        assert node.training is not None and node.training.epochs == 1
        parent = work.store.nodes.get(node.parent_id or 0)
        assert node.removed_filters == round(0.25 * (parent.free_filters or 0))
    assert client.get(f"/api/experiments/{grove.experiment_id}/walks").json() == [walk]
    kinds = [event.kind for event in work.store.events.after(0, grove.experiment_id)]
    assert "walk" in kinds


def test_the_estimator_walk_interpolates_until_fewer_than_five_percent_are_advised(
    client: TestClient, work: Workspace, grove: Grove
) -> None:
    walk = start(client, grove.root_id, kind="automatic_estimator", percent=50, target_accuracy=0.9)
    walk = go_on(work, client, grove, walk, 82)
    assert (walk["state"], walk["good_id"], walk["bad_id"]) == ("running", grove.root_id, walk["nodes"][0])
    root, bad, third = grove.nodes()
    expected = -(-((bad.filters or 0) * 8 + (root.filters or 0) * 8) // 16)  # target half-way: 82, 90, 98
    assert third.parent_id == root.id and third.filters is None
    assert (root.filters or 0) - (third.removed_filters or 0) == expected
    walk = go_on(work, client, grove, walk, 90)
    assert walk["state"] == "done" and "fewer than 5%" in walk["reason"]
    assert walk["good_id"] == third.id
    first, last = client.get(f"/api/experiments/{grove.experiment_id}/estimates").json()
    assert first["keep"] == expected
    assert first["outcome"]["node_id"] == third.id and first["outcome"]["is_met"]
    assert last["change"] < 0.05 and last["outcome"] is None


@pytest.mark.parametrize(
    ("percent", "why"),
    [(90, "stayed so that every layer keeps at least one filter."), (1, "1 % of what is free in node 1 is no filter.")],
)
def test_a_walk_that_can_cut_no_further_says_why_and_leaves_no_draft(
    client: TestClient, grove: Grove, percent: float, why: str
) -> None:
    plan = client.post(f"/api/nodes/{grove.root_id}/plans", json={"rule": "percent", "percent": 100}).json()
    last = grove.finish(client.post(f"/api/plans/{plan['id']}/apply").json()["node"]["id"], 60)
    assert last.free_filters, "each is the last of its layer"
    walk = start(client, last.id, percent=percent, target_accuracy=0.0)
    assert (walk["state"], walk["nodes"]) == ("done", [])
    assert walk["reason"].startswith("Nothing more can go.") and walk["reason"].endswith(why)
    assert client.get(f"/api/nodes/{last.id}/plans").json() == []


def test_an_estimator_walk_that_can_cut_no_further_leaves_no_draft(
    client: TestClient, work: Workspace, grove: Grove, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = start(client, grove.root_id, kind="automatic_estimator", percent=50, target_accuracy=0.9)
    content = plans._content
    monkeypatch.setattr(plans, "_content", lambda *given: content(*given) | {"reached": 0, "notes": ["All stayed."]})
    walk = go_on(work, client, grove, walk, 82)
    assert (walk["state"], walk["reason"]) == ("done", "Nothing more can go. All stayed.")
    assert [plan.state for plan in work.store.plans.list(grove.root_id)] == ["applied"]


def test_a_server_that_looks_late_leaves_the_step_of_the_quicker_one_alone(
    client: TestClient, work: Workspace, grove: Grove, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = start(client, grove.root_id, percent=10)
    late = work.store.walks.list(running=True)
    ahead = go_on(work, client, grove, walk, 98)
    monkeypatch.setattr(work.store.walks, "list", lambda running: late)
    walks.advance(work)
    assert client.get(f"/api/walks/{walk['id']}").json() == ahead
    assert (ahead["state"], len(ahead["nodes"])) == ("running", 2)


def test_a_walk_ends_after_its_most_steps(client: TestClient, work: Workspace, grove: Grove) -> None:
    walk = start(client, grove.root_id, percent=10, max_steps=2)
    walk = go_on(work, client, grove, walk, 98)
    walk = go_on(work, client, grove, walk, 98)
    assert (walk["state"], walk["reason"]) == ("done", "It made 2 nodes, as many as were allowed.")


@pytest.mark.parametrize(("finish_node", "state"), [(False, "cancelled"), (True, "waiting")])
def test_a_stopped_walk_makes_no_further_step(
    client: TestClient, work: Workspace, grove: Grove, finish_node: bool, state: str
) -> None:
    walk = start(client, grove.root_id)
    stopped = client.post(f"/api/walks/{walk['id']}/stop", json={"finish_node": finish_node}).json()
    assert (stopped["state"], stopped["reason"]) == ("stopped", "Stopped by a person.")
    assert grove.nodes()[-1].state == state
    if finish_node:
        grove.finish(walk["current_id"], 98)
    walks.advance(work)
    assert len(grove.nodes()) == 2
    assert client.post(f"/api/walks/{walk['id']}/stop").json() == stopped


def test_a_look_at_a_walk_that_was_stopped_meanwhile_changes_nothing(
    client: TestClient, work: Workspace, grove: Grove, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = start(client, grove.root_id)
    grove.finish(walk["current_id"], 98)
    seen = work.store.walks.list(running=True)
    client.post(f"/api/walks/{walk['id']}/stop")
    monkeypatch.setattr(work.store.walks, "list", lambda running: seen)
    walks.advance(work)
    assert len(grove.nodes()) == 2
    assert client.get(f"/api/walks/{walk['id']}").json()["state"] == "stopped"


def test_a_walk_whose_experiment_was_deleted_meanwhile_is_no_fault(
    client: TestClient, work: Workspace, grove: Grove, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(client, grove.root_id)
    seen = work.store.walks.list(running=True)
    assert client.delete(f"/api/experiments/{grove.experiment_id}").status_code == 204
    monkeypatch.setattr(work.store.walks, "list", lambda running: seen)
    walks.advance(work)


def test_a_walk_whose_node_fails_says_so(client: TestClient, work: Workspace, grove: Grove) -> None:
    walk = start(client, grove.root_id)
    work.store.jobs.cancel(grove.nodes()[1].job_id or 0)
    walks.advance(work)
    walk = client.get(f"/api/walks/{walk['id']}").json()
    assert (walk["state"], walk["reason"]) == ("failed", "Node 1 is cancelled.")


def test_a_walk_goes_on_after_a_restart_of_the_server(client: TestClient, work: Workspace, grove: Grove) -> None:
    walk = start(client, grove.root_id)
    grove.finish(walk["current_id"], 98)
    store = open_store(work.config.database, work.config.models)
    again = replace(work, store=store, broadcast=Broadcast(store))
    walks.advance(again)
    walks.advance(again)
    assert len(store.walks.get(walk["id"]).nodes) == 2
    store.close()


def test_a_start_below_the_target_or_not_ready_is_refused(client: TestClient, grove: Grove) -> None:
    answer = client.post(f"/api/nodes/{grove.root_id}/walks", json={"kind": "automatic", "target_accuracy": 0.99})
    assert answer.status_code == 422 and "below the target of 99.00% already" in answer.json()["error"]["message"]
    walk = start(client, grove.root_id)
    answer = client.post(f"/api/nodes/{walk['current_id']}/walks", json={"kind": "automatic"})
    assert answer.status_code == 409
    assert len(client.get(f"/api/experiments/{grove.experiment_id}/walks").json()) == 1
