"""A whole experiment leaves one server as a bundle and comes in on another: same tree, same numbers; or not at all."""

import io
import os
import zipfile
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.api.bundles.comparison import comparable, left_behind
from tests.api.bundles.servers import Server, bundle
from tests.api.shared_trees import guarded, link_to, visit

NEW = 3
"""Id of the experiment that comes in."""


def test_the_same_tree_with_the_same_numbers_comes_in(there: Server, here: Server) -> None:
    answer = here.open(bundle(there, "?pictures=true"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["id"] == NEW and made["root_id"] == 3 and made["nodes"] == 3
    assert "It came as a bundle made 20" in made["notices"][-1] and made["has_weights"]
    assert comparable(here, NEW) == left_behind(comparable(there, 1))
    nodes = here.get(f"/experiments/{NEW}/tree")["nodes"]
    assert [node["number"] for node in nodes] == [0, 2, 3]
    assert nodes[2]["control"]["reference_id"] == nodes[1]["id"] and nodes[1]["note"] == "<b>kept</b> ü"
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
    autopilot = {"kind": "automatic", "target_accuracy": 0.0}
    calls: list[tuple[str, dict[str, Any]]] = [
        (f"/plans/{plan['id']}/apply", {}),
        (f"/plans/{plan['id']}/preview", {}),
        (f"/nodes/{root}/latency", {}),
        (f"/nodes/{root}/export", {}),
        (f"/nodes/{root}/autopilots", autopilot),
    ]
    for path, body in calls:
        answer = here.api.post(f"/api{path}", json=body)
        assert answer.status_code == 409, path
        assert "was opened from a bundle without weights" in answer.json()["error"]["message"]
    layer = here.get(f"/nodes/{root}/layers")["layers"][0]["name"]
    for path in (f"/nodes/{root}/samples/0/filters?layer={layer}", f"/nodes/{root}/layers/{layer}/filters"):
        answer = here.api.get(f"/api{path}")
        assert answer.status_code == 409, path
        assert "was opened from a bundle without weights" in answer.json()["error"]["message"]
    again = here.api.get(f"/api/experiments/{NEW}/bundle").content
    assert not here.open(again).json()["has_weights"]


def test_a_bundle_without_its_weights_on_disk_is_refused(here: Server) -> None:
    here.store.files.weights(1, 0).unlink()
    answer = here.api.get("/api/experiments/1/bundle")
    assert answer.status_code == 409 and "make it without weights" in answer.json()["error"]["message"]
    assert here.api.get("/api/experiments/1/bundle?weights=false").status_code == 200


def test_a_body_of_another_type_is_not_even_read(here: Server) -> None:
    answer = here.api.post("/api/bundles", content=b"x", headers={"Content-Type": "application/octet-stream"})
    assert answer.status_code == 415


def test_a_link_takes_the_tree_away_but_weights_only_where_it_may(there: Server) -> None:
    workspace = guarded(there.workspace)
    looking = visit(workspace, link_to(workspace, 1))
    assert looking.get("/api/experiments/1/bundle?weights=false").status_code == 200
    assert looking.get("/api/experiments/1/bundle").status_code == 403
    taking = visit(workspace, link_to(workspace, 1, may_export=True))
    assert taking.get("/api/experiments/1/bundle").status_code == 200
    assert taking.post("/api/bundles", content=b"x", headers={"Content-Type": "application/zip"}).status_code == 403


def test_a_full_disk_says_so(here: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnnpruner.store.files.tempfile.mkdtemp", full)
    answer = here.open(b"x")
    assert answer.status_code == 507 and "No space left" in answer.json()["error"]["message"]


def test_what_a_dead_server_left_is_swept(here: Server) -> None:
    with here.store.files.incoming() as own:
        start = own.name[: own.name.rindex("-") + 1]
    old, new, slow = (here.workspace.config.models / f"{start}{end}" for end in ("old", "new", "slow"))
    foreign = here.workspace.config.models / "incoming-0123456789ab-old"
    for folder in (old, new, slow, foreign):
        folder.mkdir()
    (slow / "bundle.zip").write_bytes(b"still growing")
    for folder in (old, slow, foreign):
        os.utime(folder, (0, 0))
    assert here.store.sweep(lambda _: False) == [old.name]
    assert not old.exists() and new.exists() and slow.exists() and foreign.exists()


def test_files_that_nobody_knows_are_moved_aside_by_a_new_tree(there: Server, here: Server) -> None:
    stray = here.store.files.pictures(NEW)
    stray.parent.mkdir()
    np.save(stray, np.zeros((1, 8, 8, 1), np.uint8))
    assert here.open(bundle(there)).status_code == 201
    assert not stray.exists()
    assert len(list(here.workspace.config.models.glob(f"models.aside-*/experiment-{NEW}/{stray.name}"))) == 1
