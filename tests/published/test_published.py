"""What was published opens for ever: database, bundles and exports of each version, with the numbers they had."""

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
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.lifecycle import clean_up
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.api.conftest import IdleRunner
from tests.published.tiny import Tiny, probe_images
from tests.published.upgrade_steps import BUNDLE_WORDING, COUNTS_OF_CHANGES, FIELDS, PATHS, VALUES, WORDING

PUBLISHED = Path(__file__).parent
VERSIONS = sorted(path.name for path in PUBLISHED.iterdir() if (path / "experiments.db").is_file())
BUNDLES = ("bundle.zip", "bundle-without-weights.zip")
EXPORTS = {"export-tiny.zip": Tiny, "export-small-vgg.zip": None}
OWNER = "the-owners-token-of-this-test"
OWNER_FILE = "database.txt"
"""Says whose the model store is; an upgrade may say it in another way."""


class Published:
    """The files of a version, and what it answered."""

    def __init__(self, version: str) -> None:
        self.folder = PUBLISHED / version
        self.expected = json.loads(gzip.decompress((self.folder / "expected.json.gz").read_bytes()))
        self.tokens = json.loads((self.folder / "tokens.json").read_text())

    def lay_out(self, folder: Path) -> Path:
        """Its database and model store in `folder`, as they lay on its server."""
        shutil.copy(self.folder / "experiments.db", folder)
        with zipfile.ZipFile(self.folder / "models.zip") as archive:
            archive.extractall(folder / "models")
        return folder

    def rows(self, query: str) -> set[Any]:
        """Of the committed database as it is, without any upgrade; of one column the values alone."""
        database = sqlite3.connect(f"file:{self.folder / 'experiments.db'}?immutable=1", uri=True)
        try:
            return {row[0] if len(row) == 1 else row for row in database.execute(query)}
        finally:
            database.close()


def open_workspace(folder: Path) -> Workspace:
    """What lies in `folder`, upgraded; no job is run."""
    config = Config(
        f"sqlite:///{folder / 'experiments.db'}", folder / "models", (folder,), "127.0.0.1", 0, False, False
    )
    store = open_store(config.database, config.models)
    return Workspace(config, store, IdleRunner(), Broadcast(store))


def visit(workspace: Workspace, token: str | None = None) -> TestClient:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return TestClient(
        create_app(workspace), base_url="http://127.0.0.1", headers=headers, raise_server_exceptions=False
    )


def path_today(path: str) -> str:
    for then, now in PATHS.items():
        path = path.replace(then, now)
    return f"/api{path}"


def differences(then: Any, now: Any, ignored: Set[str], place: str = "") -> list[str]:
    """Where an answer of today lacks something of the published one, or says something else; more is welcome."""
    if isinstance(then, dict) and isinstance(now, dict):
        wanted = {FIELDS.get(name, name): value for name, value in then.items() if name not in ignored}
        gone = [f"{place}.{name} is gone" for name in wanted.keys() - now.keys()]
        both = [differences(wanted[name], now[name], ignored, f"{place}.{name}") for name in wanted.keys() & now.keys()]
        return gone + [line for lines in both for line in lines]
    if isinstance(then, list) and isinstance(now, list):
        if len(then) != len(now):
            return [f"{place} had {len(then)} things, has {len(now)}"]
        pairs = enumerate(zip(then, now, strict=True))
        return [line for at, (old, new) in pairs for line in differences(old, new, ignored, f"{place}[{at}]")]
    return [] if is_same(then, now) else [f"{place} was {then!r}, is {now!r}"]


def is_same(then: Any, now: Any) -> bool:
    if isinstance(then, float) and isinstance(now, float | int):
        return math.isclose(then, now, rel_tol=1e-9)
    if isinstance(then, str):
        return now in (then, VALUES.get(then))
    return type(then) is type(now) and bool(then == now)


def changed_answers(client: TestClient, answers: dict[str, Any], ignored: Set[str]) -> list[str]:
    """How the server's answers differ from the published ones, a line each."""
    lines = []
    for path, then in answers.items():
        answer = client.get(path_today(path))
        assert answer.status_code == 200, f"{path}: {answer.text}"
        lines += differences(then, answer.json(), ignored | COUNTS_OF_CHANGES, path)
    return lines


@pytest.fixture(scope="module", params=VERSIONS)
def published(request: pytest.FixtureRequest) -> Published:
    return Published(request.param)


