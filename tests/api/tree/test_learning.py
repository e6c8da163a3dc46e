"""A root that learned nothing says so everywhere, and nothing is judged by it.

In 0.1.0 such a root was just ready, the experiment had no notice, its child was recovered, the default target was the
root's accuracy minus the tolerance, and an Autopilot started from it.
"""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.domain.jobs import RootJob
from cnnpruner.domain.tree.experiments import WeightsSource
from cnnpruner.domain.tree.training import TrainingChoice
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import NewNode
from tests.trees import IMAGES, SmallTree, result, root_layers
from tests.values import EXPERIMENT_CHECK, TRAINING, checked_experiment, epoch, experiment_value

FRESH = WeightsSource(train=TrainingChoice())
IMPORTED = WeightsSource(path="w.pt")


def make_tree(
    workspace: Workspace, correct: int, losses: tuple[float, ...], best_epoch: int, weights: WeightsSource = FRESH
) -> SmallTree:
    """An experiment of two classes with 50 selection images each, whose root has these losses, one for each epoch."""
    store = workspace.store
    check = store.jobs.add(EXPERIMENT_CHECK)
    store.experiments.store_check_result(check.id, replace(checked_experiment(), layers=root_layers()))
    store.jobs.cancel(check.id)
    experiment_id = store.experiments.add(experiment_value().model_copy(update={"weights": weights}), check.id)
    origin = "imported" if weights.train is None else "trained"
    training = None if weights.train is None else TRAINING.model_dump(mode="json")
    root, job_id = store.nodes.add(NewNode(experiment_id, None, origin, IMAGES, training), RootJob())
    job = store.jobs.claim("training", "test")
    assert job is not None and job.id == job_id
    for number, loss in enumerate(losses):
        assert store.epochs.add(job.id, job.attempt, root.id, epoch(number, correct / IMAGES, loss))
    finished = result(root_layers(), correct)
    predictions = replace(finished.predictions, loss=losses[best_epoch])
    assert store.nodes.finish(job.id, job.attempt, replace(finished, best_epoch=best_epoch, predictions=predictions))
    return SmallTree(store, experiment_id, root.id)


def get(client: TestClient, path: str) -> Any:
    response = client.get(f"/api{path}")
    assert response.status_code == 200, response.text
    return response.json()


def prune(client: TestClient, tree: SmallTree, node_id: int, correct: int, percent: float = 20) -> dict[str, Any]:
    plan = client.post(f"/api/nodes/{node_id}/plans", json={"rule": "percent", "percent": percent}).json()
    created = client.post(f"/api/plans/{plan['id']}/apply").json()["node"]
    tree.finish(created["id"], correct)
    return dict(get(client, f"/nodes/{created['id']}"))


@pytest.mark.parametrize(
    ("correct", "losses", "best_epoch", "weights", "sign"),
    [
        (50, (0.69, 3.0, 4.0), 0, FRESH, "always predicting the largest class"),
        (70, (0.69, 0.68), 0, FRESH, "the weights before training (epoch 0)"),
        (70, (0.69, 0.9, 0.8), 2, FRESH, "rose during training, from 0.69 at the start to 0.8"),
        (55, (0.7,), 0, IMPORTED, "always predicting the largest class"),
    ],
)
def test_a_root_that_learned_nothing_says_so_and_its_child_is_not_judged(
    client: TestClient,
    workspace: Workspace,
    correct: int,
    losses: tuple[float, ...],
    best_epoch: int,
    weights: WeightsSource,
    sign: str,
) -> None:
    tree = make_tree(workspace, correct, losses, best_epoch, weights)
    root = get(client, f"/nodes/{tree.root_id}")
    assert root["state"] == "ready" and root["learned"] is False
    assert any(sign in notice for notice in root["notices"])
    assert get(client, f"/experiments/{tree.experiment_id}")["notices"] == root["notices"]
    child = prune(client, tree, tree.root_id, correct)
    assert (child["correct"] >= child["needed_correct"]) and child["recovered"] is None, "0.1.0 said recovered"
    assert child["recovered_reason"].startswith("The parent, node 0, learned nothing that could be recovered")
    assert get(client, f"/experiments/{tree.experiment_id}/tree")["nodes"][1] == child


