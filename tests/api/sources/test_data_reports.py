"""Data reports over REST: they create no experiment, and an invalid data set is rejected with the same messages."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.data.factories import register_datasets
from cnnpruner.domain.sources.data_reports import DataReport
from cnnpruner.service.workspace import Workspace
from tests.api.inline_runner import InlineRunner
from tests.data.test_reports import save

PETS = {"kind": "folder", "path": "pets"}


@pytest.fixture
def inline(workspace: Workspace) -> Iterator[TestClient]:
    """The API with a worker that runs jobs at once, and image folders `pets` and `fresh` (unseen)."""
    (root,) = workspace.config.data
    for number in range(6):
        for label, name in enumerate(("cat", "dog")):
            save(root / "pets" / "train" / name / f"{number}.jpg", 10 * number + label)
            save(root / "fresh" / name / f"{number}.jpg", 1000 + 10 * number + label)
    register_datasets(["own=tests.data.user_datasets:three"])
    runner = InlineRunner(workspace.store, workspace.config.data)
    with TestClient(create_app(replace(workspace, runner=runner)), base_url="http://127.0.0.1") as client:
        yield client
    register_datasets([])


@pytest.fixture
def pets(workspace: Workspace) -> Path:
    """The image folder."""
    return workspace.config.data[0] / "pets"


def report(client: TestClient, **request: Any) -> DataReport:
    response = client.post("/api/data/reports", json={"data": PETS} | request)
    assert response.status_code == 202 and response.json()["kind"] == "data_report"
    return DataReport.model_validate(client.get(f"/api/data/reports/{response.json()['id']}").json())


def create(client: TestClient, data: dict[str, Any], **fields: Any) -> Any:
    return client.post("/api/experiments", json={"data": data, "network": {"name": "small_vgg"}} | fields)


def test_a_valid_folder_is_reported_without_creating_an_experiment(inline: TestClient) -> None:
    result = report(inline, image_size=16)
    assert (result.images, result.errors, result.image_size) == (12, [], 16)
    assert inline.get("/api/experiments").json() == []


def test_a_broken_folder_cannot_be_used_for_the_reasons_in_its_report(inline: TestClient, pets: Path) -> None:
    (pets / "train/cat/bad.png").write_bytes(b"no picture")
    (pets / "train/bird").mkdir()
    result = report(inline)
    assert len(result.errors) == 2 and "train/cat/bad.png" in result.errors[1]
    response = create(inline, PETS)
    assert response.status_code == 422 and response.json()["error"]["message"] == " ".join(result.errors)
    assert inline.get("/api/experiments").json() == []
    (pets / "train/cat/bad.png").unlink()
    (pets / "train/bird").rmdir()
    assert create(inline, PETS).status_code == 201


def test_an_experiment_uses_the_given_resizing_and_unseen_images(inline: TestClient) -> None:
    data = PETS | {"unseen": "fresh", "resize": "stretch", "crop_share": 0.875}
    created = create(inline, data, image_size=8).json()
    assert created["data"] | data == created["data"]
    assert (created["splits"]["train"], created["splits"]["selection"], created["splits"]["test"]) == (12, 6, 6)
    assert "12 images in fresh (on which the weights were not trained) are divided equally" in created["splits"]["rule"]
    assert any("stretched to 9×9" in notice for notice in created["notices"])


def test_images_added_later_are_used(inline: TestClient, pets: Path) -> None:
    assert create(inline, PETS, image_size=8).json()["splits"]["train"] == 7
    shutil.copy(pets / "train/cat/0.jpg", pets / "train/cat/again.jpg")
    assert (
        sum(create(inline, PETS, image_size=8).json()["splits"][split] for split in ("train", "selection", "test"))
        == 13
    )


def test_a_registered_data_factory_is_listed_and_used_by_name(inline: TestClient) -> None:
    assert [entry["path"] for entry in inline.get("/api/data").json()["entries"] if entry["kind"] == "factory"] == [
        "own"
    ]
    result = report(inline, data={"kind": "factory", "name": "own"})
    assert (result.images, result.held_out_images, [entry.name for entry in result.classes]) == (
        20,
        14,
        ["dark", "light"],
    )
    created = create(inline, {"kind": "factory", "name": "own"}, image_size=8).json()
    assert (created["splits"]["selection"], created["splits"]["test"], created["classes"]) == (8, 6, ["dark", "light"])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"kind": "factory", "name": "tests.data.user_datasets"}, "No data factory is registered as"),
        ({"kind": "factory", "name": "own:three"}, "name"),
        ({"kind": "factory", "name": "../own"}, "name"),
        ({"kind": "factory"}, "`name` is required for the kind `factory`"),
        ({"kind": "folder", "path": "pets", "unseen": "../pets"}, "must be relative to a data folder"),
        ({"kind": "digits", "crop_share": 0.875}, "omit `resize` and `crop_share`"),
    ],
)
def test_invalid_data_sources_are_rejected_before_queueing_a_job(
    inline: TestClient, data: dict[str, Any], expected: str
) -> None:
    for path, body in (("/api/data/reports", {}), ("/api/experiments", {"network": {"name": "small_vgg"}})):
        response = inline.post(path, json={"data": data} | body)
        assert response.status_code == 422 and expected in response.json()["error"]["message"]
    assert inline.get("/api/jobs").json() == []


def test_a_job_of_another_kind_has_no_report(inline: TestClient) -> None:
    job = inline.post("/api/inspections", json={"data": PETS, "network": {"name": "small_vgg"}}).json()
    assert inline.get(f"/api/data/reports/{job['id']}").status_code == 404
