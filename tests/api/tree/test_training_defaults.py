"""Changed fine-tuning defaults of an experiment apply to everyone."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.workspace import Workspace
from tests.trees import make_small_tree


def test_training_defaults_change_except_for_null_and_null_images_means_all(client: TestClient, root: Node) -> None:
    url = f"/api/experiments/{root.experiment_id}"
    before = client.get(url).json()["training"]
    changed = client.patch(url, json={"training": {"epochs": 3, "images": 64}}).json()["training"]
    assert changed == before | {"epochs": 3, "images": 64}
    assert client.patch(url, json={"training": {"epochs": None, "momentum": 0.5}}).json()["training"]["images"] == 64
    client.patch(url, json={"training": changed | {"images": None}})
    assert client.get(url).json()["training"] == before | {"epochs": 3, "images": None}


def test_for_an_applied_plan_null_images_means_all_and_omitted_the_default(
    client: TestClient, workspace: Workspace
) -> None:
    small_tree = make_small_tree(workspace.store)
    client.patch(f"/api/experiments/{small_tree.experiment_id}", json={"training": {"images": 64}})
    created = {}
    for images in ({}, {"images": None}, {"images": 32}):
        plan = client.post(f"/api/nodes/{small_tree.root_id}/plans", json={"rule": "percent", "percent": 30}).json()
        applied = client.post(f"/api/plans/{plan['id']}/apply", json={"training": {"epochs": 1, **images}})
        created[str(images)] = applied.json()["node"]["training"]["images"]
    assert list(created.values()) == [64, None, 32]


@pytest.mark.parametrize(("images", "used"), [({}, 64), ({"images": None}, None), ({"images": 32}, 32)])
def test_an_autopilot_remembers_whether_images_were_omitted(
    client: TestClient, workspace: Workspace, images: dict[str, Any], used: int | None
) -> None:
    small_tree = make_small_tree(workspace.store)
    client.patch(f"/api/experiments/{small_tree.experiment_id}", json={"training": {"images": 64}})
    body = {"kind": "automatic", "percent": 20, "target_accuracy": 0.0, "training": {"epochs": 1, **images}}
    autopilot = client.post(f"/api/nodes/{small_tree.root_id}/autopilots", json=body).json()
    created = workspace.store.nodes.get(autopilot["nodes"][0])
    stored = workspace.store.autopilots.get(autopilot["id"]).training
    assert created.training is not None and stored is not None
    assert (created.training.images, "images" in stored.model_fields_set) == (used, bool(images))
