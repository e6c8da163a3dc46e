"""Recipes over REST, and where they are used: by a search that applies its plan, and by an Autopilot."""

import pytest
from fastapi.testclient import TestClient

from cnnpruner.cli import main
from cnnpruner.cli.plans import plan as command
from cnnpruner.domain.jobs import NewJob, SuggestionJob
from cnnpruner.domain.plans.goals import CostGoal
from cnnpruner.domain.plans.plans import NewPercentPlan
from cnnpruner.domain.plans.suggestions import NewSuggestion, SearchState
from cnnpruner.domain.tree.autopilots import NewAutopilot
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.training import TrainingChoice
from cnnpruner.planning.training.durations import TimedEpoch
from cnnpruner.service.plans import plans, recipes, suggestions
from cnnpruner.service.tree import autopilots
from cnnpruner.service.workspace import Workspace
from cnnpruner.store.plans.suggestions import SuggestedDraft
from tests.api.in_process_client import in_process
from tests.trees import SmallTree, make_small_tree


@pytest.fixture
def small_tree(workspace: Workspace) -> SmallTree:
    """A root with the scores that plans need."""
    tree = make_small_tree(workspace.store)
    tree.add_scores(tree.root_id, "loss_change")
    tree.add_scores(tree.root_id, "l1")
    return tree


def root_of(workspace: Workspace, tree: SmallTree) -> Node:
    return workspace.store.nodes.get(tree.root_id)


def test_a_recipe_is_for_a_plan_and_says_why(small_tree: SmallTree, client: TestClient) -> None:
    plan = client.post(
        f"/api/nodes/{small_tree.root_id}/plans", json={"rule": "percent", "percent": 30, "criterion": "l1"}
    )
    recipe = client.get(f"/api/nodes/{small_tree.root_id}/recipe?plan={plan.json()['id']}").json()
    assert (recipe["node_id"], recipe["plan_id"]) == (small_tree.root_id, plan.json()["id"])
    assert recipe["training"]["start"] == "best" and recipe["training"]["teacher"] == "parent"
    assert len(recipe["reasons"]) == 4
    applied = client.post(f"/api/plans/{plan.json()['id']}/apply", json={"training": recipe["training"]})
    training = applied.json()["node"]["training"]
    assert training["teacher"] == small_tree.root_id
    assert training["learning_rate"] == recipe["training"]["learning_rate"]


def test_the_plan_of_another_node_is_refused(small_tree: SmallTree, client: TestClient) -> None:
    plan = client.post(
        f"/api/nodes/{small_tree.root_id}/plans", json={"rule": "percent", "percent": 30, "criterion": "l1"}
    )
    node = client.post(f"/api/plans/{plan.json()['id']}/apply").json()["node"]
    small_tree.finish(node["id"], 90)
    response = client.get(f"/api/nodes/{node['id']}/recipe?plan={plan.json()['id']}")
    assert response.status_code == 422 and "belongs to another node" in response.json()["error"]["message"]
    assert client.get(f"/api/nodes/{node['id']}/recipe?plan=999").status_code == 404


