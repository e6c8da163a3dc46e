"""Two people edit the same tree: both see the other's changes, and nothing is lost."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.domain.plans.plans import Application
from cnnpruner.errors import StalePlan
from cnnpruner.service.plans import plans
from cnnpruner.service.workspace import Workspace
from tests.api.shared_trees import link_to, visit, with_owner_token
from tests.trees import make_small_tree


@pytest.fixture
def tree(workspace: Workspace) -> Iterator[tuple[TestClient, TestClient, Workspace, int]]:
    """Two editors of one tree with separate links, and a draft."""
    workspace = with_owner_token(workspace)
    small_tree = make_small_tree(workspace.store)
    ada, ben = (visit(workspace, link_to(workspace, small_tree.experiment_id, "edit")) for _ in range(2))
    plan = ada.post(f"/api/nodes/{small_tree.root_id}/plans", json={"rule": "percent", "percent": 10}).json()
    yield ada, ben, workspace, plan["id"]


def percent(value: float) -> dict[str, Any]:
    return {"rule": "percent", "percent": value}


def test_the_later_of_two_edits_is_rejected_with_the_current_version(tree: Any) -> None:
    ada, ben, _, plan_id = tree
    url = f"/api/plans/{plan_id}"
    first = ada.patch(url, json={"revision": 1, "rule": percent(20)})
    assert (first.status_code, first.json()["revision"]) == (200, 2)
    rejected = ben.patch(url, json={"revision": 1, "rule": percent(50)})
    error = rejected.json()["error"]
    assert (rejected.status_code, error["code"]) == (409, "stale_plan")
    assert "Somebody else has changed the filters of plan A" in error["message"]
    assert error["details"]["plan"] == ada.get(url).json(), "nothing of Ada's is lost"
    overwrite = ben.patch(url, json={"revision": error["details"]["plan"]["revision"], "rule": percent(50)})
    assert (overwrite.status_code, overwrite.json()["rule"]["percent"], overwrite.json()["revision"]) == (200, 50, 3)


def test_notes_of_plans_do_not_overwrite_each_other(tree: Any) -> None:
    ada, ben, _, plan_id = tree
    url = f"/api/plans/{plan_id}"
    assert ada.patch(url, json={"note_before": "", "note": "Ada's reason"}).status_code == 200
    rejected = ben.patch(url, json={"note_before": "", "note": "Ben's reason"})
    assert rejected.status_code == 409 and "note of plan A" in rejected.json()["error"]["message"]
    assert ada.get(url).json()["note"] == "Ada's reason"
    assert ada.get(url).json()["revision"] == 1, "a note leaves a preview as it is"


def test_notes_of_nodes_do_not_overwrite_each_other(tree: Any) -> None:
    ada, ben, workspace, plan_id = tree
    url = f"/api/nodes/{workspace.store.plans.get(plan_id).node_id}"
    assert ada.patch(url, json={"note_before": "", "note": "Ada's thought"}).status_code == 200
    rejected = ben.patch(url, json={"note_before": "", "note": "Ben's thought"})
    error = rejected.json()["error"]
    assert (rejected.status_code, error["code"], error["details"]["node"]["note"]) == (
        409,
        "stale_note",
        "Ada's thought",
    )
    assert "“Ada's thought”" in error["message"]
    assert ben.patch(url, json={"starred": True}).json()["note"] == "Ada's thought"
    overwrite = ben.patch(url, json={"note_before": "Ada's thought", "note": "both"})
    assert (overwrite.status_code, overwrite.json()["note"]) == (200, "both")


def test_an_edit_without_a_revision_overwrites(tree: Any) -> None:
    ada, ben, _, plan_id = tree
    ada.patch(f"/api/plans/{plan_id}", json={"rule": percent(20)})
    assert ben.patch(f"/api/plans/{plan_id}", json={"rule": percent(30)}).json()["revision"] == 3


def test_a_plan_that_changed_since_it_was_reviewed_is_not_applied(tree: Any) -> None:
    ada, ben, workspace, plan_id = tree
    before = ben.get(f"/api/plans/{plan_id}").json()
    ada.patch(f"/api/plans/{plan_id}", json={"rule": percent(60)})
    rejected = ben.post(f"/api/plans/{plan_id}/apply", json={"revision": before["revision"]})
    assert (rejected.status_code, rejected.json()["error"]["code"]) == (409, "stale_plan")
    nodes = workspace.store.nodes.list(workspace.store.nodes.get(before["node_id"]).experiment_id)
    assert [node.number for node in nodes] == [0], "no node was made"


def test_a_stale_plan_is_not_applied_without_a_revision_either(tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, _, workspace, plan_id = tree
    stale = workspace.store.plans.get(plan_id)
    ada.patch(f"/api/plans/{plan_id}", json={"rule": percent(60)})
    with pytest.raises(StalePlan, match="Somebody else has changed"):
        plans.apply(workspace, stale, Application())
    assert workspace.store.plans.get(plan_id).state == "draft"


def test_deleting_a_draft_notifies_other_pages(tree: Any) -> None:
    ada, _, workspace, plan_id = tree
    assert ada.delete(f"/api/plans/{plan_id}").status_code == 204
    received = [event for event in workspace.store.events.after(0) if event.kind in ("plan", "removed")]
    assert [event.kind for event in received] == ["removed"]
    assert json.loads(received[0].data)["plan_ids"] == [plan_id]
