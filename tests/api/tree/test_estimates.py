"""An estimate is the paper's line beside a forecast, becomes a plan to the filter, and is kept beside what came out."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.workspace import Workspace
from tests.trees import SmallTree, make_small_tree


@pytest.fixture
def small_tree(workspace: Workspace) -> SmallTree:
    """A root with 98 of 100 right; the default target is 97.5 %."""
    return make_small_tree(workspace.store)


def prune(client: TestClient, small_tree: SmallTree, node_id: int, percent: float, correct: int) -> Node:
    plan = client.post(f"/api/nodes/{node_id}/plans", json={"rule": "percent", "percent": percent}).json()
    made = client.post(f"/api/plans/{plan['id']}/apply").json()["node"]
    return small_tree.finish(made["id"], correct)


def ask(client: TestClient, node_id: int, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/nodes/{node_id}/estimate", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def refusal(client: TestClient, node_id: int, **body: Any) -> str:
    answer = client.post(f"/api/nodes/{node_id}/estimate", json=body)
    assert answer.status_code == 422
    return str(answer.json()["error"]["message"])


def test_the_default_pair_is_the_last_good_and_first_bad_node_of_the_lineage(
    client: TestClient, small_tree: SmallTree
) -> None:
    good = prune(client, small_tree, small_tree.root_id, 20, 98)
    bad = prune(client, small_tree, good.id, 20, 94)
    worse = prune(client, small_tree, bad.id, 20, 90)
    prune(client, small_tree, small_tree.root_id, 60, 80)  # another lineage, whose bad node is further from the border
    for asked, from_ in ((good, good), (bad, good), (worse, good)):
        found = ask(client, asked.id)
        assert (found["good_id"], found["bad_id"], found["from_id"]) == (good.id, bad.id, from_.id)
        n_a, n_b = good.filters or 0, bad.filters or 0
        assert found["keep"] == -(-(8 * n_b + 7 * (n_a - n_b)) // 8)  # (97.5 − 94) / (98 − 94) = 7/8
        assert found["remove"] == n_a - found["keep"]
        assert found["percent"] == pytest.approx(100 * found["remove"] / (good.free_filters or 0))
        assert found["interpolation_reason"] is None
    assert ask(client, good.id, bad_id=worse.id)["bad_id"] == worse.id


def test_the_forecast_of_a_tree_is_the_one_that_estimates_are_given(client: TestClient, small_tree: SmallTree) -> None:
    path = f"/api/experiments/{client.get(f'/api/nodes/{small_tree.root_id}').json()['experiment_id']}/forecast"
    none = client.get(path).json()
    assert none["curve"] == [] and "at least 4" in none["reason"] and none["nodes"] == 1
    last = small_tree.root_id
    for correct in (98, 96, 91):
        last = prune(client, small_tree, last, 20, correct).id
    found = client.get(path).json()
    assert found["nodes"] == 4 and found["reason"] is None
    assert found["curve"] == ask(client, last)["forecast"]["curve"]
    assert all(point["low"] <= point["accuracy"] <= point["high"] for point in found["curve"])


def test_of_several_bad_nodes_the_largest_is_next_to_the_border(client: TestClient, small_tree: SmallTree) -> None:
    near = prune(client, small_tree, small_tree.root_id, 30, 94)
    far = prune(client, small_tree, small_tree.root_id, 60, 80)
    prune(client, small_tree, near.id, 20, 93)
    assert ask(client, small_tree.root_id)["bad_id"] == near.id
    assert ask(client, far.id)["bad_id"] == far.id


def test_a_plan_from_an_estimate_removes_exactly_that_and_the_outcome_is_shown(
    client: TestClient, small_tree: SmallTree
) -> None:
    bad = prune(client, small_tree, small_tree.root_id, 50, 90)
    root_filters = small_tree.nodes()[0].filters or 0
    for tenths in range(901, 970, 13):
        found = ask(client, small_tree.root_id, target_accuracy=tenths / 1000)
        plan = client.post(f"/api/estimates/{found['id']}/plan").json()
        assert plan["budget"] == plan["reached"] == found["remove"]
        assert plan["cost"]["filters"] == found["keep"] < root_filters
        assert (bad.filters or 0) < found["keep"]
    assert client.post(f"/api/estimates/{found['id']}/plan").json() == plan, "asked again: the same draft"
    made = client.post(f"/api/plans/{plan['id']}/apply").json()["node"]
    kept = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()
    assert kept[-1]["outcome"] is None and kept[-1]["plan_id"] == plan["id"]
    node = small_tree.finish(made["id"], 99)
    kept = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()
    assert [one["outcome"] is None for one in kept] == [True] * (len(kept) - 1) + [False]
    outcome = kept[-1]["outcome"]
    assert (outcome["node_id"], outcome["accuracy"], outcome["is_met"]) == (node.id, 0.99, True)
    assert outcome["filters"] == found["keep"] and outcome["in_interval"] is None


def test_an_edited_or_applied_draft_is_not_given_for_the_advice(client: TestClient, small_tree: SmallTree) -> None:
    prune(client, small_tree, small_tree.root_id, 50, 90)
    found = ask(client, small_tree.root_id, target_accuracy=0.95)
    path = f"/api/estimates/{found['id']}/plan"

    first = client.post(path).json()
    client.patch(f"/api/plans/{first['id']}", json={"note": "mine"})
    assert client.post(path).json()["id"] == first["id"], "another note is the same cut"
    client.patch(f"/api/plans/{first['id']}", json={"rule": {"rule": "percent", "percent": 90}})
    second = client.post(path).json()
    assert (second["id"] != first["id"], second["state"], second["reached"]) == (True, "draft", found["remove"])

    node = small_tree.finish(client.post(f"/api/plans/{second['id']}/apply").json()["node"]["id"], 96)
    third = client.post(path).json()
    assert (third["state"], third["reached"]) == ("draft", found["remove"])
    assert client.post(path).json() == third
    kept = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()[-1]
    assert kept["outcome"]["node_id"] == node.id and kept["outcome"]["is_met"], "the record stays"


def test_a_node_of_another_size_than_was_advised_is_shown_without_a_verdict(
    client: TestClient, small_tree: SmallTree
) -> None:
    bad = prune(client, small_tree, small_tree.root_id, 50, 90)
    for percent, correct in ((30, 96), (70, 80)):
        prune(client, small_tree, small_tree.root_id, percent, correct)
    found = ask(client, small_tree.root_id, target_accuracy=0.95, bad_id=bad.id)
    assert found["forecast"] is not None
    plan = client.post(f"/api/estimates/{found['id']}/plan").json()
    client.patch(f"/api/plans/{plan['id']}", json={"rule": {"rule": "percent", "percent": 90}})
    node = small_tree.finish(client.post(f"/api/plans/{plan['id']}/apply").json()["node"]["id"], 40)
    outcome = client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json()[-1]["outcome"]
    assert node.filters != found["keep"]
    assert (outcome["filters"], outcome["accuracy"]) == (node.filters, 0.4)
    assert (outcome["is_met"], outcome["in_interval"]) == (None, None)


def test_a_forecast_comes_with_the_fourth_finished_node_and_leaves_controls_out(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    bad = prune(client, small_tree, small_tree.root_id, 50, 90)
    prune(client, small_tree, small_tree.root_id, 30, 96)
    control = client.post(f"/api/nodes/{bad.id}/controls", json={"kind": "random"}).json()[0]
    small_tree.finish(control["id"], 60)
    found = ask(client, small_tree.root_id, target_accuracy=0.95)
    assert found["forecast"] is None and "this tree has 3" in found["forecast_reason"]
    prune(client, small_tree, small_tree.root_id, 70, 80)
    found = ask(client, small_tree.root_id, target_accuracy=0.95)
    assert found["forecast_reason"] is None and found["forecast"]["nodes"] == 4
    assert found["forecast"]["low"] <= found["forecast"]["accuracy"] <= found["forecast"]["high"]


def test_without_a_bad_node_the_forecast_advises_alone_and_without_both_the_reasons_are_told(
    client: TestClient, small_tree: SmallTree
) -> None:
    child = prune(client, small_tree, small_tree.root_id, 20, 97)
    message = refusal(client, small_tree.root_id, target_accuracy=0.9)
    assert "No node below node 0 is under 90.00% yet" in message and "at least 4 finished nodes" in message
    for percent, correct in ((30, 96), (40, 95)):
        prune(client, small_tree, small_tree.root_id, percent, correct)
    found = ask(client, child.id, target_accuracy=0.9)
    assert found["interpolated"] is None and "No node below node 1" in found["interpolation_reason"]
    assert found["keep"] == found["forecast"]["keep"] and found["good_id"] is None
    assert "No node above node 1 reaches 99.00%" in refusal(client, child.id, target_accuracy=0.99)


def test_a_node_named_alone_must_stand_on_its_side_of_the_target(client: TestClient, small_tree: SmallTree) -> None:
    good = prune(client, small_tree, small_tree.root_id, 20, 98)
    bad = prune(client, small_tree, good.id, 20, 90)
    worse = prune(client, small_tree, bad.id, 20, 43)
    for asked in (good.id, bad.id, worse.id):
        message = refusal(client, asked, good_id=worse.id, target_accuracy=0.95)
        assert message == "Node 3 is below the target 95.00% with 43.00%; choose another good node or target."
        message = refusal(client, asked, bad_id=good.id, target_accuracy=0.95)
        assert message == "Node 1 is not below the target 95.00% with 98.00%; choose another bad node or target."
        assert ask(client, asked, good_id=good.id, target_accuracy=0.95)["good_id"] == good.id
        assert ask(client, asked, bad_id=bad.id, target_accuracy=0.95)["good_id"] == good.id
    alone = ask(client, bad.id, good_id=good.id, target_accuracy=0.42)
    assert (alone["good_id"], alone["bad_id"]) == (None, None)
    assert "No node below node 1 is under 42.00% yet" in alone["interpolation_reason"]


def test_an_equal_pair_and_a_target_outside_are_refused(client: TestClient, small_tree: SmallTree) -> None:
    good = prune(client, small_tree, small_tree.root_id, 20, 98)
    bad = prune(client, small_tree, good.id, 20, 90)
    assert "no line can be drawn between" in refusal(
        client, good.id, good_id=good.id, bad_id=small_tree.root_id, target_accuracy=0.98
    )
    assert "is not between the accuracies" in refusal(
        client, good.id, good_id=good.id, bad_id=bad.id, target_accuracy=0.85
    )
    assert "larger good node" in refusal(client, good.id, good_id=bad.id, bad_id=good.id, target_accuracy=0.95)
    assert client.get(f"/api/experiments/{small_tree.experiment_id}/estimates").json() == []
    assert client.post(f"/api/nodes/{good.id}/estimate", json={"good_id": 77}).status_code == 404
