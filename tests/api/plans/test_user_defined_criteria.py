"""User-defined criteria over REST: listed with options, computed, stored, used in plans; broken ones are rejected."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.domain.jobs import Queue
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.plans.plugins import Plugins
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import Store
from tests.api.conftest import IdleRunner
from tests.api.inline_runner import InlineRunner

OWN = """
from cnnpruner.engine.criteria import FilterCriterion, NumberOption

class Power(FilterCriterion):
    name, title, help, keep = "power_norm", "Norm", "p-norm of the weights.", "high"
    options = (NumberOption(name="power", title="p", help="1 is L1.", low=0.5, high=8, default=2),)

    def filter_values(self, weight):
        return (weight.abs() ** self.settings["power"]).sum(1)
"""
FAILS_LATER = """
from cnnpruner.engine.criteria import FilterCriterion

class Small(FilterCriterion):
    name, title, help, keep = "small_only", "Small", "For small layers.", "high"

    def filter_values(self, weight):
        if weight.shape[0] > 16:
            raise ValueError("too many filters")
        return weight.sum(1)
"""
EXITS_LATER = FAILS_LATER.replace("small_only", "leaves_early").replace("raise ValueError", "raise SystemExit")
DIVIDES = """
from cnnpruner.engine.criteria import DataCriterion, FilterCriterion

class Never(FilterCriterion):
    name, title, help, keep = "never_seen", "Never", "No value for large layers.", "high"

    def filter_values(self, weight):
        return weight.sum(1) / (0 if weight.shape[0] > 16 else 1)

class Blank(FilterCriterion):
    name, title, help, keep = "left_blank", "Blank", "No number for large layers.", "high"

    def filter_values(self, weight):
        return weight.sum(1) * (float("nan") if weight.shape[0] > 16 else 1)

class Gradient(DataCriterion):
    name, title, help, keep = "blown_up", "Blown", "No number for many channels.", "high"
    needs = frozenset({"images", "labels"})

    def channel_values(self, inputs, gradient):
        return gradient.sum(2) / (0 if gradient.shape[1] > 16 else 1)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    created = tmp_path_factory.mktemp("criteria")
    (created / "own.py").write_text(OWN)
    (created / "small.py").write_text(FAILS_LATER)
    (created / "exits.py").write_text(EXITS_LATER)
    (created / "divides.py").write_text(DIVIDES)
    (created / "broken.py").write_text("import nowhere_to_be_found\n")
    return created


@pytest.fixture(scope="module")
def plugins(folder: Path) -> Plugins:
    """Checked once, by one process for each file."""
    return Plugins(folder)


@pytest.fixture
def server(workspace: Workspace, root: Node, folder: Path, plugins: Plugins) -> Iterator[TestClient]:
    runner = InlineRunner(workspace.store, criteria=folder)
    app = create_app(replace(workspace, runner=runner, plugins=plugins))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def test_user_defined_criteria_are_listed_scored_stored_and_used_in_plans(
    server: TestClient, workspace: Workspace, root: Node, tmp_path: Path
) -> None:
    result = {item["name"]: item for item in server.get("/api/criteria").json()}
    assert result["power_norm"]["options"][0]["high"] == 8 and result["power_norm"]["error"] is None
    assert list(result)[-1] == "broken" and "ModuleNotFoundError" in result["broken"]["error"]

    path = f"/api/nodes/{root.id}/scores"
    squares = server.get(path, params={"criterion": "power_norm"}).json()
    sums = server.get(path, params={"criterion": "power_norm:power=1.0"}).json()
    l1 = server.get(path, params={"criterion": "l1"}).json()
    assert sums["criterion"] == "power_norm:power=1"
    assert sums["score"] == pytest.approx(l1["score"]) and squares["score"] != sums["score"]
    jobs = len(workspace.store.jobs.list())
    assert server.post(path, params={"criterion": "power_norm:power=1"}).json() == sums
    assert len(workspace.store.jobs.list()) == jobs, "kept"

    rule = {"rule": "percent", "percent": 10, "criterion": "power_norm:power=1.00"}
    plan = server.post(f"/api/nodes/{root.id}/plans", json=rule).json()
    assert plan["rule"]["criterion"] == "power_norm:power=1"
    by_l1 = server.post(f"/api/nodes/{root.id}/plans", json=rule | {"criterion": "l1"}).json()
    assert plan["units"] == by_l1["units"] != []

    changed = tmp_path / "changed"
    changed.mkdir()
    (changed / "own.py").write_text(OWN.replace("weight.abs()", "weight.relu()"))
    changed_plugins = Plugins(
        changed
    )  # as a server that was started anew: values of the old text are no longer its own
    app = create_app(
        replace(workspace, runner=InlineRunner(workspace.store, criteria=changed), plugins=changed_plugins)
    )
    with TestClient(app, base_url="http://127.0.0.1") as client:
        response = client.post(path, params={"criterion": "power_norm:power=1"})
        assert response.status_code == 202 and response.json()["kind"] == "score"


