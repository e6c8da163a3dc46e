"""Each node keeps how it was trained and what was forecast; an applied plan keeps its settings.

In 0.1.0 a plan had no settings and the page showed those of now beside it. Nodes had neither images seen, duration,
device, start weights nor forecast. The forecast beside an applied plan was fitted again with the plan's own outcome.
"""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.service.workspace import Workspace
from tests.trees import SmallTree, make_small_tree
from tests.values import RECORD, TRAINING


@pytest.fixture
def tree(workspace: Workspace) -> SmallTree:
    return make_small_tree(workspace.store)


def get(client: TestClient, path: str) -> Any:
    response = client.get(f"/api{path}")
    assert response.status_code == 200, response.text
    return response.json()


def apply(client: TestClient, node_id: int, percent: float, training: dict[str, Any] | None = None) -> tuple[Any, Any]:
    """Returns the applied plan and its node, which is not ready yet."""
    plan = client.post(f"/api/nodes/{node_id}/plans", json={"rule": "percent", "percent": percent}).json()
    assert plan["training"] is None
    node = client.post(f"/api/plans/{plan['id']}/apply", json={"training": training}).json()["node"]
    return get(client, f"/plans/{plan['id']}"), node


@pytest.mark.parametrize(
    "override", [None, {"epochs": 7, "learning_rate": 0.01}, {"images": 64, "schedule": "one_cycle"}]
)
def test_an_applied_plan_shows_the_settings_it_was_applied_with_after_they_were_changed(
    client: TestClient, tree: SmallTree, override: dict[str, Any] | None
) -> None:
    plan, node = apply(client, tree.root_id, 20, override)
    settings = TRAINING.model_dump(mode="json") | (override or {})
    changed = client.patch(
        f"/api/experiments/{tree.experiment_id}", json={"training": {"epochs": 99, "learning_rate": 5.0}}
    )
    assert changed.json()["training"]["epochs"] == 99
    assert get(client, f"/plans/{plan['id']}")["training"] == settings
    assert get(client, f"/nodes/{node['id']}")["training"] == settings
    later_plan, _ = apply(client, tree.root_id, 30)
    assert later_plan["training"]["epochs"] == 99


def test_a_node_records_its_training_when_it_becomes_ready(client: TestClient, tree: SmallTree) -> None:
    _, node = apply(client, tree.root_id, 20)
    assert node["training_record"] is None
    tree.finish(node["id"], 97)
    assert get(client, f"/nodes/{node['id']}")["training_record"] == RECORD.model_dump(mode="json")


def test_the_forecast_of_then_does_not_know_how_the_node_came_out(client: TestClient, tree: SmallTree) -> None:
    for percent, correct in ((10, 98), (20, 96), (30, 93)):
        _, node = apply(client, tree.root_id, percent)
        assert node["forecast"] is None and "at least 4 finished nodes" in node["forecast_reason"]
        tree.finish(node["id"], correct)
    curve = get(client, f"/experiments/{tree.experiment_id}/forecast")["curve"]
    plan, node = apply(client, tree.root_id, 40)
    forecast = node["forecast"]
    assert forecast["nodes"] == 4 and forecast["filters"] == plan["cost"]["filters"]
    below = max(point["accuracy"] for point in curve if point["filters"] <= forecast["filters"])
    above = min(point["accuracy"] for point in curve if point["filters"] >= forecast["filters"])
    assert below <= forecast["accuracy"] <= above
    tree.finish(node["id"], 51)
    ready = get(client, f"/nodes/{node['id']}")
    assert ready["forecast"] == forecast and ready["accuracy"] == 0.51
    refitted = get(client, f"/experiments/{tree.experiment_id}/forecast")
    assert refitted["nodes"] == 5
    nearest = min(refitted["curve"], key=lambda point: abs(point["filters"] - forecast["filters"]))
    assert nearest["accuracy"] < forecast["accuracy"] - 0.1, "what 0.1.0 showed beside the applied plan"


def test_a_plan_below_the_curve_says_that_the_forecast_does_not_cover_it(client: TestClient, tree: SmallTree) -> None:
    for percent, correct in ((5, 98), (10, 97), (15, 96)):
        tree.finish(apply(client, tree.root_id, percent)[1]["id"], correct)
    _, node = apply(client, tree.root_id, 90)
    assert node["forecast"] is None and node["forecast_reason"].startswith("The forecast covers networks with ")


def test_roots_and_controls_have_no_forecast(client: TestClient, tree: SmallTree) -> None:
    root = get(client, f"/nodes/{tree.root_id}")
    _, node = apply(client, tree.root_id, 20)
    tree.finish(node["id"], 97)
    [control] = client.post(f"/api/nodes/{node['id']}/controls", json={"kind": "l1"}).json()
    for value in (root, control):
        assert value["forecast"] is None and value["forecast_reason"] is None


def test_the_report_shows_training_and_forecast_beside_what_came_out(client: TestClient, tree: SmallTree) -> None:
    for percent, correct in ((10, 98), (20, 96), (30, 93), (40, 51)):
        _, node = apply(client, tree.root_id, percent)
        tree.finish(node["id"], correct)
    page = client.get(f"/api/experiments/{tree.experiment_id}/report").text
    assert "SGD, learning rate 0.1, cosine schedule, 3 epochs of all training images, batch size 32" in page
    assert "18 (0 epochs × 6)" in page and "1.5 s" in page and "a test" in page
    low, high = node["forecast"]["low"], node["forecast"]["high"]
    assert f"({low:.2%}–{high:.2%})" in page and "based on 4 nodes" in page
    assert "51.00%, below the forecast interval" in page
