"""Made the files of this folder with the code of version 0.1.0, which it needs; it is kept to be read, not to be run.

In a checkout of 0.1.0: `PYTHONPATH=backend:. python …/tests/published/0.1.0/grow.py`.
"""

import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from cnnpruner.engine.networks.catalogue import register_networks
from fastapi.testclient import TestClient
from PIL import Image

from cnnpruner import __version__, load
from cnnpruner.api.app import create_app
from cnnpruner.config import Config
from cnnpruner.service import jobs, walks
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.api.inline_runner import InlineRunner

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tiny import Tiny, probe_images  # noqa: E402

OWNER = "the-owners-token-of-the-published-server"
QUICK = {"epochs": 2, "images": 400}
SOON = 1e-9
"""Days; a link that is over at once."""


class Killed(BaseException):
    """The process ends in the middle of a job, as by kill -9."""


class Runner(InlineRunner):
    """Does interactive jobs at once unless `idle`; dies as soon as an event of the kind `deadly` is logged."""

    idle = False
    deadly: str | None = None
    store: Any

    def wake(self, lane: Any) -> None:
        if not self.idle:
            super().wake(lane)

    def is_cancelled(self, job_id: int) -> bool:
        last = self.store.events.last_id()
        if self.deadly and any(one.kind == self.deadly for one in self.store.events.after(max(0, last - 50))):
            raise Killed
        return False