def test_unusable_criteria_are_rejected_with_the_reason(server: TestClient, root: Node) -> None:
    path = f"/api/nodes/{root.id}/scores"
    for spec, status, expected in [
        ("broken", 422, "was skipped: ModuleNotFoundError"),
        ("power_norm:power=9", 422, "a number from 0.5 to 8"),
        ("power_norm:size=9", 422, "its options are power"),
        ("l1:per_weight=maybe", 422, "true or false"),
        ("small_only", 422, "failed on this network: ValueError: too many filters"),
        ("leaves_early", 422, "Criterion leaves_early failed on this network: SystemExit: too many filters"),
        ("never_seen", 422, "Criterion never_seen returns values that are not finite for "),
        ("left_blank", 422, "Criterion left_blank returns values that are not finite for "),
        ("blown_up", 422, "Criterion blown_up returns values that are not finite for "),
    ]:
        response = server.get(path, params={"criterion": spec})
        assert (response.status_code, expected in response.json()["error"]["message"]) == (status, True), (
            response.json()
        )


def test_agreement_skips_criteria_that_fail_on_the_node_and_says_so(server: TestClient, root: Node) -> None:
    result = server.get(f"/api/nodes/{root.id}/agreement").json()
    assert result["criteria"][-1] == "power_norm" and len(result["skipped"]) == 5
    assert "too many filters" in result["skipped"]["small_only"]
    agreement = server.get(
        f"/api/nodes/{root.id}/agreement?criteria=l1&criteria=power_norm:power=1&criteria=small_only"
    ).json()
    assert agreement["criteria"] == ["l1", "power_norm:power=1"] and list(agreement["skipped"]) == ["small_only"]
    assert agreement["correlation"][0][1] == pytest.approx(1)


def test_a_criterion_that_failed_on_a_node_is_not_run_there_again(
    server: TestClient, workspace: Workspace, root: Node
) -> None:
    path = f"/api/nodes/{root.id}/scores"
    first = server.get(path, params={"criterion": "leaves_early"})
    jobs = len(workspace.store.jobs.list())
    responses = [
        server.get(path, params={"criterion": "leaves_early"}),
        server.post(f"{path}?criterion=leaves_early"),
    ]
    assert [(response.status_code, response.json()) for response in responses] == [(422, first.json())] * 2
    assert len(workspace.store.jobs.list()) == jobs


class StuckRunner(IdleRunner):
    """A worker that starts every job and finishes none."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def wake(self, queue: Queue) -> None:
        self.store.jobs.claim(queue, "stuck")


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("power_norm", "Or make the criterion in own.py faster and restart the server."),
        ("l1", "Computing the scores for criterion l1 took longer than 0 s on this network and was stopped. Compute"),
    ],
)
def test_a_slow_criterion_is_named_with_the_call_that_has_no_time_limit(
    workspace: Workspace, root: Node, plugins: Plugins, monkeypatch: pytest.MonkeyPatch, criterion: str, expected: str
) -> None:
    monkeypatch.setattr("cnnpruner.service.plans.criteria.SCORING_TIMEOUT_S", 0.0)
    app = create_app(replace(workspace, runner=StuckRunner(workspace.store), plugins=plugins))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        response = client.get(f"/api/nodes/{root.id}/scores", params={"criterion": criterion})
    assert (response.status_code, expected in response.json()["error"]["message"]) == (503, True), response.json()


def test_a_criterion_is_not_blamed_for_a_busy_queue(
    client: TestClient, root: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnpruner.service.plans.criteria.SCORING_TIMEOUT_S", 0.0)
    response = client.get(f"/api/nodes/{root.id}/scores", params={"criterion": "l1"})
    assert (response.status_code, "The server was busy with other jobs" in response.text) == (503, True)
