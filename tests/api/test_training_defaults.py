"""Fine-tuning defaults of an experiment change for all who use it."""

from fastapi.testclient import TestClient

from cnnpruner.domain.nodes import Node


def test_training_defaults_change_but_for_what_is_null_and_null_images_are_all(client: TestClient, root: Node) -> None:
    url = f"/api/experiments/{root.experiment_id}"
    before = client.get(url).json()["training"]
    changed = client.patch(url, json={"training": {"epochs": 3, "images": 64}}).json()["training"]
    assert changed == before | {"epochs": 3, "images": 64}
    assert client.patch(url, json={"training": {"epochs": None, "momentum": 0.5}}).json()["training"]["images"] == 64
    client.patch(url, json={"training": changed | {"images": None}})
    assert client.get(url).json()["training"] == before | {"epochs": 3, "images": None}
