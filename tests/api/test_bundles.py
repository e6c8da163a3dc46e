"""A whole experiment leaves one server as a bundle and comes in on another: same tree, same numbers; or not at all."""

import io
import json
import os
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from safetensors.numpy import load, save

from cnnpruner.api.app import create_app
from cnnpruner.config import Config
from cnnpruner.domain.walks import NewWalk
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from cnnpruner.store.bundles import CUT_OFF, WALKED
from tests.api.inline import InlineRunner
from tests.api.shared_trees import guarded, link_to, visit
from tests.digits_node import add_ready_root
from tests.trees import plant

NAMELESS = {"id", "experiment_id", "job_id", "root_id", "version"}
NODES = {
    "node_id", "parent_id", "child_id", "good_id", "bad_id", "from_id", "like_id", "against_id", "nodes", "current_id"
}  # fmt: skip
NEW = 3
"""Id of the experiment that comes in."""

ESTIMATE = {
    "target_accuracy": 0.9,
    "keep": 300,
    "remove": 90,
    "percent": 12.5,
    "change": 0.2,
    "interpolated": 300,
    "interpolation_reason": None,
    "forecast": None,
    "forecast_reason": "too few nodes",
}


class Server:
    """The API over a store of its own, with a worker in this process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        config = Config(f"sqlite:///{folder / 'e.db'}", folder / "models", (folder,), "127.0.0.1", 0, False, False)
        self.store = open_store(config.database, config.models)
        self.runner = InlineRunner(self.store)
        self.work = Workspace(config, self.store, self.runner, Broadcast(self.store))
        app = create_app(self.work)
        self.api = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    def get(self, path: str) -> Any:
        answer = self.api.get(f"/api{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.api.post(f"/api{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def open(self, data: bytes) -> Any:
        return self.api.post("/api/bundles", content=data, headers={"Content-Type": "application/zip"})

    def train(self) -> None:
        """Do what waits for the training lane."""
        while self.runner.work.run_next("training"):
            pass

    def files(self) -> set[str]:
        """All that lies in its model store."""
        models = self.work.config.models
        return {str(path.relative_to(models)) for path in models.rglob("*")}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a tree of three nodes: 1 was deleted, 3 is still waiting."""
    server = Server(tmp_path_factory.mktemp("there") / "server")
    root = add_ready_root(server.store)
    np.save(server.store.files.pictures(1), np.zeros((server.get(f"/nodes/{root}")["images"], 8, 8, 1), np.uint8))
    short = {"training": {"epochs": 1, "images": 64}, "note": "half of it"}
    gone = server.post(f"/nodes/{root}/plans", {"rule": "percent", "percent": 10, "criterion": "l1"})
    server.post(f"/plans/{gone['id']}/apply", short)
    server.train()
    half = server.post(f"/nodes/{root}/plans", {"rule": "percent", "percent": 50, "criterion": "l1"})
    child = server.post(f"/plans/{half['id']}/apply", short)["node"]
    server.train()
    server.api.delete(f"/api/nodes/{child['id'] - 1}")
    draft = server.post(f"/nodes/{child['id']}/plans", {"rule": "percent", "percent": 20, "criterion": "l1"})
    server.post(f"/plans/{draft['id']}/preview")
    server.store.estimates.add(1, child["id"], ESTIMATE | {"from_id": root, "good_id": root, "bad_id": child["id"]})
    server.store.walks.add(1, root, NewWalk(kind="automatic", target_accuracy=0.1))
    server.post(f"/nodes/{child['id']}/controls", {"kind": "l1"})
    server.api.patch(f"/api/nodes/{child['id']}", json={"note": "<b>kept</b> ü", "starred": True})
    yield server
    server.store.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Server]:
    """Another server, whose ids are ahead, as they are on one that was used."""
    server = Server(tmp_path / "server")
    plant(server.store)
    plant(server.store)
    yield server
    server.store.close()


@pytest.fixture(scope="module")
def whole(there: Server) -> bytes:
    """Its bundle with weights and pictures."""
    return bundle(there, "?pictures=true")


