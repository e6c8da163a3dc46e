"""Over a thousand random valid and invalid requests to every call are answered as documented.

The app runs in this process with a worker, so that everything requested is really computed, except training.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.python.asgi import get_client
from schemathesis.specs.openapi import checks

from cnnpruner.api.app import create_app
from cnnpruner.config import Config
from cnnpruner.domain.plans.plans import NewPercentPlan
from cnnpruner.domain.sharing.links import NewLink
from cnnpruner.domain.tree.autopilots import NewAutopilot
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.plans import criteria, plans
from cnnpruner.service.sharing import links
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.api.inline_runner import InlineRunner
from tests.digits_node import add_ready_root

EXAMPLES = 11
"""Number of requests per call, valid and invalid each."""
SLOW = {"create_experiment": 6, "inspect_network": 6, "measure_latency": 6, "measure_test": 6, "start_export": 6}
"""Fewer requests for calls that train, build or measure something."""
MIN_REQUESTS = 1000
TIMEOUT_S = 120.0
ENDLESS = "stream_events"
"""Its response never ends; tests/e2e/product/test_sharing.py tests it."""
CHECKS = [
    checks.status_code_conformance,
    checks.response_schema_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]
"""In addition to `not_a_server_error`, which is asserted below, so that documented 5XX responses fail as well."""


@schemathesis.serializer("application/zip")
def _upload(_: Any, value: Any) -> bytes:
    """Bodies that should be archives are random bytes or text."""
    data = getattr(value, "data", value)
    return data if isinstance(data, bytes) else str(data).encode()


@dataclass
class Server:
    """The server under test, and the statuses that it answered."""

    workspace: Workspace
    root_id: int
    responses: Counter[int] = field(default_factory=Counter)

    def ids(self) -> dict[str, Any]:
        """Returns existing ids for all names used in paths and queries."""
        workspace, root = self.workspace, self.workspace.store.nodes.get(self.root_id)
        plan = plans.draft(workspace, root, NewPercentPlan(percent=20))
        job = workspace.store.jobs.list()[0]
        estimate = workspace.store.estimates.list(1)[0]
        autopilot = workspace.store.autopilots.list(1)[0]
        link = links.create(workspace, workspace.store.experiments.get(1), NewLink()).link
        names = {"node_id": root.id, "experiment_id": 1, "plan_id": plan.id, "job_id": job.id, "link_id": link.id}
        return names | {"estimate_id": estimate.id, "autopilot_id": autopilot.id, "sample": 3, "layer": "features.0"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A ready root of the demo's network, with one of everything that has an id."""
    folder = tmp_path_factory.mktemp("fuzzed")
    config = Config(f"sqlite:///{folder / 'e.db'}", folder / "models", (folder,), "127.0.0.1", 0, False, False)
    store = open_store(config.database, config.models)
    root_id = add_ready_root(store)
    content = {"target_accuracy": 0.5, "from_id": root_id, "keep": 500, "remove": 10, "percent": 2.0, "change": 0.02}
    unknown = ("good_id", "bad_id", "interpolated", "interpolation_reason", "forecast", "forecast_reason")
    store.estimates.add(1, root_id, content | dict.fromkeys(unknown))
    store.autopilots.add(1, root_id, NewAutopilot(kind="automatic", target_accuracy=0.9, start="cut"))
    yield Server(Workspace(config, store, InlineRunner(store, config.data), Broadcast(store)), root_id)
    store.close()


