"""Samples, filter pictures and layer filters over REST, computed by a real worker in this process."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.domain.jobs import Queue
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import Store
from tests.api.conftest import IdleRunner
from tests.api.in_process_client import in_process

PNG = b"\x89PNG"


def layers(store: Store, root: Node) -> list[Any]:
    return list(store.nodes.layers(root.id).layers)


def test_pictures_are_paged_by_filter_number_and_cached(server: TestClient, workspace: Workspace, root: Node) -> None:
    wide = next(layer for layer in layers(workspace.store, root) if layer.filters >= 100)
    path = f"/api/nodes/{root.id}/samples/3/filters"
    page = server.get(path, params={"layer": wide.name, "offset": 20, "limit": 40}).json()
    assert [item["number"] for item in page["items"]] == list(range(20, 60))
    assert (page["total"], page["next"], page["sample"]) == (wide.filters, 60, 3)
    responding = next(item for item in page["items"] if item["activation"] > 0)
    assert base64.b64decode(responding["picture"]).startswith(PNG)
    assert (len(responding["histogram"]), sum(responding["histogram"])) == (24, 64)
    assert responding["low"] < responding["high"]
    last = server.get(path, params={"layer": wide.name, "offset": wide.filters - 1, "limit": 40}).json()
    assert ([item["number"] for item in last["items"]], last["next"]) == ([wide.filters - 1], None)
    beyond = server.get(path, params={"layer": wide.name, "offset": 5000}).json()
    assert (beyond["items"], beyond["next"]) == ([], None)

    folder = workspace.store.files.filter_pictures_folder(1, 0)
    inodes = {file: file.stat().st_ino for file in folder.iterdir()}
    assert server.get(path, params={"layer": wide.name, "offset": 20, "limit": 40}).json() == page
    assert {file: file.stat().st_ino for file in folder.iterdir()} == inodes
    assert not [job for job in workspace.store.jobs.list() if job.kind == "pictures"], "such jobs are forgotten"
    assert not [event for event in workspace.store.events.after(0) if '"pictures"' in event.data]


def test_every_layer_lists_what_its_filters_respond_to(server: TestClient, workspace: Workspace, root: Node) -> None:
    for layer in layers(workspace.store, root):
        result = server.get(f"/api/nodes/{root.id}/layers/{layer.name}/filters").json()
        assert [item["number"] for item in result["items"]] == layer.numbers
        assert (result["height"], result["width"], result["images"]) == (layer.height, layer.width, root.images)
        item = max(result["items"], key=lambda item: item["map_high"])
        assert base64.b64decode(item["map"]).startswith(PNG)
        activations = [item["activation"] for item in item["top"]]
        assert (len(activations), activations) == (9, sorted(activations, reverse=True))
        assert item["mean"] <= activations[0]
    assert len([job for job in workspace.store.jobs.list() if job.kind == "activations"]) == 1


class DeletingRunner(IdleRunner):
    """Deletes the tree while a job is waiting."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def wake(self, queue: Queue) -> None:
        self.store.experiments.remove(1)


@pytest.mark.parametrize("path", ["samples/3/filters?layer=", "layers/", "scores?criterion=l1#"])
def test_a_node_deleted_while_computing_is_reported_as_deleted(workspace: Workspace, root: Node, path: str) -> None:
    name = layers(workspace.store, root)[0].name
    with TestClient(
        create_app(replace(workspace, runner=DeletingRunner(workspace.store))), base_url="http://127.0.0.1"
    ) as client:
        response = client.get(f"/api/nodes/{root.id}/{path}{name}{'/filters' if path == 'layers/' else ''}")
    assert response.status_code == 404
    assert response.json()["error"]["message"] == "Node 0 was deleted while the result was being computed."


def test_the_top_image_of_a_filter_has_the_activation_of_its_picture(
    server: TestClient, workspace: Workspace, root: Node
) -> None:
    layer = layers(workspace.store, root)[1]
    item = server.get(f"/api/nodes/{root.id}/layers/{layer.name}/filters").json()["items"][4]
    path = f"/api/nodes/{root.id}/samples/{item['top'][0]['sample']}/filters"
    picture = server.get(path, params={"layer": layer.name}).json()["items"][4]
    assert picture["number"] == item["number"]
    np.testing.assert_allclose(picture["activation"], item["top"][0]["activation"], rtol=1e-4)


def test_a_sample_lists_its_most_probable_classes(server: TestClient, workspace: Workspace, root: Node) -> None:
    result = server.get(f"/api/nodes/{root.id}/samples/5").json()
    assert (result["before"], result["against_id"], result["change"]) == (None, None, "same")
    assert len(result["top"]) == 5
    assert result["top"][0]["label"] == result["predicted"]
    both = server.get(f"/api/nodes/{root.id}/samples/5?against={root.id}").json()
    assert both["before"] == both["top"] == result["top"]


def test_samples_can_be_filtered_by_several_classes_and_correctness(server: TestClient, root: Node) -> None:
    path = f"/api/nodes/{root.id}/samples?limit=20000"
    all_samples = server.get(path).json()["items"]
    filtered = server.get(path + "&classes=1&classes=7").json()
    assert filtered["items"] == [item for item in all_samples if item["label"] in (1, 7)]
    right = server.get(path + "&change=right").json()
    assert right["items"] == [item for item in all_samples if item["label"] == item["predicted"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("label=10", "label: there is no class 10; classes are 0 to 9."),
        ("predicted=99", "predicted: there is no class 99; classes are 0 to 9."),
        ("classes=3&classes=-1", "classes: there is no class -1; classes are 0 to 9."),
        (f"label={10**30}", f"label: there is no class {10**30}; classes are 0 to 9."),
    ],
)
def test_a_missing_class_is_named_with_the_valid_range(
    server: TestClient, root: Node, query: str, expected: str
) -> None:
    path = f"/api/nodes/{root.id}/samples?"
    response = server.get(path + query)
    assert (response.status_code, response.json()["error"]["message"]) == (422, expected)
    assert server.get(path + "label=9&predicted=0&classes=9").status_code == 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [("samples/100000", "no sample 100000"), ("samples/3/filters?layer=nope", "no layer 'nope'"),
     ("samples/100000/filters?layer=x", "no sample"), ("layers/nope/filters", "no layer 'nope'")],
)  # fmt: skip
def test_a_missing_sample_or_layer_is_named(server: TestClient, root: Node, path: str, expected: str) -> None:
    response = server.get(f"/api/nodes/{root.id}/{path}")
    assert response.status_code == 404
    assert expected in response.json()["error"]["message"]


def test_a_failing_worker_reports_why_and_leaves_no_file(
    server: TestClient, workspace: Workspace, root: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    layer = layers(workspace.store, root)[0]
    response = server.get(f"/api/nodes/{root.id}/samples/3/filters?layer={layer.name}")
    assert response.status_code == 507
    assert "No space left" in response.json()["error"]["message"]
    assert not list(workspace.store.files.filter_pictures_folder(1, 0).glob("*"))


def test_the_client_collects_pages_and_quotes_names(server: TestClient, workspace: Workspace, root: Node) -> None:
    client = in_process(server)
    wide = next(layer for layer in layers(workspace.store, root) if layer.filters >= 100)
    assert [item.number for item in client.filter_pictures(root.id, 2, wide.name)] == wide.numbers
    assert client.layer_filters(root.id, wide.name).layer == wide.name
    assert client.sample(root.id, 2, against=root.id).against_id == root.id
    assert {item.label for item in client.samples(root.id, classes=[1, 7])} == {1, 7}
    assert client.embedding(root.id) == workspace.store.embeddings.get(root.id)
