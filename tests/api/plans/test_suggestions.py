"""Suggestions over REST: a real search on the demo's network."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.cli import main
from cnnpruner.cli.plans import suggest as command
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.plans import suggestions
from cnnpruner.service.workspace import Workspace
from tests.api.in_process_client import in_process
from tests.api.inline_runner import InlineRunner


@pytest.fixture
def runner(workspace: Workspace, root: Node) -> InlineRunner:
    """A worker that searches when the test tells it to."""
    return InlineRunner(workspace.store)


@pytest.fixture
def server(workspace: Workspace, runner: InlineRunner) -> Iterator[TestClient]:
    """The API with this worker."""
    with TestClient(create_app(replace(workspace, runner=runner)), base_url="http://127.0.0.1") as client:
        yield client


def suggest(server: TestClient, runner: InlineRunner, node: Node, **body: Any) -> dict[str, Any]:
    """Request a suggestion, run its job, and return it."""
    response = server.post(f"/api/nodes/{node.id}/suggestions", json={"seconds": 8, **body})
    assert response.status_code == 201, response.text
    started_search: dict[str, Any] = response.json()
    assert runner.workspace.run_next("training")
    job = server.get(f"/api/jobs/{started_search['job']['id']}").json()
    assert job["state"] == "done", job["error"]
    suggestion: dict[str, Any] = server.get(f"/api/suggestions/{started_search['suggestion']['id']}").json()
    return suggestion


def test_a_search_drafts_the_best_plan_at_the_cost(server: TestClient, runner: InlineRunner, root: Node) -> None:
    assert root.macs is not None
    goal = {"metric": "macs", "value": root.macs // 2}
    suggestion = suggest(server, runner, root, goal=goal)
    best = suggestion["candidates"][0]
    assert best["state"] == "best" and best["cost"]["macs"] <= root.macs // 2
    assert best["unseen"]["images"] > 0 and best["unseen"]["images"] + best["images"] == 360
    plan = server.get(f"/api/plans/{suggestion['plan_id']}").json()
    assert plan["state"] == "draft" and plan["cost"] == best["cost"]
    assert "Suggested: the best of" in plan["note"]
    assert [value["id"] for value in server.get(f"/api/nodes/{root.id}/suggestions").json()] == [suggestion["id"]]
    preview = server.post(f"/api/plans/{plan['id']}/preview")
    assert preview.status_code == 200 or preview.json()["kind"] == "preview"


def test_the_draft_of_a_suggestion_can_be_deleted(server: TestClient, runner: InlineRunner, root: Node) -> None:
    suggestion = suggest(server, runner, root, goal={"metric": "filters", "value": (root.filters or 0) // 2}, seconds=5)
    assert server.delete(f"/api/plans/{suggestion['plan_id']}").status_code == 204
    assert server.get(f"/api/suggestions/{suggestion['id']}").json()["plan_id"] is None


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ({"metric": "macs", "value": 10**12}, "already meets the goal of 1,000,000,000,000; set a lower goal."),
        ({"accuracy": 1.0}, "set a lower accuracy."),
    ],
)
def test_a_goal_that_makes_no_sense_is_refused(
    server: TestClient, root: Node, goal: dict[str, Any], expected: str
) -> None:
    response = server.post(f"/api/nodes/{root.id}/suggestions", json={"goal": goal})
    assert response.status_code == 422
    assert response.json()["error"]["message"].endswith(expected)


def test_a_deleted_branch_takes_its_suggestions_along(server: TestClient, runner: InlineRunner, root: Node) -> None:
    suggestion = suggest(server, runner, root, goal={"metric": "filters", "value": (root.filters or 0) // 2}, seconds=5)
    assert server.delete(f"/api/experiments/{root.experiment_id}").status_code == 204
    assert server.get(f"/api/suggestions/{suggestion['id']}").status_code == 404


def test_a_stopped_search_keeps_its_candidates_and_drafts_nothing(
    server: TestClient, runner: InlineRunner, root: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "is_cancelled", lambda _: count_candidates(server, root) >= 3)
    goal = {"metric": "macs", "value": (root.macs or 0) // 2}
    server.post(f"/api/nodes/{root.id}/suggestions", json={"goal": goal, "seconds": 60})
    plans = server.get(f"/api/nodes/{root.id}/plans").json()
    assert runner.workspace.run_next("training")
    (suggestion,) = server.get(f"/api/nodes/{root.id}/suggestions").json()
    assert len(suggestion["candidates"]) >= 3 and suggestion["plan_id"] is None
    assert server.get(f"/api/nodes/{root.id}/plans").json() == plans


def count_candidates(server: TestClient, root: Node) -> int:
    """The number of candidates that have been published."""
    suggestions = server.get(f"/api/nodes/{root.id}/suggestions").json()
    return len(suggestions[0]["candidates"]) if suggestions else 0


def test_the_command_drafts_the_best_plan_and_the_one_on_a_line(
    server: TestClient,
    runner: InlineRunner,
    root: Node,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = in_process(server)
    monkeypatch.setattr(client, "wait", lambda *_: runner.workspace.run_next("training"))
    monkeypatch.setattr(command, "Client", lambda _: client)
    arguments = ["suggest", str(root.id), "--target", "macs", "50%", "--seconds", "8", "--draft", "1"]
    assert main(arguments) == 0
    (suggestion,) = client.suggestions(root.id)
    best, other = client.plans(root.id)[-2:]
    assert best.id == suggestion.plan_id
    assert other.cost == suggestion.candidates[0].cost and other.rule == suggestion.candidates[0].rule
    assert other.note.startswith(f"Tried by search {suggestion.id}: ")
    output = capsys.readouterr().out
    assert (
        f"plan {best.name} (id {best.id}) removes" in output and f"plan {other.name} (id {other.id}) removes" in output
    )
    assert "% on 180 images" in output


def test_the_command_names_the_node_that_the_best_plan_makes(
    server: TestClient,
    runner: InlineRunner,
    workspace: Workspace,
    root: Node,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = in_process(server)
    monkeypatch.setattr(client, "wait", lambda *_: runner.workspace.run_next("training"))
    monkeypatch.setattr(command, "Client", lambda _: client)
    monkeypatch.setattr("time.sleep", lambda _: suggestions.apply_suggested_plans(workspace))
    arguments = ["suggest", str(root.id), "--target", "macs", "50%", "--seconds", "8", "--apply"]
    assert main([*arguments, "--training-seconds", "30"]) == 0
    assert "is being created" in capsys.readouterr().out
    assert main(["suggest", str(root.id), "--target", "macs", "50%", "--training-seconds", "30"]) == 1
    assert "only used with --apply" in capsys.readouterr().err
