"""A bundle restores the whole experiment on another server, or fails without leaving anything behind."""

import io
import os
import zipfile
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.api.bundles.comparison import as_interrupted, comparable
from tests.api.bundles.servers import Server, bundle
from tests.api.shared_trees import link_to, visit, with_owner_token

NEW = 3
"""Id of the opened experiment."""


def test_opening_a_bundle_restores_the_same_tree_with_the_same_numbers(source: Server, target: Server) -> None:
    response = target.open(bundle(source, "?pictures=true"))
    assert response.status_code == 201, response.text
    created = response.json()
    assert created["id"] == NEW and created["root_id"] == 3 and created["nodes"] == 3
    assert "Opened from a bundle created by CNNPruner " in created["notices"][-1] and created["has_weights"]
    assert comparable(target, NEW) == as_interrupted(comparable(source, 1))
    nodes = target.get(f"/experiments/{NEW}/tree")["nodes"]
    assert [node["number"] for node in nodes] == [0, 2, 3]
    assert nodes[2]["control"]["reference_id"] == nodes[1]["id"] and nodes[1]["note"] == "<b>kept</b> ü"
    picture = target.api.get(f"/api/experiments/{NEW}/samples/0/image")
    assert not np.asarray(Image.open(io.BytesIO(picture.content))).any(), "black as there, not gray"
    for number in (0, 2):
        here_file, there_file = target.store.files.weights_path(NEW, number), source.store.files.weights_path(1, number)
        assert here_file.read_bytes() == there_file.read_bytes()


def test_pruning_continues_after_opening_a_bundle_with_weights(source: Server, target: Server) -> None:
    target.open(bundle(source))
    child = target.get(f"/experiments/{NEW}/tree")["nodes"][1]
    [draft] = [plan for plan in target.get(f"/nodes/{child['id']}/plans") if plan["state"] == "draft"]
    preview = target.post(f"/plans/{draft['id']}/preview")
    assert preview["plan_id"] == draft["id"]
    created = target.post(f"/plans/{draft['id']}/apply", {"training": {"epochs": 1, "images": 64}})["node"]
    target.train()
    node = target.get(f"/nodes/{created['id']}")
    assert (node["state"], node["number"]) == ("ready", 4), node["error"]
    assert node["filters"] == draft["cost"]["filters"]


def test_nodes_without_weights_can_be_viewed_but_explain_why_they_cannot_be_pruned(
    source: Server, target: Server
) -> None:
    data = bundle(source, "?weights=false")
    assert not [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if "weights" in name]
    created = target.open(data).json()
    assert not created["has_weights"] and "has no weights" in created["notices"][-2]
    assert "gray squares" in created["notices"][-1]
    picture = target.api.get(f"/api/experiments/{NEW}/samples/0/image")
    assert np.asarray(Image.open(io.BytesIO(picture.content))).tolist() == [[128] * 32] * 32
    assert comparable(target, NEW) == as_interrupted(comparable(source, 1))
    root = created["root_id"]
    plan = target.post(f"/nodes/{root}/plans", {"rule": "percent", "percent": 20, "criterion": "l1"})
    autopilot = {"kind": "automatic", "target_accuracy": 0.0}
    calls: list[tuple[str, dict[str, Any]]] = [
        (f"/plans/{plan['id']}/apply", {}),
        (f"/plans/{plan['id']}/preview", {}),
        (f"/nodes/{root}/latencies", {}),
        (f"/nodes/{root}/export", {}),
        (f"/nodes/{root}/autopilots", autopilot),
    ]
    for path, body in calls:
        response = target.api.post(f"/api{path}", json=body)
        assert response.status_code == 409, path
        assert "was opened from a bundle without weights" in response.json()["error"]["message"]
    layer = target.get(f"/nodes/{root}/layers")["layers"][0]["name"]
    for path in (f"/nodes/{root}/samples/0/filters?layer={layer}", f"/nodes/{root}/layers/{layer}/filters"):
        response = target.api.get(f"/api{path}")
        assert response.status_code == 409, path
        assert "was opened from a bundle without weights" in response.json()["error"]["message"]
    again = target.api.get(f"/api/experiments/{NEW}/bundle").content
    assert not target.open(again).json()["has_weights"]


