"""The Python client edits plans, nodes and experiments."""

import pytest
from fastapi.testclient import TestClient

from cnnpruner.client import PAPER_ORDER
from cnnpruner.client.http import ServerError
from cnnpruner.client.plans import _add_default_order
from cnnpruner.service.workspace import Workspace
from tests.api.in_process_client import in_process
from tests.trees import make_small_tree


def test_a_draft_can_be_edited_applied_and_deleted_unless_it_is_stale(client: TestClient, workspace: Workspace) -> None:
    root = make_small_tree(workspace.store).root_id
    client_ = in_process(client)
    plan = client_.plan(root, rule="percent", percent=10, **PAPER_ORDER)
    rule = plan.rule.model_copy(update={"percent": 30.0}).model_dump()
    changed = client_.change_plan(plan.id, rule=rule, name="third", revision=plan.revision)
    assert (changed.name, changed.revision) == ("third", plan.revision + 1)
    assert changed.cost.filters < plan.cost.filters
    for stale in (
        lambda: client_.change_plan(plan.id, rule=rule, revision=plan.revision),
        lambda: client_.apply(plan.id, revision=plan.revision),
    ):
        with pytest.raises(ServerError, match="Somebody else has changed") as error_info:
            stale()
        assert error_info.value.status == 409
    assert client_.apply(plan.id, revision=changed.revision).node.parent_id == root
    other = client_.plan(root, rule="percent", percent=10, **PAPER_ORDER)
    client_.delete_plan(other.id)
    assert [plan.name for plan in client_.plans(root)] == ["third"]


def test_the_client_sends_the_default_order_unless_told_otherwise() -> None:
    assert _add_default_order({"rule": "percent", "percent": 10}) == {
        "rule": "percent",
        "percent": 10,
        "criterion": "loss_change/macs^0.5",
        "floor": 0.1,
    }
    paper = {"rule": "percent", "percent": 10, **PAPER_ORDER}
    assert _add_default_order(paper) == paper
    assert "floor" not in _add_default_order({"rule": "percent", "percent": 10, "max_layer_share": 0.5})
    assert _add_default_order({"rule": "filters", "filters": {}}) == {"rule": "filters", "filters": {}}


def test_notes_stars_and_settings_are_stored(client: TestClient, workspace: Workspace) -> None:
    small_tree = make_small_tree(workspace.store)
    client_ = in_process(client)
    client_.annotate(small_tree.root_id, note="the start")
    assert client_.annotate(small_tree.root_id, starred=True).note == "the start"
    with pytest.raises(ServerError, match="“the start”"):
        client_.annotate(small_tree.root_id, note="mine", note_before="")
    assert client_.node(small_tree.root_id).starred
    assert client_.change_experiment(small_tree.experiment_id, target_accuracy=0.9).target_accuracy == 0.9
    client_.delete_experiment(small_tree.experiment_id)
    assert client_.experiments() == []
