"""Autopilots that reach a cost, halve their step, follow a schedule, and rank and start as asked."""

from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.domain.base import ErrorBody
from cnnpruner.domain.plans.orders import DEFAULT_FLOOR, DEFAULT_ORDER
from cnnpruner.service.tree import autopilots
from cnnpruner.service.workspace import Workspace
from tests.api.in_process_client import in_process
from tests.api.tree.test_autopilots import finish_step, start
from tests.trees import SmallTree, make_small_tree


@pytest.fixture
def small_tree(workspace: Workspace) -> SmallTree:
    """A root with 98 of 100 correct; the default target is 97.5%."""
    return make_small_tree(workspace.store)


def refuse(client: TestClient, node_id: int, **body: Any) -> str:
    """The message with which the server refuses to start this Autopilot."""
    response = client.post(f"/api/nodes/{node_id}/autopilots", json={"kind": "automatic", **body})
    assert response.status_code == 422, response.text
    return str(response.json()["error"]["message"])


def test_a_miss_halves_the_step_and_continues_from_the_last_good_node(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    autopilot = start(client, small_tree.root_id, kind="halving", percent=40)
    autopilot = finish_step(workspace, client, small_tree, autopilot, 98)
    good_id = autopilot["nodes"][0]
    autopilot = finish_step(workspace, client, small_tree, autopilot, 90)
    assert (autopilot["state"], autopilot["good_id"]) == ("running", good_id)
    _, good, bad, halved = small_tree.nodes()
    assert bad.parent_id == halved.parent_id == good.id
    assert (bad.removed_filters, halved.removed_filters) == (
        round(0.4 * (good.free_filters or 0)),
        round(0.2 * (good.free_filters or 0)),
    )
    autopilot = finish_step(workspace, client, small_tree, autopilot, 98)
    next_node = small_tree.nodes()[-1]
    assert next_node.parent_id == halved.id, "a good node is continued from"
    assert next_node.removed_filters == round(0.2 * (small_tree.nodes()[3].free_filters or 0)), "the step stays halved"


def test_halving_ends_before_a_step_below_one_percent_or_one_filter(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    autopilot = start(client, small_tree.root_id, kind="halving", percent=20)
    for _ in range(20):
        if autopilot["state"] != "running":
            break
        autopilot = finish_step(workspace, client, small_tree, autopilot, 50)
    assert autopilot["state"] == "done"
    assert autopilot["reason"].startswith("Nothing more can be removed")
    nodes = small_tree.nodes()[1:]
    removed = [node.removed_filters or 0 for node in nodes]
    assert {node.parent_id for node in nodes} == {small_tree.root_id}
    assert removed == sorted(removed, reverse=True) and removed[-1] in (1, 2), "down to one unit"


@pytest.mark.parametrize("kind", ["automatic", "halving"])
@pytest.mark.parametrize("metric", ["macs", "parameters", "size_bytes", "filters"])
def test_the_last_step_reaches_a_cost_goal_exactly(
    client: TestClient, workspace: Workspace, small_tree: SmallTree, metric: str, kind: str
) -> None:
    root = small_tree.nodes()[0]
    goal = {"metric": metric, "value": int(0.5 * getattr(root, metric))}
    autopilot = start(client, small_tree.root_id, kind=kind, percent=20, goal=goal)
    assert autopilot["target_accuracy"] is None, "only the cost counts"
    while autopilot["state"] == "running":
        autopilot = finish_step(workspace, client, small_tree, autopilot, 60)
    last = small_tree.nodes()[-1]
    assert getattr(last, metric) <= goal["value"] < getattr(small_tree.nodes()[-2], metric)
    assert autopilot["state"] == "done"
    assert autopilot["reason"].startswith(f"Node {last.number} has {getattr(last, metric):,} ")
    plan = client.get(f"/api/plans/{last.plan_id}").json()
    assert plan["rule"]["rule"] == "target" and plan["rule"]["value"] == goal["value"]


def test_a_schedule_approaches_its_goal_in_steps_that_become_smaller(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    root = small_tree.nodes()[0]
    assert root.parameters is not None
    value = int(0.3 * root.parameters)
    goal = {"metric": "parameters", "value": value}
    autopilot = start(client, small_tree.root_id, kind="schedule", steps=3, goal=goal)
    assert (autopilot["steps"], autopilot["percent"]) == (3, 25)
    while autopilot["state"] == "running":
        autopilot = finish_step(workspace, client, small_tree, autopilot, 60)
    parameters = [node.parameters or 0 for node in small_tree.nodes()]
    limits = [value + (root.parameters - value) * (1 - step / 3) ** 3 for step in (1, 2, 3)]
    assert len(parameters) == 4
    for reached, limit, before in zip(parameters[1:], limits, parameters, strict=False):
        assert reached <= limit < before
    falls = [before - after for before, after in pairwise(parameters)]
    assert falls == sorted(falls, reverse=True)
    assert autopilot["reason"].startswith("Node 3 has ") and "meets the goal" in autopilot["reason"]


def test_a_schedule_with_a_target_ends_at_the_first_miss(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    goal = {"metric": "filters", "value": 10}
    autopilot = start(client, small_tree.root_id, kind="schedule", steps=4, goal=goal, target_accuracy=0.9)
    autopilot = finish_step(workspace, client, small_tree, autopilot, 80)
    assert (autopilot["state"], len(autopilot["nodes"])) == ("done", 1)
    assert "below the target of 90.00%" in autopilot["reason"]


def test_an_accuracy_as_goal_is_the_target(client: TestClient, small_tree: SmallTree) -> None:
    autopilot = start(client, small_tree.root_id, kind="halving", goal={"accuracy": 0.9})
    assert (autopilot["goal"], autopilot["target_accuracy"]) == (None, 0.9)


def test_the_baselines_of_the_paper_use_its_order_and_start_as_cut(client: TestClient, small_tree: SmallTree) -> None:
    autopilot = start(client, small_tree.root_id)
    assert autopilot["order"] == {"criterion": "taylor", "scope": "network", "within": None, "floor": 0.0}
    assert autopilot["start"] == "cut"
    node = small_tree.nodes()[-1]
    assert node.training is not None and node.training.start == "cut"


def test_other_kinds_start_as_the_training_settings_say(client: TestClient, small_tree: SmallTree) -> None:
    assert (
        start(client, small_tree.root_id, kind="halving", training={"start": "recalibrated"})["start"] == "recalibrated"
    )
    settings = client.get(f"/api/experiments/{small_tree.experiment_id}").json()["training"]
    assert start(client, small_tree.root_id, kind="halving")["start"] == settings["start"]


def test_goals_that_cannot_be_meant_are_refused_with_the_cure(client: TestClient, small_tree: SmallTree) -> None:
    root = small_tree.nodes()[0]
    message = refuse(client, small_tree.root_id, goal={"metric": "macs", "value": root.macs})
    assert message.startswith("Node 0 has ") and message.endswith("; set a lower goal.")
    message = refuse(client, small_tree.root_id, kind="schedule")
    assert message.startswith("A schedule needs a target cost")
    message = refuse(client, small_tree.root_id, goal={"accuracy": 0.9}, target_accuracy=0.8)
    assert message == "goal.accuracy and target_accuracy differ; send only one of them."
    assert (
        "no criterion"
        in client.post(
            f"/api/nodes/{small_tree.root_id}/autopilots", json={"kind": "halving", "order": {"criterion": "nothing"}}
        ).json()["error"]["message"]
    )
    assert len(small_tree.nodes()) == 1


def test_the_client_sends_the_default_order_for_kinds_that_are_not_of_the_paper(
    client: TestClient, small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = start(client, small_tree.root_id)
    notebook = in_process(client)
    bodies: list[dict[str, Any]] = []

    def record(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        bodies.append(body)
        return answer

    monkeypatch.setattr(notebook._http, "call", record)
    notebook.start_autopilot(small_tree.root_id, "schedule")
    notebook.start_autopilot(small_tree.root_id, "halving", order={"criterion": "l1"})
    notebook.start_autopilot(small_tree.root_id)
    default = {"criterion": DEFAULT_ORDER, "floor": DEFAULT_FLOOR}
    assert [body.get("order") for body in bodies] == [default, {"criterion": "l1"}, None]


def test_a_step_waits_for_the_scores_of_its_criterion_without_blocking_others(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    store = workspace.store
    order = {"criterion": "l1/macs^0.5", "scope": "group", "within": "l2", "floor": 0.25}
    for criterion in ("l1", "l2"):
        small_tree.add_scores(small_tree.root_id, criterion)
    body = {"kind": "halving", "percent": 30, "order": order, "start": "reconstructed", "training": {"teacher": "root"}}
    autopilot = start(client, small_tree.root_id, **body)
    assert (autopilot["order"], autopilot["start"]) == (order, "reconstructed")
    node_id = autopilot["current_id"]
    finish_step(workspace, client, small_tree, autopilot, 98)
    autopilots.advance_autopilots(workspace)  # looks again, but does not ask for the scores again
    score_jobs = [job for job in store.jobs.list(small_tree.experiment_id, active=True) if job.kind == "score"]
    assert [job.node_id for job in score_jobs] == [node_id, node_id]
    assert len(small_tree.nodes()) == 2
    for criterion in ("l1", "l2"):
        small_tree.add_scores(node_id, criterion)
    autopilots.advance_autopilots(workspace)
    for node in small_tree.nodes()[1:]:
        rule = client.get(f"/api/plans/{node.plan_id}").json()["rule"]
        assert {name: rule[name] for name in order} == order
        assert node.training is not None
        assert (node.training.start, node.training.teacher) == ("reconstructed", small_tree.root_id)
    assert len(small_tree.nodes()) == 3


def test_the_first_step_waits_for_its_scores_while_the_request_is_answered_at_once(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    autopilot = start(client, small_tree.root_id, kind="halving", order={"criterion": "l1"})
    assert (autopilot["state"], autopilot["nodes"], autopilot["current_id"]) == ("running", [], None)
    autopilots.advance_autopilots(workspace)
    assert len(small_tree.nodes()) == 1
    small_tree.add_scores(small_tree.root_id, "l1")
    autopilots.advance_autopilots(workspace)
    assert [node.origin for node in small_tree.nodes()[1:]] == ["automatic"]


def test_an_autopilot_whose_scores_cannot_be_computed_fails_with_the_reason(
    client: TestClient, workspace: Workspace, small_tree: SmallTree
) -> None:
    small_tree.add_scores(small_tree.root_id, "l1")
    autopilot = start(client, small_tree.root_id, kind="halving", order={"criterion": "l1"})
    finish_step(workspace, client, small_tree, autopilot, 98)
    claimed = workspace.store.jobs.claim("interactive", "test")
    assert claimed is not None and claimed.kind == "score"
    workspace.store.jobs.fail(
        claimed.id,
        claimed.attempt,
        ErrorBody(code="invalid_input", message="The network cannot be scored.", details={}),
    )
    autopilots.advance_autopilots(workspace)
    ended = client.get(f"/api/autopilots/{autopilot['id']}").json()
    assert (ended["state"], ended["reason"]) == ("failed", "The network cannot be scored.")
