"""Over a thousand made-up requests, right and wrong ones, to every call: each is answered as the document says.

The app runs in this process with a worker in it, so that what is asked for is really computed; training only waits.
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
from tests.api.inline import InlineRunner
from tests.digits_node import add_ready_root

EXAMPLES = 11
"""Of each kind and call."""
SLOW = {"create_experiment": 6, "inspect_network": 6, "measure_latency": 6, "measure_test": 6, "start_export": 6}
"""Each trains, builds or measures something."""
LEAST = 1000
TIMEOUT_S = 120.0
ENDLESS = "stream_events"
"""Never answers whole; tests/e2e/product/test_sharing.py listens to it."""
CHECKS = [
    checks.status_code_conformance,
    checks.response_schema_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]
"""Beside `not_a_server_error`, which is asserted below so that a documented 5XX counts as a fault, too."""


@schemathesis.serializer("application/zip")
def _upload(_: Any, value: Any) -> bytes:
    """Bodies that should be archives are made-up bytes or text."""
    data = getattr(value, "data", value)
    return data if isinstance(data, bytes) else str(data).encode()


@dataclass
class Server:
    """What is asked, and what it answered."""

    workspace: Workspace
    root_id: int
    answers: Counter[int] = field(default_factory=Counter)

    def ids(self) -> dict[str, Any]:
        """Of things that are there, for all names that paths and queries have."""
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
    store.autopilots.add(1, root_id, NewAutopilot(kind="automatic", target_accuracy=0.9))
    yield Server(Workspace(config, store, InlineRunner(store, config.data), Broadcast(store)), root_id)
    store.close()


@pytest.mark.slow
def test_every_answer_to_a_made_up_request_is_in_the_document_and_the_tree_stays_whole(server: Server) -> None:
    app: Any = create_app(server.workspace)
    schema: Any = schemathesis.openapi.from_dict(_plain_tuples(app.openapi()))
    schema.app = app
    before = _tree(server)
    found: list[str] = []
    with get_client(app) as client:
        for result in schema.get_all_operations():
            operation = result.ok()
            name = operation.definition.raw["operationId"]
            for mode in GenerationMode if name != ENDLESS else ():
                try:
                    _ask(server, client, operation, name, mode)
                except Unsatisfiable:
                    assert mode is GenerationMode.NEGATIVE, name  # a call without input cannot be asked wrongly
                except BaseExceptionGroup as faults:
                    found += [f"{name}, {mode.value}: {fault}" for fault in faults.exceptions]
                except Exception as fault:  # noqa: BLE001 all that was found is told at the end
                    found.append(f"{name}, {mode.value}: {fault}")
        assert client.get("http://127.0.0.1/api/health").status_code == 200
    assert not found, "\n\n".join(found)
    assert sum(server.answers.values()) >= LEAST, server.answers
    assert all(server.answers[status] for status in (200, 201, 202, 204, 404, 409, 422)), server.answers
    assert _tree(server) == before
    _require_whole(server)


def _plain_tuples(value: Any) -> Any:
    """The document with tuples as lists of either: Schemathesis 4.32 garbles `prefixItems` inside other lists."""
    if isinstance(value, list):
        return [_plain_tuples(one) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _plain_tuples(one) for name, one in value.items()}
    kinds = plain.pop("prefixItems", None)
    return plain if kinds is None else plain | {"items": {"anyOf": kinds}}


def _ask(server: Server, client: Any, operation: Any, name: str, mode: GenerationMode) -> None:
    """Send made-up requests of one kind to one call, and check every answer."""
    ids = server.ids()

    @seed(1)
    @settings(
        max_examples=SLOW.get(name, EXAMPLES),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), is_steered=st.sampled_from((True, True, False)))
    def ask(case: Case[Any], is_steered: bool) -> None:
        if is_steered and mode is GenerationMode.POSITIVE:
            _steer(case, ids)
        if name == "delete_experiment":
            case.path_parameters["experiment_id"] = 999  # the tree is needed to the end
        answer = case.call(session=client, base_url="http://127.0.0.1", timeout=TIMEOUT_S)
        server.answers[answer.status_code] += 1
        assert answer.status_code < 500, f"{answer.status_code} for {case.as_curl_command()}: {answer.text[:500]}"
        case.validate_response(answer, checks=CHECKS)

    ask()


def _steer(case: Case[Any], ids: dict[str, Any]) -> None:
    """Point a request at what is there; else nearly all of them would be about nothing."""
    for given_ in (case.path_parameters, case.query):
        for known in set(given_ or ()) & set(ids):
            given_[known] = ids[known]
    if case.query and "criterion" in case.query:
        case.query["criterion"] = "l1"
    if case.query and "criteria" in case.query:
        case.query["criteria"] = ["taylor", "l2"]
    if case.query and "against" in case.query:
        case.query["against"] = ids["node_id"]
    body = case.body
    if isinstance(body, dict):
        body.update({known: "taylor" for known in ("criterion",) if known in body})
        body.update({known: {"kind": "digits"} for known in ("data",) if known in body})
        body.update({known: {"name": "small_vgg"} for known in ("network",) if known in body})


def _tree(server: Server) -> tuple[Any, ...]:
    """What nobody may change of the root, whatever was asked."""
    nodes = server.workspace.store.nodes
    root = nodes.get(server.root_id)
    scores = criteria.get_scores(server.workspace, root, "taylor")
    added = {"latency", "test_accuracy", "test_measured_at", "laid_out"}
    fixed = root.model_dump(exclude=added | {"note", "starred", "version"})
    return fixed, nodes.layers(root.id), scores, server.workspace.store.epochs.list(root.id)


def _require_whole(server: Server) -> None:
    """The database holds together, and numbers run on."""
    file = Path(server.workspace.config.database.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    nodes = server.workspace.store.nodes.list(1)
    assert [node.number for node in nodes] == sorted({node.number for node in nodes})
    assert all(node.parent_id in {one.id for one in nodes} for node in nodes[1:])
