"""Everything ever published still opens: database, bundles and exports of each version, with equal numbers."""

import gzip
import hashlib
import io
import json
import math
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fastapi.testclient import TestClient
from PIL import Image
from pydantic import TypeAdapter

import cnnpruner
from cnnpruner.api.app import create_app
from cnnpruner.config import Config
from cnnpruner.domain.events import Event
from cnnpruner.domain.plans.orders import Order
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.lifecycle import clean_up
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.api.conftest import IdleRunner
from tests.published.tiny import Tiny, probe_images
from tests.published.upgrade_steps import BUNDLE_WORDING, COUNTS_OF_CHANGES, FIELDS, PATHS, REMOVED, VALUES, WORDING

PUBLISHED = Path(__file__).parent
VERSIONS = sorted(path.name for path in PUBLISHED.iterdir() if (path / "experiments.db").is_file())
BUNDLES = ("bundle.zip", "bundle-without-weights.zip")
EXPORTS = {"export-tiny.zip": Tiny, "export-small-vgg.zip": None}
OWNER = "the-owners-token-of-this-test"
OWNER_FILE = "database.txt"
"""Names the database that the model store belongs to; an upgrade may reword it."""


class Published:
    """The files of a version, and its recorded responses."""

    def __init__(self, version: str) -> None:
        self.folder = PUBLISHED / version
        self.expected = json.loads(gzip.decompress((self.folder / "expected.json.gz").read_bytes()))
        self.tokens = json.loads((self.folder / "tokens.json").read_text())

    def copy_to(self, folder: Path) -> Path:
        """Copy database and model store to `folder`, arranged as on a server."""
        shutil.copy(self.folder / "experiments.db", folder)
        with zipfile.ZipFile(self.folder / "models.zip") as archive:
            archive.extractall(folder / "models")
        return folder

    def rows(self, query: str) -> set[Any]:
        """Query the committed database without upgrading it; with a single column, return plain values."""
        database = sqlite3.connect(f"file:{self.folder / 'experiments.db'}?immutable=1", uri=True)
        try:
            return {row[0] if len(row) == 1 else row for row in database.execute(query)}
        finally:
            database.close()


def open_workspace(folder: Path) -> Workspace:
    """Open and upgrade the database and model store in `folder`; no job is run."""
    config = Config(
        f"sqlite:///{folder / 'experiments.db'}", folder / "models", (folder,), "127.0.0.1", 0, False, False
    )
    store = open_store(config.database, config.models)
    return Workspace(config, store, IdleRunner(), Broadcast(store))


def connect(workspace: Workspace, token: str | None = None) -> TestClient:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return TestClient(
        create_app(workspace), base_url="http://127.0.0.1", headers=headers, raise_server_exceptions=False
    )


def current_path(path: str) -> str:
    for old, new in PATHS.items():
        path = path.replace(old, new)
    return f"/api{path}"


def differences(old: Any, new: Any, ignored: Set[str], path: str = "") -> list[str]:
    """List what the current response lacks or changes compared with the published one; additions are allowed."""
    if isinstance(old, dict) and isinstance(new, dict):
        expected = {FIELDS.get(name, name): value for name, value in old.items() if name not in ignored}
        missing = [f"{path}.{name} is missing" for name in expected.keys() - new.keys()]
        common = expected.keys() & new.keys()
        changes = [differences(expected[name], new[name], ignored, f"{path}.{name}") for name in common]
        return missing + [line for lines in changes for line in lines]
    if isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            return [f"{path} had {len(old)} items, has {len(new)}"]
        pairs = enumerate(zip(old, new, strict=True))
        return [
            line
            for index, (old_item, new_item) in pairs
            for line in differences(old_item, new_item, ignored, f"{path}[{index}]")
        ]
    return [] if is_same(old, new) else [f"{path} was {old!r}, is {new!r}"]


def is_same(old: Any, new: Any) -> bool:
    if isinstance(old, float) and isinstance(new, float | int):
        return math.isclose(old, new, rel_tol=1e-9)
    if isinstance(old, str):
        return new in (old, VALUES.get(old))
    return type(old) is type(new) and bool(old == new)


def changed_responses(client: TestClient, responses: dict[str, Any], ignored: Set[str]) -> list[str]:
    """List how the server's responses differ from the published ones, one line each."""
    lines = []
    for path, old in responses.items():
        response = client.get(current_path(path))
        assert response.status_code == 200, f"{path}: {response.text}"
        lines += differences(old, response.json(), ignored | COUNTS_OF_CHANGES | REMOVED, path)
    return lines


@pytest.fixture(scope="module", params=VERSIONS)
def published(request: pytest.FixtureRequest) -> Published:
    return Published(request.param)


