"""The Python client edits plans, nodes and experiments."""

import pytest
from fastapi.testclient import TestClient

from cnnpruner.client.http import ServerError
from cnnpruner.service.workspace import Workspace
from tests.api.wire import in_process
from tests.trees import make_small_tree


def test_a_draft_is_edited_applied_as_it_was_seen_or_thrown_away(client: TestClient, workspace: Workspace) -> None:
    root = make_small_tree(workspace.store).root_id
    pruner = in_process(client)
    plan = pruner.plan(root, rule="percent", percent=10)
    rule = plan.rule.model_copy(update={"percent": 30.0}).model_dump()
    changed = pruner.change_plan(plan.id, rule=rule, name="third", revision=plan.revision)
    assert (changed.name, changed.revision) == ("third", plan.revision + 1)
    assert changed.cost.filters < plan.cost.filters
    for stale in (
        lambda: pruner.change_plan(plan.id, rule=rule, revision=plan.revision),
        lambda: pruner.apply(plan.id, revision=plan.revision),
    ):
        with pytest.raises(ServerError, match="Somebody else changed") as refused:
            stale()
        assert refused.value.status == 409
    assert pruner.apply(plan.id, revision=changed.revision).node.parent_id == root
    other = pruner.plan(root, rule="percent", percent=10)
    pruner.delete_plan(other.id)
    assert [one.name for one in pruner.plans(root)] == ["third"]


def test_notes_stars_and_settings_stay(client: TestClient, workspace: Workspace) -> None:
    small_tree = make_small_tree(workspace.store)
    pruner = in_process(client)
    pruner.annotate(small_tree.root_id, note="the start")
    assert pruner.annotate(small_tree.root_id, starred=True).note == "the start"
    with pytest.raises(ServerError, match="“the start”"):
        pruner.annotate(small_tree.root_id, note="mine", note_before="")
    assert pruner.node(small_tree.root_id).starred
    assert pruner.change_experiment(small_tree.experiment_id, target_accuracy=0.9).target_accuracy == 0.9
    pruner.delete_experiment(small_tree.experiment_id)
    assert pruner.experiments() == []
