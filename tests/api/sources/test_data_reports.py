"""Reports of data over REST: a job that makes nothing; broken data makes no experiment, in the same words."""

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
from tests.api.inline import InlineRunner
from tests.data.test_reports import save

PETS = {"kind": "folder", "path": "pets"}


@pytest.fixture
def inline(workspace: Workspace) -> Iterator[TestClient]:
    """The API, over a worker that does what waits at once; its data folder has pets, and fresh ones nobody saw."""
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


def report(client: TestClient, **asked: Any) -> DataReport:
    answer = client.post("/api/data/reports", json={"data": PETS} | asked)
    assert answer.status_code == 202 and answer.json()["kind"] == "data_report"
    return DataReport.model_validate(client.get(f"/api/data/reports/{answer.json()['id']}").json())


def create(client: TestClient, data: dict[str, Any], **more: Any) -> Any:
    return client.post("/api/experiments", json={"data": data, "network": {"name": "small_vgg"}} | more)


def test_a_sound_folder_is_reported_and_makes_nothing(inline: TestClient) -> None:
    found = report(inline, image_size=16)
    assert (found.images, found.errors, found.image_size) == (12, [], 16)
    assert inline.get("/api/experiments").json() == []


def test_a_broken_folder_makes_no_experiment_and_says_what_the_report_says(inline: TestClient, pets: Path) -> None:
    (pets / "train/cat/bad.png").write_bytes(b"no picture")
    (pets / "train/bird").mkdir()
    found = report(inline)
    assert len(found.errors) == 2 and "train/cat/bad.png" in found.errors[1]
    answer = create(inline, PETS)
    assert answer.status_code == 422 and answer.json()["error"]["message"] == " ".join(found.errors)
    assert inline.get("/api/experiments").json() == []
    (pets / "train/cat/bad.png").unlink()
    (pets / "train/bird").rmdir()
    assert create(inline, PETS).status_code == 201


def test_the_transform_and_the_unseen_pictures_are_the_experiments(inline: TestClient) -> None:
    declared = PETS | {"unseen": "fresh", "resize": "stretch", "crop_share": 0.875}
    made = create(inline, declared, image_size=8).json()
    assert made["data"] | declared == made["data"]
    assert (made["splits"]["train"], made["splits"]["selection"], made["splits"]["test"]) == (12, 6, 6)
    assert "two halves, by class, of the 12 images in fresh, which the weights have not seen" in made["splits"]["rule"]
    assert any("stretched to 9×9" in notice for notice in made["notices"])


def test_pictures_that_were_added_meanwhile_are_seen(inline: TestClient, pets: Path) -> None:
    assert create(inline, PETS, image_size=8).json()["splits"]["train"] == 7
    shutil.copy(pets / "train/cat/0.jpg", pets / "train/cat/again.jpg")
    assert (
        sum(create(inline, PETS, image_size=8).json()["splits"][part] for part in ("train", "selection", "test")) == 13
    )


def test_a_registered_data_factory_is_listed_and_used_by_name_alone(inline: TestClient) -> None:
    assert [one["path"] for one in inline.get("/api/data").json()["entries"] if one["kind"] == "factory"] == ["own"]
    found = report(inline, data={"kind": "factory", "name": "own"})
    assert (found.images, found.held_out_images, [one.name for one in found.classes]) == (20, 14, ["dark", "light"])
    made = create(inline, {"kind": "factory", "name": "own"}, image_size=8).json()
    assert (made["splits"]["selection"], made["splits"]["test"], made["classes"]) == (8, 6, ["dark", "light"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "factory", "name": "tests.data.user_datasets"}, "No data factory is registered as"),
        ({"kind": "factory", "name": "own:three"}, "name"),
        ({"kind": "factory", "name": "../own"}, "name"),
        ({"kind": "factory"}, "give `name` for kind `factory`"),
        ({"kind": "folder", "path": "pets", "unseen": "../pets"}, "must be relative to a data folder"),
        ({"kind": "digits", "crop_share": 0.875}, "leave `resize` and `crop_share` out"),
    ],
)
def test_nothing_unnamed_is_taken_and_nothing_is_queued(inline: TestClient, data: dict[str, Any], said: str) -> None:
    for path, body in (("/api/data/reports", {}), ("/api/experiments", {"network": {"name": "small_vgg"}})):
        answer = inline.post(path, json={"data": data} | body)
        assert answer.status_code == 422 and said in answer.json()["error"]["message"]
    assert inline.get("/api/jobs").json() == []


def test_a_job_of_another_kind_is_no_report(inline: TestClient) -> None:
    job = inline.post("/api/inspections", json={"data": PETS, "network": {"name": "small_vgg"}}).json()
    assert inline.get(f"/api/data/reports/{job['id']}").status_code == 404