def test_a_shorter_budget_means_fewer_images(
    small_tree: SmallTree, workspace: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.patch(f"/api/experiments/{small_tree.experiment_id}", json={"training": {"epochs": 12}})
    root = root_of(workspace, small_tree)
    timed = [TimedEpoch(seconds=10.0, images=1000, macs=float(root.macs or 0), selection_images=0)]
    monkeypatch.setattr(recipes, "_list_timed_epochs", lambda *_: timed)
    recipe = recipes.recommend(workspace, root, None, None)
    assert recipe.seconds is not None
    shorter = recipes.recommend(workspace, root, None, recipe.seconds / 2)
    assert shorter.images_seen < recipe.images_seen and shorter.seconds is not None
    assert shorter.seconds <= recipe.seconds / 2


def finish_search(workspace: Workspace, tree: SmallTree, new: NewSuggestion) -> int:
    """Stores a search as its job leaves it: with a draft. Returns the id of the draft."""
    store = workspace.store
    suggestion = store.suggestions.add(tree.experiment_id, tree.root_id, new)
    waiting = store.jobs.add(NewJob(SuggestionJob(suggestion_id=suggestion.id), tree.experiment_id, tree.root_id))
    job = store.jobs.claim("training", "worker")
    assert job is not None and job.id == waiting.id
    draft = make_draft(workspace, tree)
    assert store.suggestions.end(job.id, job.attempt, suggestion.id, SearchState(), draft)
    plan_id = store.suggestions.get(suggestion.id).plan_id
    assert plan_id is not None
    return plan_id


def make_draft(workspace: Workspace, tree: SmallTree) -> SuggestedDraft:
    """Returns the content of a plan that removes something."""
    root = root_of(workspace, tree)
    rule = NewPercentPlan(percent=30, criterion="l1")
    plan = plans.draft(workspace, root, rule)
    fields = ("rule", "filters", "units", "budget", "reached", "notes", "now", "cost", "shares")
    content = plan.model_dump(mode="json", include=set(fields))
    workspace.store.plans.remove(plan.id)
    return SuggestedDraft("Suggested: a test.", content)


def test_a_search_applies_its_plan_once_and_trains_it_by_the_recipe(
    workspace: Workspace, small_tree: SmallTree
) -> None:
    goal = CostGoal(metric="macs", value=1000)
    plan_id = finish_search(workspace, small_tree, NewSuggestion(goal=goal, apply=True))
    suggestions.apply_suggested_plans(workspace)
    suggestions.apply_suggested_plans(workspace)
    root, child = small_tree.nodes()
    assert child.plan_id == plan_id and child.training is not None
    assert child.training.teacher == root.id and child.training.start == "best"


def test_a_plan_that_a_person_has_applied_first_is_not_tried_again(
    workspace: Workspace, small_tree: SmallTree, client: TestClient
) -> None:
    goal = CostGoal(metric="macs", value=1000)
    plan_id = finish_search(workspace, small_tree, NewSuggestion(goal=goal, apply=True))
    assert client.post(f"/api/plans/{plan_id}/apply").status_code == 202
    suggestions.apply_suggested_plans(workspace)
    assert len(small_tree.nodes()) == 2
    (suggestion,) = workspace.store.suggestions.list(small_tree.root_id)
    assert suggestion.apply_state == "failed" and suggestion.apply_error is not None
    assert workspace.store.suggestions.list_ready_to_apply() == []


def test_a_plan_that_cannot_be_applied_stays_a_draft_and_says_why(
    workspace: Workspace, small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = finish_search(workspace, small_tree, NewSuggestion(goal=CostGoal(metric="macs", value=1000), apply=True))

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(recipes, "recommend", fail)
    suggestions.apply_suggested_plans(workspace)
    assert workspace.store.plans.get(plan_id).state == "draft"
    (suggestion,) = workspace.store.suggestions.list(small_tree.root_id)
    assert suggestion.apply_state == "failed" and str(suggestion.apply_error).startswith("An unexpected error occurred")
    assert workspace.store.suggestions.list_ready_to_apply() == []


def test_a_search_that_was_not_asked_to_apply_leaves_a_draft(workspace: Workspace, small_tree: SmallTree) -> None:
    plan_id = finish_search(workspace, small_tree, NewSuggestion(goal=CostGoal(metric="macs", value=1000)))
    suggestions.apply_suggested_plans(workspace)
    assert len(small_tree.nodes()) == 1
    assert workspace.store.plans.get(plan_id).state == "draft"


def test_an_autopilot_trains_its_steps_by_recipes_unless_its_own_settings_differ(
    workspace: Workspace, small_tree: SmallTree
) -> None:
    settings = NewAutopilot(kind="halving", percent=20, recipe=True, training=TrainingChoice(epochs=2))
    settings = settings.model_copy(update={"order": settings.order.model_copy(update={"criterion": "l1"})})
    autopilot = autopilots.start(workspace, root_of(workspace, small_tree), settings)
    child = workspace.store.nodes.get(autopilot.nodes[0])
    recipe = recipes.recommend(workspace, root_of(workspace, small_tree), None, None).training
    assert autopilot.recipe and child.training is not None
    assert (child.training.epochs, child.training.learning_rate) == (2, recipe.learning_rate)
    assert child.training.teacher == small_tree.root_id


def test_the_command_prints_the_recipe_and_applies_it(
    workspace: Workspace,
    small_tree: SmallTree,
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "Client", lambda _: in_process(client))
    arguments = ["plan", str(small_tree.root_id), "--percent", "30", "--criterion", "l1", "--apply", "--recipe"]
    assert main([*arguments, "--epochs", "4"]) == 0
    output = capsys.readouterr().out
    assert "learning rate" in output and "parent as teacher" in output
    child = small_tree.nodes()[1]
    assert child.training is not None and (child.training.epochs, child.training.teacher) == (4, small_tree.root_id)
    assert main(["plan", str(small_tree.root_id), "--percent", "30", "--recipe"]) == 1
    assert "--recipe" in capsys.readouterr().err


def test_a_node_remembers_a_rate_that_did_harm(workspace: Workspace, small_tree: SmallTree, client: TestClient) -> None:
    plan = client.post(
        f"/api/nodes/{small_tree.root_id}/plans", json={"rule": "percent", "percent": 30, "criterion": "l1"}
    )
    applied = client.post(f"/api/plans/{plan.json()['id']}/apply", json={"training": {"learning_rate": 0.001}})
    child = small_tree.finish(applied.json()["node"]["id"], 80)
    assert child.best_epoch is not None
    tree = [replace_best_epoch(node, child.id) for node in workspace.store.nodes.list(small_tree.experiment_id)]
    assert recipes._find_harmful_learning_rate(tree, root_of(workspace, small_tree)) == 0.001


def replace_best_epoch(node: Node, node_id: int) -> Node:
    worse = {"best_epoch": 0, "epochs": 3, "loss_first": 0.2, "loss_last": 0.3}
    return node.model_copy(update=worse) if node.id == node_id else node