def test_children_of_a_good_root_are_judged_as_before(client: TestClient, workspace: Workspace) -> None:
    tree = make_tree(workspace, 98, (0.69, 0.1, 0.2), 1)
    root = get(client, f"/nodes/{tree.root_id}")
    assert (root["learned"], root["notices"], root["recovered_reason"]) == (True, [], None)
    recovered, missed = prune(client, tree, tree.root_id, 98), prune(client, tree, tree.root_id, 90)
    assert (recovered["recovered"], missed["recovered"]) == (True, False)
    assert recovered["recovered_reason"] is None


def test_a_child_that_learned_is_a_parent_that_can_be_recovered(client: TestClient, workspace: Workspace) -> None:
    tree = make_tree(workspace, 50, (0.69, 3.0), 0)
    child = prune(client, tree, tree.root_id, 95)
    assert child["learned"] is True and child["recovered"] is None
    assert prune(client, tree, child["id"], 95)["recovered"] is True


def test_a_child_of_a_node_that_was_pruned_to_death_is_not_recovered_but_unjudged(
    client: TestClient, workspace: Workspace
) -> None:
    tree = make_tree(workspace, 98, (0.69, 0.1), 1)
    dead = prune(client, tree, tree.root_id, 51, percent=80)
    assert (dead["recovered"], dead["learned"]) == (False, False)
    grandchild = prune(client, tree, dead["id"], 51)
    assert grandchild["recovered"] is None, "0.1.0 said recovered"
    assert "node 1, learned nothing" in grandchild["recovered_reason"]


def test_a_root_that_learned_nothing_is_no_target_for_estimates_and_autopilots(
    client: TestClient, workspace: Workspace
) -> None:
    tree = make_tree(workspace, 50, (0.69, 3.0), 0)
    prune(client, tree, tree.root_id, 50)
    for request, body in (("estimate", {}), ("autopilots", {"kind": "automatic"})):
        response = client.post(f"/api/nodes/{tree.root_id}/{request}", json=body)
        assert response.status_code == 409
        assert response.json()["error"]["message"] == (
            "The root learned nothing, so its accuracy of 50.00% cannot be the target; set a target accuracy."
        )
    response = client.post(f"/api/nodes/{tree.root_id}/autopilots", json={"kind": "automatic", "target_accuracy": 0.4})
    assert response.status_code == 422
    assert "learned nothing, so its accuracy of 50.00% does not count" in response.json()["error"]["message"]


def test_forecasts_leave_out_nodes_that_learned_nothing_with_the_root(client: TestClient, workspace: Workspace) -> None:
    tree = make_tree(workspace, 50, (0.69, 3.0), 0)
    for percent in (10, 20, 30):
        prune(client, tree, tree.root_id, 50, percent)
    forecast = get(client, f"/experiments/{tree.experiment_id}/forecast")
    assert forecast["curve"] == [] and forecast["nodes"] == 0, "0.1.0 drew a curve through four nodes at 50%"
    assert forecast["reason"].startswith("Nodes that learned nothing, such as the root, are not used for the forecast.")
    for percent, correct in ((15, 96), (25, 95), (35, 93), (45, 90)):
        prune(client, tree, tree.root_id, correct, percent)
    forecast = get(client, f"/experiments/{tree.experiment_id}/forecast")
    assert forecast["nodes"] == 4 and forecast["reason"] is None


def test_controls_of_an_unjudged_node_are_not_judged_either(client: TestClient, workspace: Workspace) -> None:
    tree = make_tree(workspace, 50, (0.69, 3.0), 0)
    child = prune(client, tree, tree.root_id, 50)
    [control] = client.post(f"/api/nodes/{child['id']}/controls", json={"kind": "random"}).json()
    tree.finish(control["id"], 60)
    assert get(client, f"/nodes/{control['id']}")["recovered"] is None


def test_the_report_draws_and_explains_it(client: TestClient, workspace: Workspace) -> None:
    tree = make_tree(workspace, 50, (0.69, 3.0), 0)
    prune(client, tree, tree.root_id, 50)
    page = client.get(f"/api/experiments/{tree.experiment_id}/report").text
    assert page.count('class="edge unjudged"') == 1 and 'class="edge pending"' not in page
    assert "not judged" in page and "learned nothing that could be recovered" in page
    assert "The root learned nothing and the experiment has no target" in page
    assert "the smallest with an accuracy of at least" not in page
