"""Estimates combine the paper's line with a forecast, become exact plans, and are stored with their outcome."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.workspace import Workspace
from tests.trees import SmallTree, make_small_tree


@pytest.fixture
def small_tree(workspace: Workspace) -> SmallTree:
    """A root with 98 of 100 correct; the default target is 97.5%."""
    return make_small_tree(workspace.store)


def prune(client: TestClient, small_tree: SmallTree, node_id: int, percent: float, correct: int) -> Node:
    plan = client.post(f"/api/nodes/{node_id}/plans", json={"rule": "percent", "percent": percent}).json()
    created = client.post(f"/api/plans/{plan['id']}/apply").json()["node"]
    return small_tree.finish(created["id"], correct)


def request_estimate(client: TestClient, node_id: int, **body: Any) -> dict[str, Any]:
    response = client.post(f"/api/nodes/{node_id}/estimate", json=body)
    assert response.status_code == 201, response.text
    return dict(response.json())


def estimate_error(client: TestClient, node_id: int, **body: Any) -> str:
    response = client.post(f"/api/nodes/{node_id}/estimate", json=body)
    assert response.status_code == 422
    return str(response.json()["error"]["message"])


def test_the_default_pair_is_the_last_good_and_first_bad_node_of_the_lineage(
    client: TestClient, small_tree: SmallTree
) -> None:
    good = prune(client, small_tree, small_tree.root_id, 20, 98)
    bad = prune(client, small_tree, good.id, 20, 94)
    worse = prune(client, small_tree, bad.id, 20, 90)
    prune(client, small_tree, small_tree.root_id, 60, 80)  # another lineage, whose bad node is further from the border
    for request, from_ in ((good, good), (bad, good), (worse, good)):
        result = request_estimate(client, request.id)
        assert (result["good_id"], result["bad_id"], result["from_id"]) == (good.id, bad.id, from_.id)
        n_a, n_b = good.filters or 0, bad.filters or 0
        assert result["keep"] == -(-(8 * n_b + 7 * (n_a - n_b)) // 8)  # (97.5 − 94) / (98 − 94) = 7/8
        assert result["remove"] == n_a - result["keep"]
        assert result["percent"] == pytest.approx(100 * result["remove"] / (good.free_filters or 0))
        assert result["interpolation_reason"] is None
    assert request_estimate(client, good.id, bad_id=worse.id)["bad_id"] == worse.id


def test_the_forecast_of_a_tree_is_the_one_in_its_estimates(client: TestClient, small_tree: SmallTree) -> None:
    path = f"/api/experiments/{client.get(f'/api/nodes/{small_tree.root_id}').json()['experiment_id']}/forecast"
    none = client.get(path).json()
    assert none["curve"] == [] and "at least 4" in none["reason"] and none["nodes"] == 1
    last = small_tree.root_id
    for correct in (98, 96, 91):
        last = prune(client, small_tree, last, 20, correct).id
    result = client.get(path).json()
    assert result["nodes"] == 4 and result["reason"] is None
    assert result["curve"] == request_estimate(client, last)["forecast"]["curve"]
    assert all(point["low"] <= point["accuracy"] <= point["high"] for point in result["curve"])


def test_among_several_bad_nodes_the_largest_is_chosen(client: TestClient, small_tree: SmallTree) -> None:
    near = prune(client, small_tree, small_tree.root_id, 30, 94)
    far = prune(client, small_tree, small_tree.root_id, 60, 80)
    prune(client, small_tree, near.id, 20, 93)
    assert request_estimate(client, small_tree.root_id)["bad_id"] == near.id
    assert request_estimate(client, far.id)["bad_id"] == far.id


def test_a_plan_from_an_estimate_removes_exactly_what_it_advises_and_records_the_outcome(
    client: TestClient, small_tree: SmallTree
) -> None:
    bad = prune(client, small_tree, small_tree.root_id, 50, 90)
    root_filters = small_tree.nodes()[0].filters or 0
    for tenths in range(901, 970, 13):
        result = request_estimate(client, small_tree.root_id, target_accuracy=tenths / 1000)
        plan = client.post(f"/api/estimates/{result['id']}/plan").json()
        assert plan["budget"] == plan["reached"] == result["remove"]
        assert plan["cost"]["filters"] == result["keep"] < root_filters
        assert (bad.filters or 0) < result["keep"]
    assert client.post(f"/api/estimates/{result['id']}/plan").json() == plan, "asked again: the same draft"
    created = client.post(f"/api/plans/{plan['id']}/apply").json()["node"]
    stored = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()
    assert stored[-1]["outcome"] is None and stored[-1]["plan_id"] == plan["id"]
    node = small_tree.finish(created["id"], 99)
    stored = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()
    assert [item["outcome"] is None for item in stored] == [True] * (len(stored) - 1) + [False]
    outcome = stored[-1]["outcome"]
    assert (outcome["node_id"], outcome["accuracy"], outcome["is_met"]) == (node.id, 0.99, True)
    assert outcome["filters"] == result["keep"] and outcome["in_interval"] is None


def test_an_edited_or_applied_draft_is_not_returned_again(client: TestClient, small_tree: SmallTree) -> None:
    prune(client, small_tree, small_tree.root_id, 50, 90)
    result = request_estimate(client, small_tree.root_id, target_accuracy=0.95)
    path = f"/api/estimates/{result['id']}/plan"

    first = client.post(path).json()
    client.patch(f"/api/plans/{first['id']}", json={"note": "mine"})
    assert client.post(path).json()["id"] == first["id"], "another note is the same cut"
    client.patch(f"/api/plans/{first['id']}", json={"rule": {"rule": "percent", "percent": 90}})
    second = client.post(path).json()
    assert (second["id"] != first["id"], second["state"], second["reached"]) == (True, "draft", result["remove"])

    node = small_tree.finish(client.post(f"/api/plans/{second['id']}/apply").json()["node"]["id"], 96)
    third = client.post(path).json()
    assert (third["state"], third["reached"]) == ("draft", result["remove"])
    assert client.post(path).json() == third
    stored = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()[-1]
    assert stored["outcome"]["node_id"] == node.id and stored["outcome"]["is_met"], "the record stays"


def test_a_node_of_another_size_than_advised_has_no_verdict(client: TestClient, small_tree: SmallTree) -> None:
    bad = prune(client, small_tree, small_tree.root_id, 50, 90)
    for percent, correct in ((30, 96), (70, 80)):
        prune(client, small_tree, small_tree.root_id, percent, correct)
    result = request_estimate(client, small_tree.root_id, target_accuracy=0.95, bad_id=bad.id)
    assert result["forecast"] is not None
    plan = client.post(f"/api/estimates/{result['id']}/plan").json()
    client.patch(f"/api/plans/{plan['id']}", json={"rule": {"rule": "percent", "percent": 90}})
    node = small_tree.finish(client.post(f"/api/plans/{plan['id']}/apply").json()["node"]["id"], 40)
    outcome = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()[-1]["outcome"]
    assert node.filters != result["keep"]
    assert (outcome["filters"], outcome["accuracy"]) == (node.filters, 0.4)
    assert (outcome["is_met"], outcome["in_interval"]) == (None, None)


def test_a_forecast_needs_four_finished_nodes_other_than_controls(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    bad = prune(client, small_tree, small_tree.root_id, 50, 90)
    prune(client, small_tree, small_tree.root_id, 30, 96)
    control = client.post(f"/api/nodes/{bad.id}/controls", json={"kind": "random"}).json()[0]
    small_tree.finish(control["id"], 60)
    result = request_estimate(client, small_tree.root_id, target_accuracy=0.95)
    assert result["forecast"] is None and "this tree has 3" in result["forecast_reason"]
    prune(client, small_tree, small_tree.root_id, 70, 80)
    result = request_estimate(client, small_tree.root_id, target_accuracy=0.95)
    assert result["forecast_reason"] is None and result["forecast"]["nodes"] == 4
    assert result["forecast"]["low"] <= result["forecast"]["accuracy"] <= result["forecast"]["high"]


def test_without_a_bad_node_the_forecast_advises_and_without_both_the_reasons_are_given(
    client: TestClient, small_tree: SmallTree
) -> None:
    child = prune(client, small_tree, small_tree.root_id, 20, 97)
    message = estimate_error(client, small_tree.root_id, target_accuracy=0.9)
    assert (
        "No descendant of node 0 has an accuracy below 90.00% yet" in message and "at least 4 finished nodes" in message
    )
    for percent, correct in ((30, 96), (40, 95)):
        prune(client, small_tree, small_tree.root_id, percent, correct)
    result = request_estimate(client, child.id, target_accuracy=0.9)
    assert result["interpolated"] is None and "No descendant of node 1" in result["interpolation_reason"]
    assert result["keep"] == result["forecast"]["keep"] and result["good_id"] is None
    assert "No ancestor of node 1 reaches an accuracy of 99.00%" in estimate_error(
        client, child.id, target_accuracy=0.99
    )


def test_a_node_given_alone_must_be_on_its_side_of_the_target(client: TestClient, small_tree: SmallTree) -> None:
    good = prune(client, small_tree, small_tree.root_id, 20, 98)
    bad = prune(client, small_tree, good.id, 20, 90)
    worse = prune(client, small_tree, bad.id, 20, 43)
    for request in (good.id, bad.id, worse.id):
        message = estimate_error(client, request, good_id=worse.id, target_accuracy=0.95)
        assert (
            message
            == "Node 3 has an accuracy of 43.00%, below the target of 95.00%; choose another good node or target."
        )
        message = estimate_error(client, request, bad_id=good.id, target_accuracy=0.95)
        assert (
            message
            == "Node 1 has an accuracy of 98.00%, which is not below the target of 95.00%; choose another bad node "
            "or target."
        )
        assert request_estimate(client, request, good_id=good.id, target_accuracy=0.95)["good_id"] == good.id
        assert request_estimate(client, request, bad_id=bad.id, target_accuracy=0.95)["good_id"] == good.id
    alone = request_estimate(client, bad.id, good_id=good.id, target_accuracy=0.42)
    assert (alone["good_id"], alone["bad_id"]) == (None, None)
    assert "No descendant of node 1 has an accuracy below 42.00% yet" in alone["interpolation_reason"]


def test_an_equal_pair_and_a_target_outside_the_pair_are_rejected(client: TestClient, small_tree: SmallTree) -> None:
    good = prune(client, small_tree, small_tree.root_id, 20, 98)
    bad = prune(client, small_tree, good.id, 20, 90)
    assert "both have an accuracy of" in estimate_error(
        client, good.id, good_id=good.id, bad_id=small_tree.root_id, target_accuracy=0.98
    )
    assert "is not between the accuracies" in estimate_error(
        client, good.id, good_id=good.id, bad_id=bad.id, target_accuracy=0.85
    )
    assert "larger good node" in estimate_error(client, good.id, good_id=bad.id, bad_id=good.id, target_accuracy=0.95)
    assert client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json() == []
    assert client.post(f"/api/nodes/{good.id}/estimate", json={"good_id": 77}).status_code == 404
