"""The status of every call for visitors without a token, with links to view or edit, and with another tree's link."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pytest
from fastapi.routing import APIRoute

from cnnpruner.api.access import CALL_PERMISSIONS
from cnnpruner.api.app import create_app
from cnnpruner.config import Config
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.api.conftest import IdleRunner
from tests.api.shared_trees import Tree, grow, link_to, visit, with_owner_token

NEW = {"data": {"kind": "digits"}, "network": {"name": "small_vgg"}}


@dataclass(frozen=True)
class Row:
    """A call about the first tree, and its status for each visitor."""

    call: str
    nobody: int
    read: int
    editor: int
    foreign_link: int
    """The holder of a link that may edit and export, but another tree."""
    body: dict[str, Any] | None = None

    @property
    def method(self) -> str:
        return self.call.split()[0]

    @property
    def path(self) -> str:
        return self.call.split()[1]


TABLE = [
    Row("GET /api/health", 200, 200, 200, 200),
    Row("GET /api/visitor", 200, 200, 200, 200),
    Row("POST /api/visitor", 401, 401, 401, 401, {"token": "none"}),
    Row("DELETE /api/visitor", 204, 204, 204, 204),
    Row("GET /api/data", 401, 403, 403, 403),
    Row("GET /api/criteria", 401, 200, 200, 200),
    Row("GET /api/experiments", 401, 200, 200, 200),
    Row("POST /api/experiments", 401, 403, 403, 403, NEW),
    Row("GET /api/experiments/{experiment_id}", 401, 200, 200, 404),
    Row("PATCH /api/experiments/{experiment_id}", 401, 403, 200, 404, {"name": "other"}),
    Row("DELETE /api/experiments/{experiment_id}", 401, 403, 403, 403),
    Row("GET /api/experiments/{experiment_id}/tree", 401, 200, 200, 404),
    Row("GET /api/experiments/{experiment_id}/samples/0/image", 401, 200, 200, 404),
    Row("GET /api/experiments/{experiment_id}/events", 401, 200, 200, 404),
    Row("GET /api/experiments/{experiment_id}/estimates", 401, 200, 200, 404),
    Row("GET /api/experiments/{experiment_id}/forecast", 401, 200, 200, 404),
    Row("GET /api/experiments/{experiment_id}/autopilots", 401, 200, 200, 404),
    Row("GET /api/experiments/{experiment_id}/comparison?nodes={root_id}&nodes={node_id}", 401, 200, 200, 404),
    Row("GET /api/experiments/{experiment_id}/links", 401, 403, 403, 403),
    Row("POST /api/experiments/{experiment_id}/links", 401, 403, 403, 403, {}),
    Row("DELETE /api/links/{link_id}", 401, 403, 403, 403),
    Row("GET /api/nodes/{node_id}", 401, 200, 200, 404),
    Row("PATCH /api/nodes/{node_id}", 401, 403, 200, 404, {"starred": True}),
    Row("GET /api/nodes/{node_id}/layers", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/scores", 401, 200, 200, 404),
    Row("POST /api/nodes/{node_id}/scores", 401, 403, 200, 404),
    Row("GET /api/nodes/{node_id}/agreement?criteria=taylor", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/epochs", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/confusion", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/samples", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/samples/0", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/samples/0/filters?layer={layer}", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/layers/{layer}/filters", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/embedding", 401, 200, 200, 404),
    Row("POST /api/nodes/{node_id}/embedding", 401, 403, 200, 404),
    Row("GET /api/nodes/{node_id}/plans", 401, 200, 200, 404),
    Row("POST /api/nodes/{node_id}/plans", 401, 403, 201, 404, {"rule": "percent", "percent": 10}),
    Row("GET /api/nodes/{node_id}/latencies", 401, 200, 200, 404),
    Row("POST /api/nodes/{node_id}/latencies", 401, 403, 202, 404),
    Row("POST /api/nodes/{node_id}/test", 401, 403, 202, 404),
    Row("GET /api/nodes/{node_id}/exports", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/export", 401, 403, 403, 404),
    Row("POST /api/nodes/{node_id}/export", 401, 403, 403, 404),
    Row("GET /api/experiments/{experiment_id}/bundle?weights=false", 401, 200, 200, 404),
    Row("GET /api/experiments/{experiment_id}/bundle", 401, 403, 403, 404),
    Row("GET /api/experiments/{experiment_id}/report", 401, 200, 200, 404),
    Row("POST /api/bundles", 401, 403, 403, 403),
    Row("POST /api/nodes/{node_id}/estimate", 401, 403, 201, 404, {"target_accuracy": 0.95}),
    Row("POST /api/nodes/{root_id}/autopilots", 401, 403, 201, 404, {"kind": "automatic", "target_accuracy": 0.9}),
    Row("POST /api/nodes/{node_id}/controls", 401, 403, 201, 404, {"kind": "l1"}),
    Row("GET /api/nodes/{node_id}/branch", 401, 200, 200, 404),
    Row("DELETE /api/nodes/{node_id}", 401, 403, 200, 404),
    Row("GET /api/plans/{plan_id}", 401, 200, 200, 404),
    Row("PATCH /api/plans/{plan_id}", 401, 403, 200, 404, {"note": "why"}),
    Row("DELETE /api/plans/{plan_id}", 401, 403, 204, 404),
    Row("POST /api/plans/{plan_id}/preview", 401, 403, 202, 404),
    Row("POST /api/plans/{plan_id}/apply", 401, 403, 202, 404, {}),
    Row("GET /api/jobs?experiment_id={experiment_id}", 401, 200, 200, 404),
    Row("GET /api/jobs/{job_id}", 401, 200, 200, 404),
    Row("POST /api/jobs/{job_id}/cancel", 401, 403, 200, 404),
    Row("POST /api/estimates/{estimate_id}/plan", 401, 403, 201, 404),
    Row("POST /api/nodes/{node_id}/suggestions", 401, 403, 201, 404, {"goal": {"metric": "filters", "value": 1}}),
    Row("GET /api/nodes/{node_id}/suggestions", 401, 200, 200, 404),
    Row("GET /api/suggestions/{suggestion_id}", 401, 200, 200, 404),
    Row("GET /api/nodes/{node_id}/recipe", 401, 200, 200, 404),
    Row("GET /api/autopilots/{autopilot_id}", 401, 200, 200, 404),
    Row("POST /api/autopilots/{autopilot_id}/stop", 401, 403, 200, 404, {}),
    Row("POST /api/inspections", 401, 403, 403, 403, NEW),
    Row("GET /api/inspections/{report_id}", 401, 403, 403, 403),
    Row("POST /api/data/reports", 401, 403, 403, 403, {"data": NEW["data"]}),
    Row("GET /api/data/reports/{report_id}", 401, 403, 403, 403),
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Tree, Tree]]:
    """Two trees. Changes that a test makes to the first persist."""
    folder = tmp_path_factory.mktemp("trees")
    config = Config(
        f"sqlite:///{folder / 'experiments.db'}", folder / "models", (folder,), "127.0.0.1", 0, False, False
    )
    store = open_store(config.database, config.models)
    workspace = with_owner_token(Workspace(config, store, IdleRunner(), Broadcast(store)))
    yield workspace, grow(workspace), grow(workspace)
    store.close()


@pytest.mark.parametrize("row", TABLE, ids=[row.call for row in TABLE])
def test_every_call_checks_its_visitor(prepared: tuple[Workspace, Tree, Tree], row: Row) -> None:
    workspace, _, other = prepared
    tree = prepared[1] if row.method == "GET" or row.editor >= 400 else _grow_again(workspace)
    experiment_id, foreign_link = tree.experiment_id, other.experiment_id
    tokens = (
        None,
        link_to(workspace, experiment_id),
        link_to(workspace, experiment_id, "edit"),
        link_to(workspace, foreign_link, "edit", may_export=True),
    )
    expected = (row.nobody, row.read, row.editor, row.foreign_link)
    path = row.path.format(**asdict(tree))
    # in the table's order but for the editor, who may change what the others ask for
    statuses: dict[int, int] = {}
    for index in (0, 1, 3, 2):
        client = visit(workspace, tokens[index])
        if path.endswith("/events") and expected[index] == 200:
            statuses[index] = 200  # endless; tests/e2e/product/test_sharing.py listens to it
            continue
        response = client.request(row.method, path, json=row.body)
        statuses[index] = response.status_code
        if response.status_code >= 400:
            assert set(response.json()["error"]) == {"code", "message", "details"}
    assert tuple(statuses[index] for index in range(4)) == expected


def _grow_again(workspace: Workspace) -> Tree:
    for job in workspace.store.jobs.list(active=True):
        workspace.store.jobs.cancel(job.id)
    return grow(workspace)


def test_the_table_and_the_permissions_cover_every_call() -> None:
    document = create_app(None).openapi()["paths"]
    routes_in_document = {(method.upper(), path) for path, calls in document.items() for method in calls}
    named = {find_route(row, routes_in_document) for row in TABLE}
    missing = sorted(" ".join(route) for route in routes_in_document - named)
    assert not missing, f"add a row to TABLE for {missing}: who may call it?"
    calls = {route["operationId"] for path in document.values() for route in path.values()}
    assert calls == set(CALL_PERMISSIONS), "api/access.py says what each call needs; unnamed ones are the owner's alone"


def find_route(row: Row, routes_in_document: set[tuple[str, str]]) -> tuple[str, str]:
    """Returns the route of a row."""
    routes = {
        (method, path): APIRoute(path, lambda: None) for method, path in routes_in_document if method == row.method
    }
    path = row.path.partition("?")[0].format(**asdict(Tree(*(7,) * 10, layer="a")))
    matches = [key for key, route in routes.items() if route.path_regex.fullmatch(path)]
    assert matches, f"no call is {row.call}"
    return min(matches, key=lambda key: key[1].count("{"))