@pytest.fixture(scope="module")
def workspace(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The published database and model store, opened by the present code."""
    opened = open_workspace(published.lay_out(tmp_path_factory.mktemp("published")))
    yield opened
    opened.store.close()


def test_there_is_something_published() -> None:
    assert "0.1.0" in VERSIONS


def test_a_published_database_answers_what_it_answered_then(published: Published, workspace: Workspace) -> None:
    assert changed_answers(visit(workspace), published.expected["answers"], WORDING) == []


def test_a_published_tree_shows_its_pictures(published: Published, workspace: Workspace) -> None:
    client, sums = visit(workspace), {}
    for path in published.expected["pictures"]:
        picture = Image.open(io.BytesIO(client.get(path_today(path)).content))
        sums[path] = int(np.asarray(picture).astype(int).sum())
    assert sums == published.expected["pictures"]


def test_a_published_event_log_is_told_as_events_of_today(published: Published, workspace: Workspace) -> None:
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


def test_a_start_keeps_every_published_file(published: Published, workspace: Workspace) -> None:
    clean_up(workspace.store)
    models = workspace.config.models
    for name, digest in published.expected["files"].items():
        if name != OWNER_FILE:
            assert hashlib.sha256((models / name).read_bytes()).hexdigest() == digest, name


def test_published_links_open_what_they_opened(published: Published, workspace: Workspace) -> None:
    guarded = replace(workspace, config=replace(workspace.config, token=OWNER))
    visitors = {name: visit(guarded, token) for name, token in published.tokens.items()}
    trees = {name: visitor.get("/api/experiments/1/tree").status_code for name, visitor in visitors.items()}
    assert trees == {"look": 200, "edit": 200, "over": 401, "withdrawn": 401}
    archives = {name: visitors[name].get("/api/nodes/3/export").status_code for name in ("look", "edit")}
    assert archives == {"look": 403, "edit": 200}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_published_bundle_opens_with_equal_numbers(published: Published, name: str, tmp_path: Path) -> None:
    opened = open_workspace(tmp_path)
    client = visit(opened)
    zipped = {"Content-Type": "application/zip"}
    answer = client.post("/api/bundles", content=(published.folder / name).read_bytes(), headers=zipped)
    assert answer.status_code == 201, answer.text
    assert changed_answers(client, published.expected[name], BUNDLE_WORDING) == []
    opened.store.close()


@pytest.mark.parametrize("name", EXPORTS)
def test_a_published_export_loads_with_equal_logits(published: Published, name: str) -> None:
    network = cnnpruner.load(published.folder / name, factory=EXPORTS[name])
    with torch.no_grad():
        found = network(probe_images())
    then = torch.tensor(published.expected["logits"][name])
    assert torch.allclose(found, then, rtol=0, atol=1e-4 * float(then.abs().max()))


JOB_KINDS = {
    "inspect", "root", "prune", "preview", "latency", "test", "embedding", "pictures", "activations", "score",
    "export", "report", "data_report",
}  # fmt: skip


def test_what_is_committed_of_0_1_0_holds_every_kind_of_row() -> None:
    rows = Published("0.1.0").rows
    assert rows("SELECT kind FROM jobs") == JOB_KINDS
    assert rows("SELECT kind FROM jobs WHERE state = 'waiting'") == JOB_KINDS - {"embedding"}  # that one runs
    assert JOB_KINDS - {"pictures"} == rows("SELECT kind FROM jobs WHERE state = 'done'")  # those are not kept
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


def test_what_is_committed_of_0_1_0_was_worked_on_by_people() -> None:
    rows = Published("0.1.0").rows
    rules = rows("SELECT state, json_extract(content, '$.rule.rule') FROM plans")
    assert rules == {
        *(("draft", rule) for rule in ("percent", "threshold", "layers", "target", "filters")),
        ("applied", "percent"),
        ("applied", "target"),
    }
    own = "SELECT count(*) FROM plans WHERE json_extract(content, '$.rule.{}') NOT IN ('{{}}', '[]', 1, 1.0)"
    for part in ("kept", "removed", "locked", "round_to", "max_layer_share", "max_class_loss"):
        assert rows(own.format(part)) != {0}, part
    measured = "SELECT state, revision > json_extract(preview, '$.revision') FROM plans WHERE preview IS NOT NULL"
    assert {("draft", 1), ("draft", 0), ("applied", 0)} <= rows(measured)
    assert rows("SELECT count(*) > 3 FROM plans WHERE note != ''") == {1}
    looked_at = "starred AND note != '' AND test_accuracy IS NOT NULL AND laid_out AND json_array_length(latency) > 0"
    assert rows(f"SELECT number FROM nodes WHERE {looked_at}") == {2}
    generations = "nodes JOIN nodes parent ON parent.id = nodes.parent_id WHERE parent.parent_id IS NOT NULL"
    assert rows(f"SELECT nodes.number FROM {generations}") >= {2}
    outcomes = "LEFT JOIN plans ON plans.id = estimates.plan_id"
    assert rows(f"SELECT plans.state FROM estimates {outcomes}") == {None, "draft", "applied"}
    assert rows("SELECT number FROM nodes WHERE experiment_id = 1").isdisjoint({4}), "a branch was deleted"
    weights = "SELECT json_extract(fixed, '$.has_weights') FROM experiments"
    assert rows(weights) == {0, 1}