class Server:
    """The API over a database and model store in `folder`, the worker in this process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        data = folder.parent / "data"
        config = Config(
            f"sqlite:///{folder / 'experiments.db'}", folder / "models", (data,), "127.0.0.1", 0, False, False
        )
        self.folder = folder
        self.store = open_store(config.database, config.models)
        self.runner = Runner(self.store, (data,))
        self.runner.store = self.store
        self.work = Workspace(config, self.store, self.runner, Broadcast(self.store))
        self.api = self.visit(self.work)

    def visit(self, work: Workspace, token: str | None = None) -> TestClient:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return TestClient(create_app(work), base_url="http://127.0.0.1", headers=headers)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        zipped = {"content": body, "headers": {"Content-Type": "application/zip"}}
        sent: dict[str, Any] = zipped if isinstance(body, bytes) else {"json": body}
        answer = self.api.request(method, f"/api{path}", **sent)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        is_json = answer.content and "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else answer.content

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.ask("POST", path, body)

    def train(self) -> None:
        while self.runner.work.run_next("training"):
            pass

    def die(self, lane: Any, at: str) -> None:
        """End the worker in the middle of the next job."""
        self.runner.deadly = at
        try:
            self.runner.work.run_next(lane)
        except Killed:
            self.runner.deadly = None
            return
        raise AssertionError(f"no {at} was logged")

    def walk_on(self) -> None:
        """Take all running walks to their ends."""
        while self.store.walks.list(running=True):
            self.train()
            walks.advance(self.work)

    def lose(self, kind: str) -> None:
        """Three workers that took the oldest waiting job die."""
        for _ in range(3):
            job = self.store.jobs.claim("training", "a worker that is gone")
            assert job is not None and job.kind == kind
            self.store.jobs.take_back(lambda _: False)


def draft(server: Server, node_id: int, rule: dict[str, Any]) -> dict[str, Any]:
    plan: dict[str, Any] = server.post(f"/nodes/{node_id}/plans", rule)
    return plan


def apply(server: Server, plan_id: int, **how: Any) -> int:
    node_id: int = server.post(f"/plans/{plan_id}/apply", {"training": QUICK} | how)["node"]["id"]
    server.train()
    return node_id


def grow(server: Server) -> None:
    """Experiment 1, then what must be there beside it, then the worker dies."""
    new = {
        "name": "Published <0.1.0> ü",
        "data": {"kind": "digits"},
        "network": {"name": "tiny"},
        "weights": {"train": {"epochs": 12, "learning_rate": 0.1}},
        "target_accuracy": 0.8,
        "tolerance": 0.01,
        "training": QUICK,
        "seed": 3,
    }
    root = server.post("/experiments", new)["root_id"]
    server.train()
    child = first_generation(server, root)
    grandchild = second_generation(server, child)
    looks(server, root, grandchild)
    controls(server, child)
    automatic(server, root)
    estimates(server, root)
    failures(server, root)
    links(server)
    others(server)
    freeze(server, root, grandchild)


def first_generation(server: Server, root: int) -> int:
    for spec in ("l1:per_weight=true", "l2", "apoz", "random:draw=7"):
        server.post(f"/nodes/{root}/scores?criterion={spec}")
    plan = draft(server, root, {"rule": "percent", "percent": 45, "note": "the weaker half, less what is needed"})
    rule = {
        "rule": "percent",
        "percent": 40,
        "criterion": "l1:per_weight=true",
        "round_to": 2,
        "locked": ["hidden"],
        "kept": {"last": [0, 1]},
        "removed": {"first": [0]},
        "max_layer_share": 0.5,
        "max_class_loss": 0.02,
    }
    server.ask("PATCH", f"/plans/{plan['id']}", {"revision": plan["revision"], "rule": rule})
    server.post(f"/plans/{plan['id']}/preview")
    for other in (
        {"rule": "threshold", "value": 0.0004, "name": "weak"},
        {"rule": "layers", "shares": {"first": 0.5, "last": 0.25}, "criterion": "l2", "round_to": 4},
        {"rule": "target", "metric": "macs", "value": 60_000, "max_layer_share": 0.75},
        {"rule": "filters", "filters": {"stem": [1, 3], "hidden": [2]}, "note": "by hand"},
    ):
        draft(server, root, other)
    stale = draft(server, root, {"rule": "percent", "percent": 25, "name": "stale"})
    server.post(f"/plans/{stale['id']}/preview")
    server.ask("PATCH", f"/plans/{stale['id']}", {"rule": {"rule": "percent", "percent": 20}})
    overridden = draft(server, root, {**rule, "percent": 55, "max_class_loss": 0.0, "name": "limits"})
    server.post(f"/plans/{overridden['id']}/preview")
    return apply(server, plan["id"])


def second_generation(server: Server, child: int) -> int:
    parameters = server.get(f"/nodes/{child}")["parameters"]
    plan = draft(server, child, {"rule": "target", "metric": "parameters", "value": round(0.6 * parameters)})
    node = apply(server, plan["id"], note="small enough for the device")
    server.ask("PATCH", f"/nodes/{node}", {"note": "<b>sent</b> to the device ü", "starred": True})
    draft(server, node, {"rule": "percent", "percent": 10, "criterion": "apoz"})
    return node


def looks(server: Server, root: int, node: int) -> None:
    for node_id in (root, node):
        server.post(f"/nodes/{node_id}/embedding")
    server.post(f"/nodes/{node}/latency?batch=2")
    server.post(f"/nodes/{node}/test")
    server.get(f"/nodes/{root}/samples/0/filters?layer=stem")
    server.get(f"/nodes/{node}/layers/first/filters")
    server.post(f"/nodes/{node}/export?format=safetensors")
    server.post("/inspections", {"data": {"kind": "digits"}, "network": {"name": "tiny"}})
    server.post("/data/reports", {"data": {"kind": "folder", "path": "parts"}, "image_size": 16})


def controls(server: Server, child: int) -> None:
    made = server.post(f"/nodes/{child}/controls", {"kind": "random", "seeds": 2, "training": QUICK})
    for kind in ("l1", "scratch"):
        server.post(f"/nodes/{child}/controls", {"kind": kind, "training": QUICK})
    server.train()
    server.ask("DELETE", f"/nodes/{made[1]['id']}")


def automatic(server: Server, root: int) -> None:
    """One ends by itself, one by the estimator, one is stopped, one fails."""
    new = {"percent": 40, "target_accuracy": 0.8, "training": QUICK, "max_steps": 4}
    server.post(f"/nodes/{root}/walks", new | {"kind": "automatic"})
    server.walk_on()
    server.post(f"/nodes/{root}/walks", new | {"kind": "automatic_estimator", "percent": 60})
    server.walk_on()
    stopped = server.post(f"/nodes/{root}/walks", new | {"kind": "automatic"})
    server.post(f"/walks/{stopped['id']}/stop", {"finish_node": False})
    server.post(f"/nodes/{root}/walks", new | {"kind": "automatic", "percent": 5, "training": None})
    server.lose("prune")
    server.walk_on()


def estimates(server: Server, root: int) -> None:
    tree = server.get("/experiments/1/tree")["nodes"]
    bad = min((node for node in tree if node["accuracy"] is not None), key=lambda node: node["accuracy"])
    asked = {"target_accuracy": 0.7, "good_id": root, "bad_id": bad["id"]}
    applied = server.post(f"/nodes/{root}/estimate", asked)
    apply(server, server.post(f"/estimates/{applied['id']}/plan")["id"])
    drafted = server.post(f"/nodes/{root}/estimate", asked | {"target_accuracy": 0.5})
    server.post(f"/estimates/{drafted['id']}/plan")
    server.post(f"/nodes/{root}/estimate", {"target_accuracy": 0.8})


def failures(server: Server, root: int) -> None:
    """A failed report and a cancelled node; a draft and an experiment that are gone."""
    server.post("/inspections", {"data": {"kind": "folder", "path": "empty"}, "network": {"name": "tiny"}})
    plan = draft(server, root, {"rule": "percent", "percent": 15})
    made = server.post(f"/plans/{plan['id']}/apply", {})
    server.post(f"/jobs/{made['job']['id']}/cancel")
    gone = draft(server, root, {"rule": "percent", "percent": 12})
    server.ask("DELETE", f"/plans/{gone['id']}")
    gone = server.post("/experiments", {"data": {"kind": "digits"}, "network": {"name": "tiny"}})
    server.ask("DELETE", f"/experiments/{gone['id']}")


def links(server: Server) -> None:
    """To look, to edit, one whose time is over, one withdrawn; the first was used."""
    tokens = {}
    for name, new in {
        "look": {"mode": "read", "view": "experiment=1&panel=tree"},
        "edit": {"mode": "edit", "may_export": True, "days": 3650},
        "over": {"mode": "read", "days": SOON},
        "withdrawn": {"mode": "edit"},
    }.items():
        made = server.post("/experiments/1/links", new | {"name": name})
        tokens[name] = made["token"]
    server.ask("DELETE", f"/links/{made['link']['id']}")
    with_owner_token = replace(server.work, config=replace(server.work.config, token=OWNER))
    assert server.visit(with_owner_token, tokens["look"]).get("/api/experiments/1").status_code == 200
    (HERE / "tokens.json").write_text(json.dumps(tokens, indent=1) + "\n")


def others(server: Server) -> None:
    """An imported root; a tree that came as a bundle without weights."""
    weights = server.store.files.weights(1, 0)
    shutil.copy(weights, server.folder.parent / "data" / "tiny.safetensors")
    new = {"data": {"kind": "digits"}, "network": {"name": "tiny"}, "weights": {"path": "tiny.safetensors"}}
    server.post("/experiments", new)
    server.train()
    server.ask("POST", "/bundles", built_in(server.folder.parent / "elsewhere"))


def built_in(folder: Path) -> bytes:
    """A tree of the demo's network on another server; its export is kept, for it is built without a factory."""
    server = Server(folder)
    new = {"name": "Elsewhere", "data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "training": QUICK}
    root = server.post("/experiments", new | {"weights": {"train": QUICK}})["root_id"]
    server.train()
    plan = draft(server, root, {"rule": "percent", "percent": 92, "criterion": "l1"})
    child = apply(server, plan["id"])
    server.post(f"/nodes/{child}/export?format=safetensors")
    (HERE / "export-small-vgg.zip").write_bytes(server.get(f"/nodes/{child}/export?format=safetensors"))
    bundle: bytes = server.get("/experiments/1/bundle?weights=false")
    return bundle


def freeze(server: Server, root: int, node: int) -> None:
    """Two workers die in the middle of their jobs; the rest waits."""
    last = draft(server, root, {"rule": "percent", "percent": 20})
    server.post(f"/plans/{last['id']}/apply", {"training": QUICK})
    server.die("training", at="scores")
    server.post("/experiments", {"name": "Waiting", "data": {"kind": "digits"}, "network": {"name": "tiny"}})
    server.runner.idle = True
    about = {"experiment_id": 1, "node_id": node}
    server.post(f"/nodes/{node - 1}/embedding")
    server.die("interactive", at="embedding")
    server.post(f"/nodes/{root}/walks", {"kind": "automatic", "percent": 30, "target_accuracy": 0.5})
    server.post(f"/nodes/{node}/controls", {"kind": "l1", "seeds": 1})
    new = {"data": {"kind": "digits"}, "network": {"name": "tiny"}}
    server.store.jobs.add(jobs.describe("inspect", {}, new))
    server.post("/inspections", new)
    server.post("/data/reports", {"data": {"kind": "digits"}})
    draft_id = server.get(f"/nodes/{node}/plans")[-1]["id"]
    server.post(f"/plans/{draft_id}/preview")
    for call in ("latency?batch=1", "test", "export?format=onnx", "scores?criterion=fpgm"):
        server.post(f"/nodes/{node - 1}/{call}")
    server.store.jobs.add(jobs.describe("activations", about))
    inputs = {"sample": 1, "layer": 0, "start": 0, "stop": 32, "path": "sample-1-layer-0-block-0.json"}
    server.store.jobs.add(jobs.describe("pictures", {"node_id": node}, inputs))
    cancelled = server.post(f"/nodes/{root}/latency?batch=64")
    server.post(f"/jobs/{cancelled['id']}/cancel")


def answers(server: Server) -> dict[str, Any]:
    """What the server answers, by path."""
    paths = ["/experiments", "/jobs"]
    for experiment in server.get("/experiments"):
        here = f"/experiments/{experiment['id']}"
        paths += [f"{here}{part}" for part in ("", "/tree", "/estimates", "/walks", "/links")]
        for node in server.get(f"{here}/tree")["nodes"]:
            paths += node_paths(server, node, experiment["network"]["name"] == "tiny" or node["number"] > 0)
    paths += [f"/inspections/{job['id']}" for job in server.get("/jobs") if (job["kind"], job["state"]) == REPORT]
    paths += [f"/data/reports/{job['id']}" for job in server.get("/jobs") if (job["kind"], job["state"]) == DATA]
    return {path: server.get(path) for path in paths}


REPORT, DATA = ("report", "done"), ("data_report", "done")


def node_paths(server: Server, node: dict[str, Any], is_small: bool) -> list[str]:
    own = f"/nodes/{node['id']}"
    paths = [f"{own}/epochs", f"{own}/plans"]
    if node["state"] != "ready":
        return paths
    paths += [f"{own}/confusion", f"{own}/samples?limit=8", f"{own}/samples/0", f"{own}/exports"]
    if is_small:
        specs = [by.criterion for by in server.store.bundles.scored(node["id"])]
        paths += [f"{own}/layers", *(f"{own}/scores?criterion={spec}" for spec in specs)]
    if node["laid_out"]:
        paths.append(f"{own}/embedding")
    return paths


def cached_pictures(server: Server) -> dict[str, Any]:
    """Filter pictures that lie in the model store; nothing is computed for them."""
    paths = ("/nodes/1/samples/0/filters?layer=stem", "/nodes/3/layers/first/filters")
    return {path: server.get(path) for path in paths}


def events(server: Server) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in server.store.events.after(0, limit=100_000):
        key = f"{one.experiment_id} {one.kind}"
        counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items()))