def bundle(server: Server, query: str = "") -> bytes:
    answer = server.api.get(f"/api/experiments/1/bundle{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    return answer.content


def describe(server: Server, experiment_id: int) -> list[Any]:
    """All that a person sees of a tree."""
    nodes = server.get(f"/experiments/{experiment_id}/tree")["nodes"]
    numbers = {node["id"]: node["number"] for node in nodes}
    told: list[Any] = [numbers.get(node["parent_id"]) for node in nodes]
    for node in nodes:
        told += [node, server.get(f"/nodes/{node['id']}/epochs"), server.get(f"/nodes/{node['id']}/plans")]
        if node["state"] == "ready":
            views = ("layers", "confusion", "scores?criterion=l1", "samples?limit=500")
            told += [server.get(f"/nodes/{node['id']}/{view}") for view in views]
    told += [server.get(f"/experiments/{experiment_id}/{name}") for name in ("estimates", "walks")]
    return told


def comparable(server: Server, experiment_id: int) -> Any:
    """The same; node numbers and names of plans stand for their ids."""
    tree = server.get(f"/experiments/{experiment_id}/tree")["nodes"]
    nodes = {node["id"]: f"node {node['number']}" for node in tree}
    plans = {
        plan["id"]: f"{nodes[node['id']]}, plan {plan['name']}"
        for node in tree
        for plan in server.get(f"/nodes/{node['id']}/plans")
    }

    def named(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: named(one, name) for name, one in value.items() if name not in NAMELESS}
        if isinstance(value, list):
            return [named(one, key) for one in value]
        if key in NODES and value is not None:
            return nodes[value]
        return plans[value] if key == "plan_id" and value is not None else value

    return named(describe(server, experiment_id))


def left_behind(told: Any) -> Any:
    """What was in the making, as it is elsewhere: cancelled and stopped."""
    for one in told:
        if isinstance(one, dict) and one.get("state") == "waiting":
            one |= {"state": "cancelled", "error": {"code": "left_behind", "message": CUT_OFF, "details": {}}}
    for walk in told[-1]:
        walk |= {"state": "stopped", "reason": WALKED, "finished_at": walk["created_at"]}
    return told


def test_the_same_tree_with_the_same_numbers_comes_in(there: Server, here: Server) -> None:
    answer = here.open(bundle(there, "?pictures=true"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["id"] == NEW and made["root_id"] == 3 and made["nodes"] == 3
    assert "It came as a bundle made 20" in made["notices"][-1] and made["has_weights"]
    assert comparable(here, NEW) == left_behind(comparable(there, 1))
    nodes = here.get(f"/experiments/{NEW}/tree")["nodes"]
    assert [node["number"] for node in nodes] == [0, 2, 3]
    assert nodes[2]["control"]["like_id"] == nodes[1]["id"] and nodes[1]["note"] == "<b>kept</b> ü"
    picture = here.api.get(f"/api/experiments/{NEW}/samples/0/image")
    assert not np.asarray(Image.open(io.BytesIO(picture.content))).any(), "black as there, not grey"
    for number in (0, 2):
        here_file, there_file = here.store.files.weights(NEW, number), there.store.files.weights(1, number)
        assert here_file.read_bytes() == there_file.read_bytes()


def test_pruning_goes_on_where_weights_came_along(there: Server, here: Server) -> None:
    here.open(bundle(there))
    child = here.get(f"/experiments/{NEW}/tree")["nodes"][1]
    [draft] = [plan for plan in here.get(f"/nodes/{child['id']}/plans") if plan["state"] == "draft"]
    preview = here.post(f"/plans/{draft['id']}/preview")
    assert preview["plan_id"] == draft["id"]
    made = here.post(f"/plans/{draft['id']}/apply", {"training": {"epochs": 1, "images": 64}})["node"]
    here.train()
    node = here.get(f"/nodes/{made['id']}")
    assert (node["state"], node["number"]) == ("ready", 4), node["error"]
    assert node["filters"] == draft["cost"]["filters"]


def test_without_weights_nodes_are_read_but_say_why_they_cannot_be_pruned(there: Server, here: Server) -> None:
    data = bundle(there, "?weights=false")
    assert not [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if "weights" in name]
    made = here.open(data).json()
    assert not made["has_weights"] and "without weights" in made["notices"][-2]
    assert "grey fields" in made["notices"][-1]
    picture = here.api.get(f"/api/experiments/{NEW}/samples/0/image")
    assert np.asarray(Image.open(io.BytesIO(picture.content))).tolist() == [[128] * 32] * 32
    assert comparable(here, NEW) == left_behind(comparable(there, 1))
    root = made["root_id"]
    plan = here.post(f"/nodes/{root}/plans", {"rule": "percent", "percent": 20, "criterion": "l1"})
    walk = {"kind": "automatic", "target_accuracy": 0.0}
    calls: list[tuple[str, dict[str, Any]]] = [
        (f"/plans/{plan['id']}/apply", {}),
        (f"/plans/{plan['id']}/preview", {}),
        (f"/nodes/{root}/latency", {}),
        (f"/nodes/{root}/export", {}),
        (f"/nodes/{root}/walks", walk),
    ]
    for path, body in calls:
        answer = here.api.post(f"/api{path}", json=body)
        assert answer.status_code == 409, path
        assert "came as a bundle without weights" in answer.json()["error"]["message"]
    again = here.api.get(f"/api/experiments/{NEW}/bundle").content
    assert not here.open(again).json()["has_weights"]


def test_a_bundle_without_its_weights_on_disk_is_refused(here: Server) -> None:
    here.store.files.weights(1, 0).unlink()
    answer = here.api.get("/api/experiments/1/bundle")
    assert answer.status_code == 409 and "make it without weights" in answer.json()["error"]["message"]
    assert here.api.get("/api/experiments/1/bundle?weights=false").status_code == 200


def without(name: str) -> Callable[[bytes], bytes]:
    def edit(files: dict[str, bytes]) -> None:
        del files[name]

    return lambda data: edited(data, edit)


def edited(data: bytes, edit: Callable[[dict[str, bytes]], None], packed: bool = False) -> bytes:
    """The same archive with other contents."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    edit(files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            stored = name.endswith(("weights.safetensors", ".npy")) and not packed
            archive.writestr(name, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def manifest(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    def edit(files: dict[str, bytes]) -> None:
        value = json.loads(files["manifest.json"])
        change(value)
        files["manifest.json"] = json.dumps(value).encode()

    return edited(data, edit)


def pickled(files: dict[str, bytes]) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    files["selection-pictures.npy"] = buffer.getvalue()


def twice(data: bytes) -> bytes:
    buffer = io.BytesIO(data)
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("manifest.json", "{}")
    return buffer.getvalue()


def flipped(data: bytes) -> bytes:
    at = data.index(b"nodes/2/weights.safetensors") + 5000
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def pointing(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    """With another structure of node 2."""

    def edit(files: dict[str, bytes]) -> None:
        value = json.loads(files["nodes/2/layers.json"])
        change(value)
        files["nodes/2/layers.json"] = json.dumps(value).encode()

    return lambda data: edited(data, edit)


def unlikely(files: dict[str, bytes]) -> None:
    arrays = load(files["nodes/2/arrays.safetensors"])
    arrays["predictions probability"][0] = np.nan
    files["nodes/2/arrays.safetensors"] = save(arrays)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no zip": (lambda data: b"hello" * 100, "no whole bundle"),
    "empty": (lambda data: b"", "no whole bundle"),
    "cut short": (lambda data: data[: len(data) // 2], "no whole bundle"),
    "end cut off": (lambda data: data[:-10], "no whole bundle"),
    "a flipped bit in weights": (flipped, "Bad CRC-32"),
    "foreign": (without("manifest.json"), "holds no manifest.json"),
    "another program's": (lambda d: manifest(d, lambda v: v.update(format="x")), "another program"),
    "a later version": (lambda d: manifest(d, lambda v: v.update(version=2)), "reads 1; open it where CNNPruner 0."),
    "an unknown field": (lambda d: manifest(d, lambda v: v.update(more=2)), "more: Extra inputs"),
    "a path out of the folder": (
        lambda data: edited(data, lambda files: files.update({"../../evil.py": b"x"})),
        "'../../evil.py', which no bundle has",
    ),
    "an absolute path": (lambda d: edited(d, lambda files: files.update({"/etc/evil": b"x"})), "which no bundle has"),
    "a zip bomb": (
        lambda data: edited(data, lambda files: files.update({"root-layers.json": b" " * 50_000_000})),
        "would unpack to 50,000,000 bytes",
    ),
    "two files of one name": (twice, "same name"),
    "weights of another node": (
        lambda d: edited(d, lambda f: f.update({"nodes/2/weights.safetensors": f["nodes/0/weights.safetensors"]})),
        "weights of node 2 are not of the structure",
    ),
    "weights that are none": (
        lambda d: edited(d, lambda f: f.update({"nodes/2/weights.safetensors": b"\x80\x04pickle"})),
        "weights of node 2 are no whole safetensors",
    ),
    "packed weights": (lambda d: edited(d, lambda _: None, packed=True), "is packed"),
    "weights missing": (without("nodes/2/weights.safetensors"), "holds no nodes/2/weights"),
    "a pickle as pictures": (lambda d: edited(d, pickled), "Its pictures are no array"),
    "arrays missing": (
        lambda d: edited(d, lambda f: f.update({"nodes/0/arrays.safetensors": f["splits.safetensors"]})),
        "no array 'predictions top'",
    ),
    "a unit of a layer that is not there": (
        pointing(lambda v: v["units"][0]["members"].append([999, 0])),
        "structure of node 2 does not hold together",
    ),
    "a tensor of units that are not there": (
        pointing(lambda v: v["tensors"][0].update(dims=[999, None, None, None])),
        "structure of node 2 does not hold together",
    ),
    "layers that the root has not": (
        pointing(lambda v: v["layers"][0].update(name="other")),
        "structure of node 2 does not hold together",
    ),
    "tensors of a kind that is none": (pointing(lambda v: v["tensors"][0].update(dtype="F7")), "structure of node 2"),
    "probabilities that are none": (lambda d: edited(d, unlikely), "probabilities that are none"),
    "two roots": (
        lambda d: manifest(d, lambda v: v["nodes"][1]["node"].update(parent_id=None)),
        "no place in the tree",
    ),
    "a number that is not given yet": (lambda d: manifest(d, lambda v: v.update(next_number=2)), "not given yet"),
    "a number that no column holds": (
        lambda d: manifest(d, lambda v: v["nodes"][1]["node"].update(macs=10**30)),
        "a value that no tree has",
    ),
    "a time that no column holds": (
        lambda d: manifest(d, lambda v: v["nodes"][1]["node"].update(created_at="0001-01-01T00:00:00+14:00")),
        "a value that no tree has (date value out of range)",
    ),
    "a node of other images": (
        lambda d: manifest(d, lambda v: v["nodes"][2]["node"].update(images=0, correct=0)),
        "Node 3 is not measured as nodes of this tree are",
    ),
    "a ready node without numbers": (
        lambda d: manifest(d, lambda v: v["nodes"][1]["node"].update(correct=None)),
        "Node 2 is not measured as nodes of this tree are",
    ),
    "another split": (
        lambda d: manifest(d, lambda v: v["experiment"]["splits"].update(test=3)),
        "test split is not as long",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_whole_bundle_is_refused_and_leaves_nothing(whole: bytes, there: Server, damage: str) -> None:
    change, sentence = DAMAGES[damage]
    before = there.files()
    answer = there.open(change(whole))
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["code"] == "unreadable_bundle" and sentence in error["message"]
    assert len(there.get("/experiments")) == 1 and there.files() == before


def test_a_body_of_another_type_is_not_even_read(here: Server) -> None:
    answer = here.api.post("/api/bundles", content=b"x", headers={"Content-Type": "application/octet-stream"})
    assert answer.status_code == 415


def test_a_link_takes_the_tree_away_but_weights_only_where_it_may(there: Server) -> None:
    work = guarded(there.work)
    looking = visit(work, link_to(work, 1))
    assert looking.get("/api/experiments/1/bundle?weights=false").status_code == 200
    assert looking.get("/api/experiments/1/bundle").status_code == 403
    taking = visit(work, link_to(work, 1, may_export=True))
    assert taking.get("/api/experiments/1/bundle").status_code == 200
    assert taking.post("/api/bundles", content=b"x", headers={"Content-Type": "application/zip"}).status_code == 403


def test_a_full_disk_says_so(here: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnnpruner.store.files.tempfile.mkdtemp", full)
    answer = here.open(b"x")
    assert answer.status_code == 507 and "No space left" in answer.json()["error"]["message"]


def test_what_a_dead_server_left_is_swept(here: Server) -> None:
    old, new = (here.work.config.models / name for name in ("incoming-old", "incoming-new"))
    slow = here.work.config.models / "incoming-slow"
    for folder in (old, new, slow):
        folder.mkdir()
    (slow / "bundle.zip").write_bytes(b"still growing")
    for folder in (old, slow):
        os.utime(folder, (0, 0))
    here.store.files.sweep([], [])
    assert not old.exists() and new.exists() and slow.exists()


def test_files_of_a_removed_database_do_not_get_into_a_new_tree(there: Server, here: Server) -> None:
    stray = here.store.files.pictures(NEW)
    stray.parent.mkdir()
    np.save(stray, np.zeros((1, 8, 8, 1), np.uint8))
    assert here.open(bundle(there)).status_code == 201
    assert not stray.exists()