def test_bundling_fails_if_the_weights_are_missing_on_disk(target: Server) -> None:
    target.store.files.weights_path(1, 0).unlink()
    response = target.api.get("/api/experiments/1/bundle")
    assert response.status_code == 409 and "create the bundle without weights" in response.json()["error"]["message"]
    assert target.api.get("/api/experiments/1/bundle?weights=false").status_code == 200


def test_uploads_of_another_media_type_are_rejected_unread(target: Server) -> None:
    response = target.api.post("/api/bundles", content=b"x", headers={"Content-Type": "application/octet-stream"})
    assert response.status_code == 415


def test_a_link_may_bundle_the_tree_but_weights_only_with_permission(source: Server) -> None:
    workspace = with_owner_token(source.workspace)
    looking = visit(workspace, link_to(workspace, 1))
    assert looking.get("/api/experiments/1/bundle?weights=false").status_code == 200
    assert looking.get("/api/experiments/1/bundle").status_code == 403
    taking = visit(workspace, link_to(workspace, 1, may_export=True))
    assert taking.get("/api/experiments/1/bundle").status_code == 200
    assert taking.post("/api/bundles", content=b"x", headers={"Content-Type": "application/zip"}).status_code == 403


def test_a_full_disk_is_reported(target: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnnpruner.store.files.tempfile.mkdtemp", full)
    response = target.open(b"x")
    assert response.status_code == 507 and "No space left" in response.json()["error"]["message"]


def test_upload_folders_of_dead_servers_are_removed(target: Server) -> None:
    with target.store.files.incoming_folder() as own:
        start = own.name[: own.name.rindex("-") + 1]
    old, new, slow = (target.workspace.config.models / f"{start}{end}" for end in ("old", "new", "slow"))
    other = target.workspace.config.models / "incoming-0123456789ab-old"
    for folder in (old, new, slow, other):
        folder.mkdir()
    (slow / "bundle.zip").write_bytes(b"still growing")
    for folder in (old, slow, other):
        os.utime(folder, (0, 0))
    assert target.store.remove_deleted_files(lambda _: False) == [old.name]
    assert not old.exists() and new.exists() and slow.exists() and other.exists()


def test_unknown_files_in_the_folder_of_a_new_tree_are_moved_aside(source: Server, target: Server) -> None:
    stray = target.store.files.pictures_path(NEW)
    stray.parent.mkdir()
    np.save(stray, np.zeros((1, 8, 8, 1), np.uint8))
    assert target.open(bundle(source)).status_code == 201
    assert not stray.exists()
    assert len(list(target.workspace.config.models.glob(f"models.aside-*/experiment-{NEW}/{stray.name}"))) == 1


def test_a_bundle_carries_training_records_forecasts_and_settings_but_no_derived_notices(
    source: Server, target: Server
) -> None:
    """0.1.0 bundled the settings of nodes alone; the root of this tree was never trained."""
    created = target.open(bundle(source)).json()
    nodes, opened = source.get("/experiments/1/tree")["nodes"], target.get(f"/experiments/{NEW}/tree")["nodes"]
    for name in ("training_record", "forecast", "forecast_reason", "learned", "notices"):
        assert [node[name] for node in opened] == [node[name] for node in nodes], name
    assert nodes[1]["training_record"]["images_seen"] == 64 and nodes[1]["forecast_reason"]
    assert nodes[1]["training_record"]["teacher_number"] == 0
    assert nodes[1]["training"]["teacher"] == nodes[0]["id"] != opened[0]["id"]
    expected = nodes[1]["training"] | {"teacher": opened[0]["id"]}
    assert opened[1]["training"] == expected and opened[0]["training"] == nodes[0]["training"]
    plans, opened_plans = (
        [plan["training"] and plan["training"] | {"teacher": None} for plan in server.get(f"/nodes/{root}/plans")]
        for server, root in ((source, nodes[0]["id"]), (target, opened[0]["id"]))
    )
    assert opened_plans == plans and plans[-1]["epochs"] == 1
    root_notices = nodes[0]["notices"]
    assert root_notices and nodes[1]["recovered"] is None
    assert [notice for notice in created["notices"] if notice in root_notices] == root_notices, "once, not twice"
    again = target.api.get(f"/api/experiments/{NEW}/bundle").content
    assert target.open(again).json()["notices"].count(root_notices[0]) == 1