@pytest.mark.slow
def test_every_response_to_a_random_request_is_documented_and_the_tree_stays_intact(server: Server) -> None:
    app: Any = create_app(server.workspace)
    schema: Any = schemathesis.openapi.from_dict(_plain_tuples(app.openapi()))
    schema.app = app
    before = _tree(server)
    failures: list[str] = []
    with get_client(app) as client:
        for result in schema.get_all_operations():
            operation = result.ok()
            name = operation.definition.raw["operationId"]
            for mode in GenerationMode if name != ENDLESS else ():
                try:
                    _send_requests(server, client, operation, name, mode)
                except Unsatisfiable:
                    assert mode is GenerationMode.NEGATIVE, name  # a call without input cannot be asked wrongly
                except BaseExceptionGroup as group:
                    failures += [f"{name}, {mode.value}: {error}" for error in group.exceptions]
                except Exception as error:  # noqa: BLE001 all that was found is told at the end
                    failures.append(f"{name}, {mode.value}: {error}")
        assert client.get("http://127.0.0.1/api/health").status_code == 200
    assert not failures, "\n\n".join(failures)
    assert sum(server.responses.values()) >= MIN_REQUESTS, server.responses
    assert all(server.responses[status] for status in (200, 201, 202, 204, 404, 409, 422)), server.responses
    assert _tree(server) == before
    _require_intact(server)


def _plain_tuples(value: Any) -> Any:
    """Replaces tuples in the document by lists of either type: Schemathesis 4.32 garbles nested `prefixItems`."""
    if isinstance(value, list):
        return [_plain_tuples(other) for other in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _plain_tuples(other) for name, other in value.items()}
    variants = plain.pop("prefixItems", None)
    return plain if variants is None else plain | {"items": {"anyOf": variants}}


def _send_requests(server: Server, client: Any, operation: Any, name: str, mode: GenerationMode) -> None:
    """Sends random requests of one kind to one call, and checks every response."""
    ids = server.ids()

    @seed(1)
    @settings(
        max_examples=SLOW.get(name, EXAMPLES),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), uses_known_ids=st.sampled_from((True, True, False)))
    def send(case: Case[Any], uses_known_ids: bool) -> None:
        if uses_known_ids and mode is GenerationMode.POSITIVE:
            _use_known_ids(case, ids)
        if name == "delete_experiment":
            case.path_parameters["experiment_id"] = 999  # the tree is needed to the end
        response = case.call(session=client, base_url="http://127.0.0.1", timeout=TIMEOUT_S)
        server.responses[response.status_code] += 1
        assert response.status_code < 500, f"{response.status_code} for {case.as_curl_command()}: {response.text[:500]}"
        case.validate_response(response, checks=CHECKS)

    send()


def _use_known_ids(case: Case[Any], ids: dict[str, Any]) -> None:
    """Uses existing ids in a request; otherwise nearly all requests would be answered with 404."""
    for values in (case.path_parameters, case.query):
        for name in set(values or ()) & set(ids):
            values[name] = ids[name]
    if case.query and "criterion" in case.query:
        case.query["criterion"] = "l1"
    if case.query and "criteria" in case.query:
        case.query["criteria"] = ["taylor", "l2"]
    if case.query and "against" in case.query:
        case.query["against"] = ids["node_id"]
    body = case.body
    if isinstance(body, dict):
        body.update({name: "taylor" for name in ("criterion",) if name in body})
        body.update({name: {"kind": "digits"} for name in ("data",) if name in body})
        body.update({name: {"name": "small_vgg"} for name in ("network",) if name in body})


def _tree(server: Server) -> tuple[Any, ...]:
    """Returns everything about the root that no request may change."""
    nodes = server.workspace.store.nodes
    root = nodes.get(server.root_id)
    scores = criteria.get_scores(server.workspace, root, "taylor")
    added = {"latency", "test_accuracy", "test_measured_at", "laid_out"}
    fixed = root.model_dump(exclude=added | {"note", "starred", "version"})
    return fixed, nodes.layers(root.id), scores, server.workspace.store.epochs.list(root.id)


def _require_intact(server: Server) -> None:
    """Checks the integrity of the database and the numbering of nodes."""
    file = Path(server.workspace.config.database.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    nodes = server.workspace.store.nodes.list(1)
    assert [node.number for node in nodes] == sorted({node.number for node in nodes})
    assert all(node.parent_id in {other.id for other in nodes} for node in nodes[1:])
