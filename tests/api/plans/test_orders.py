"""Plans and scores with price, scope and floor over REST, and what is answered to contradictions."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.service.workspace import Workspace
from tests.trees import make_small_tree


@pytest.fixture
def plans(workspace: Workspace) -> str:
    """Path of the plans of a scored root."""
    return f"/api/nodes/{make_small_tree(workspace.store).root_id}/plans"


def draft(client: TestClient, plans: str, **fields: Any) -> Any:
    response = client.post(plans, json={"rule": "percent", "percent": 20} | fields)
    assert response.is_success, response.text
    return response.json()


def refusal(client: TestClient, plans: str, **fields: Any) -> str:
    response = client.post(plans, json={"rule": "percent", "percent": 20} | fields)
    assert response.status_code == 422, response.text
    message: str = response.json()["error"]["message"]
    return message


def test_omitted_fields_are_the_paper_order_and_both_limits_are_answered(client: TestClient, plans: str) -> None:
    rule = draft(client, plans)["rule"]
    assert (rule["criterion"], rule["scope"], rule["floor"], rule["max_layer_share"]) == ("taylor", "network", 0, 1)
    assert draft(client, plans, floor=0.25)["rule"]["max_layer_share"] == 0.75
    assert draft(client, plans, max_layer_share=0.75)["rule"]["floor"] == 0.25


def test_the_rule_of_an_answer_can_be_sent_back(client: TestClient, plans: str) -> None:
    plan = draft(client, plans, floor=0.3, criterion="taylor/macs^0.50", scope="group")
    assert plan["rule"]["criterion"] == "taylor/macs^0.5", "in its canonical spelling"
    changes = {"rule": plan["rule"] | {"percent": 10}, "revision": plan["revision"]}
    changed = client.patch(f"/api/plans/{plan['id']}", json=changes)
    assert changed.status_code == 200
    assert changed.json()["rule"] == plan["rule"] | {"percent": 10}


def test_a_plan_by_price_removes_the_units_of_lowest_rank_value(client: TestClient, plans: str) -> None:
    spec = "taylor/parameters^1"
    plan = draft(client, plans, criterion=spec)
    scores = client.get(plans.replace("plans", "scores"), params={"criterion": spec}).json()
    assert scores["criterion"] == spec and scores["sensitivity"] is None
    free = [i for i, is_free in enumerate(scores["free"]) if is_free]
    removed = [scores["score"][i] for i in free if scores["unit"][i] in plan["units"]]
    assert removed and max(removed) <= min(scores["score"][i] for i in free if scores["unit"][i] not in plan["units"])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"criterion": "taylor/flops^0.5"}, "its price 'flops' is unknown; use macs, parameters or bytes."),
        ({"criterion": "taylor/macs"}, "write CRITERION/PRICE^EXPONENT, for instance loss_change/macs^0.5."),
        ({"criterion": "taylor/macs^3"}, "its exponent is '3'; give a number from 0 (no price) to 1."),
        ({"scope": "layer"}, "'network', 'group' or 'alike'"),
        ({"floor": 0.1, "max_layer_share": 0.5}, "floor 0.1 and max_layer_share 0.5 contradict each other; send floor"),
        ({"floor": 1.5}, "floor should be less than or equal to 1"),
    ],
)
def test_a_wrong_order_is_refused_with_the_cure(
    client: TestClient, plans: str, fields: dict[str, Any], sentence: str
) -> None:
    assert sentence in refusal(client, plans, **fields)


@pytest.mark.parametrize("metric", ["macs", "parameters", "size_bytes", "filters"])
def test_a_target_of_any_cost_is_never_exceeded_and_the_distance_is_told(
    client: TestClient, plans: str, metric: str
) -> None:
    now = draft(client, plans, percent=0)["now"][metric]
    plan = client.post(plans, json={"rule": "target", "metric": metric, "value": int(0.8 * now)}).json()
    assert plan["cost"][metric] <= int(0.8 * now)
    assert "the target of" in plan["notes"][0]