@pytest.fixture(scope="module")
def workspace(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The published database and model store, opened by the current code."""
    workspace = open_workspace(published.copy_to(tmp_path_factory.mktemp("published")))
    yield workspace
    workspace.store.close()


def test_version_0_1_0_is_tested() -> None:
    assert "0.1.0" in VERSIONS


def test_a_published_database_gives_the_same_responses(published: Published, workspace: Workspace) -> None:
    assert changed_responses(connect(workspace), published.expected["answers"], WORDING) == []


def test_what_a_published_tree_did_not_record_is_null_and_not_made_up(workspace: Workspace) -> None:
    """0.1.0 stored the settings of each node, but neither record nor forecast."""
    store = workspace.store
    nodes = [node for experiment in store.experiments.list() for node in store.nodes.list(experiment.id)]
    assert {(node.training_record, node.forecast, node.forecast_reason) for node in nodes} == {(None, None, None)}
    plans = [plan for node in nodes for plan in store.plans.list(node.id)]
    training_by_plan = {node.plan_id: node.training for node in nodes}
    applied = [plan for plan in plans if plan.state == "applied"]
    assert applied and all(plan.training == training_by_plan[plan.id] is not None for plan in applied)
    assert {plan.training for plan in plans if plan.state == "draft"} == {None}


def test_published_trainings_started_as_cut_and_further_ones_start_from_the_best(workspace: Workspace) -> None:
    store = workspace.store
    experiments = store.experiments.list()
    assert {experiment.training.start for experiment in experiments} == {"best"}
    assert {experiment.root_training.start for experiment in experiments if experiment.root_training} <= {"cut"}
    trainings = [node.training for experiment in experiments for node in store.nodes.list(experiment.id)]
    assert {training.start for training in trainings if training is not None} == {"cut"}
    autopilots = store.autopilots.list()
    assert autopilots and {(autopilot.start, autopilot.goal, autopilot.steps) for autopilot in autopilots} == {
        ("cut", None, None)
    }
    assert all(autopilot.order == Order() for autopilot in autopilots), "in the order of the paper"
    events = [json.loads(event.data) for event in store.events.after(0, limit=100_000) if event.kind == "experiment"]
    assert {event["experiment"]["training"]["start"] for event in events} == {"best"}, "events equal the rows"


def test_roots_of_a_published_database_are_judged_at_once(workspace: Workspace) -> None:
    ready = [root for root in map(workspace.store.nodes.get, _root_ids(workspace)) if root.state == "ready"]
    assert ready and all(root.learned is not None for root in ready)


def _root_ids(workspace: Workspace) -> list[int]:
    return [experiment.root_id for experiment in workspace.store.experiments.list()]


def test_a_published_tree_shows_the_same_images(published: Published, workspace: Workspace) -> None:
    client, sums = connect(workspace), {}
    for path in published.expected["pictures"]:
        image = Image.open(io.BytesIO(client.get(current_path(path)).content))
        sums[path] = int(np.asarray(image).astype(int).sum())
    assert sums == published.expected["pictures"]


def test_a_published_event_log_is_read_as_current_events(published: Published, workspace: Workspace) -> None:
    events = workspace.store.events.after(0, limit=100_000)
    kinds = [f"{event.experiment_id} {event.kind}" for event in events]
    renamed = {
        " ".join(VALUES.get(word, word) for word in kind.split()): count
        for kind, count in published.expected["events"].items()
    }
    assert {kind: kinds.count(kind) for kind in kinds} == renamed
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    for event in events:
        adapter.validate_json(event.data)


def test_starting_the_server_keeps_every_published_file(published: Published, workspace: Workspace) -> None:
    clean_up(workspace.store)
    models = workspace.config.models
    for name, digest in published.expected["files"].items():
        if name != OWNER_FILE:
            assert hashlib.sha256((models / name).read_bytes()).hexdigest() == digest, name


def test_published_links_grant_the_same_access(published: Published, workspace: Workspace) -> None:
    protected = replace(workspace, config=replace(workspace.config, token=OWNER))
    visitors = {name: connect(protected, token) for name, token in published.tokens.items()}
    trees = {name: visitor.get("/api/experiments/1/tree").status_code for name, visitor in visitors.items()}
    assert trees == {"look": 200, "edit": 200, "over": 401, "withdrawn": 401}
    exports = {name: visitors[name].get("/api/nodes/3/export").status_code for name in ("look", "edit")}
    assert exports == {"look": 403, "edit": 200}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_published_bundle_opens_with_equal_numbers(published: Published, name: str, tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    client = connect(workspace)
    headers = {"Content-Type": "application/zip"}
    response = client.post("/api/bundles", content=(published.folder / name).read_bytes(), headers=headers)
    assert response.status_code == 201, response.text
    job = workspace.store.jobs.list(None, active=True)[0]
    assert job.kind == "mac_count", "the MACs of an old tree are counted anew"
    expected = {path: response for path, response in published.expected[name].items() if path != "/jobs"}
    assert changed_responses(client, expected, BUNDLE_WORDING) == []
    workspace.store.close()


@pytest.mark.parametrize("name", EXPORTS)
def test_a_published_export_loads_with_equal_logits(published: Published, name: str) -> None:
    network = cnnpruner.load(published.folder / name, factory=EXPORTS[name])
    with torch.no_grad():
        logits = network(probe_images())
    expected = torch.tensor(published.expected["logits"][name])
    assert torch.allclose(logits, expected, rtol=0, atol=1e-4 * float(expected.abs().max()))


JOB_KINDS = {
    "inspect", "root", "prune", "preview", "latency", "test", "embedding", "pictures", "activations", "score",
    "export", "report", "data_report",
}  # fmt: skip


def test_the_database_of_0_1_0_has_every_kind_of_row() -> None:
    rows = Published("0.1.0").rows
    assert rows("SELECT kind FROM jobs") == JOB_KINDS
    assert rows("SELECT kind FROM jobs WHERE state = 'waiting'") == JOB_KINDS - {"embedding"}  # which is running
    assert JOB_KINDS - {"pictures"} == rows("SELECT kind FROM jobs WHERE state = 'done'")  # which are deleted when done
    assert rows("SELECT kind, state FROM jobs") >= {
        ("prune", "running"), ("embedding", "running"), ("prune", "failed"), ("report", "failed"),
        ("prune", "cancelled"), ("latency", "cancelled"),
    }  # fmt: skip
    assert rows("SELECT state FROM nodes") == {"waiting", "running", "ready", "failed", "cancelled"}
    assert rows("SELECT origin FROM nodes") == {"trained", "imported", "plan", "automatic", "control"}
    assert rows("SELECT DISTINCT json_extract(control, '$.kind') FROM nodes") == {None, "random", "l1", "scratch"}
    assert rows("SELECT name FROM parts") >= {
        "splits", "layers", "predictions", "embedding", "report", "data_report", "export:safetensors", "scores:taylor",
        "scores:l1:per_weight=true", "scores:random:draw=7", "scores:apoz",
    }  # fmt: skip
    assert len(rows("SELECT kind FROM events")) == 10
    assert rows("SELECT kind, state FROM walks") == {
        ("automatic", "running"), ("automatic", "done"), ("automatic", "stopped"), ("automatic", "failed"),
        ("automatic_estimator", "done"),
    }  # fmt: skip
    assert rows("SELECT mode, expires_at IS NULL, used_at IS NULL FROM links") == {
        ("read", 1, 0), ("edit", 0, 1), ("read", 0, 1)
    }  # fmt: skip


def test_the_database_of_0_1_0_has_traces_of_every_user_action() -> None:
    rows = Published("0.1.0").rows
    rules = rows("SELECT state, json_extract(content, '$.rule.rule') FROM plans")
    assert rules == {
        *(("draft", rule) for rule in ("percent", "threshold", "layers", "target", "filters")),
        ("applied", "percent"),
        ("applied", "target"),
    }
    is_set = "SELECT count(*) FROM plans WHERE json_extract(content, '$.rule.{}') NOT IN ('{{}}', '[]', 1, 1.0)"
    for field in ("kept", "removed", "locked", "round_to", "max_layer_share", "max_class_loss"):
        assert rows(is_set.format(field)) != {0}, field
    previews = "SELECT state, revision > json_extract(preview, '$.revision') FROM plans WHERE preview IS NOT NULL"
    assert {("draft", 1), ("draft", 0), ("applied", 0)} <= rows(previews)
    assert rows("SELECT count(*) > 3 FROM plans WHERE note != ''") == {1}
    measured = "starred AND note != '' AND test_accuracy IS NOT NULL AND laid_out AND json_array_length(latency) > 0"
    assert rows(f"SELECT number FROM nodes WHERE {measured}") == {2}
    generations = "nodes JOIN nodes parent ON parent.id = nodes.parent_id WHERE parent.parent_id IS NOT NULL"
    assert rows(f"SELECT nodes.number FROM {generations}") >= {2}
    outcomes = "LEFT JOIN plans ON plans.id = estimates.plan_id"
    assert rows(f"SELECT plans.state FROM estimates {outcomes}") == {None, "draft", "applied"}
    assert rows("SELECT number FROM nodes WHERE experiment_id = 1").isdisjoint({4}), "a branch was deleted"
    weights = "SELECT json_extract(fixed, '$.has_weights') FROM experiments"
    assert rows(weights) == {0, 1}