def pictures(server: Server) -> dict[str, int]:
    """Sums of pixels of images."""
    paths = ("/experiments/1/samples/0/image", "/experiments/1/samples/7/image", "/experiments/4/samples/0/image")
    return {path: int(np.asarray(Image.open(io.BytesIO(server.get(path)))).astype(int).sum()) for path in paths}


def logits(file: Path, **how: Any) -> list[list[float]]:
    network = load(file, **how)
    with torch.no_grad():
        values: list[list[float]] = network(probe_images()).double().tolist()
    return values


def opened(bundle: bytes, folder: Path) -> dict[str, Any]:
    """What another server answers that opened the bundle."""
    server = Server(folder)
    server.runner.idle = True
    server.post("/bundles", bundle)
    return answers(server)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def pack(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.writestr(zipfile.ZipInfo(str(path.relative_to(folder))), path.read_bytes(), zipfile.ZIP_DEFLATED)


def draw_parts(folder: Path) -> None:
    """Two classes of grey pictures, one of them cut short; and an empty folder beside them."""
    for shade, name in ((60, "bolt"), (180, "nut")):
        for number in range(12):
            file = folder / "parts" / "train" / name / f"{number:03}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("L", (20, 16), shade + number).save(file)
    broken = folder / "parts" / "train" / "nut" / "000.png"
    broken.write_bytes(broken.read_bytes()[:60])
    (folder / "empty").mkdir()


def write_expected(expected: dict[str, Any], file: Path) -> None:
    """A line for each answer, packed."""
    parts = []
    for name, value in expected.items():
        if isinstance(value, dict):
            lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(one)}" for key, one in value.items())
            parts.append(f" {json.dumps(name)}: {{\n{lines}\n }}")
        else:
            parts.append(f" {json.dumps(name)}: {json.dumps(value)}")
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def main() -> None:
    assert __version__ == "0.1.0", "check out version 0.1.0"
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        draw_parts(data)
        register_networks([f"tiny={HERE.parent / 'tiny.py'}:Tiny"])
        server = Server(Path(folder) / "server")
        grow(server)
        bundles = {
            "bundle.zip": server.get("/experiments/1/bundle?pictures=true"),
            "bundle-without-weights.zip": server.get("/experiments/1/bundle?weights=false"),
        }
        for name, content in bundles.items():
            (HERE / name).write_bytes(content)
        (HERE / "export-tiny.zip").write_bytes(server.get("/nodes/3/export?format=safetensors"))
        write_expected(
            {
                "answers": answers(server) | cached_pictures(server),
                "pictures": pictures(server),
                "events": events(server),
                "files": digests(server.store.files.folder),
                "bundle.zip": opened(bundles["bundle.zip"], Path(folder) / "with"),
                "bundle-without-weights.zip": opened(bundles["bundle-without-weights.zip"], Path(folder) / "without"),
                "logits": {
                    "export-tiny.zip": logits(HERE / "export-tiny.zip", factory=Tiny),
                    "export-small-vgg.zip": logits(HERE / "export-small-vgg.zip"),
                },
            },
            HERE / "expected.json.gz",
        )
        server.store.close()
        pack(server.folder / "models", HERE / "models.zip")
        database = HERE / "experiments.db"
        database.unlink(missing_ok=True)
        with sqlite3.connect(server.folder / "experiments.db") as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copy(server.folder / "experiments.db", database)


if __name__ == "__main__":
    main()
