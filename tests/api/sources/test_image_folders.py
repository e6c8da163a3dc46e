"""Image folders over REST: what a report says, what an experiment stores, and how old experiments are read."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from PIL import Image

from cnnpruner.api.app import create_app
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.image_reading import LEGACY_FOLDER_NOTICE
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.setups import ExperimentSetup
from cnnpruner.service.workspace import Workspace
from cnnpruner.store.rows import ExperimentRow
from tests.api.inline_runner import InlineRunner
from tests.data.image_folders.written_folders import noise, put, put_values

SCANS = {"kind": "folder", "path": "scans"}


@pytest.fixture
def inline(workspace: Workspace) -> Iterator[TestClient]:
    """The API with a worker that runs jobs at once."""
    runner = InlineRunner(workspace.store, workspace.config.data)
    with TestClient(create_app(replace(workspace, runner=runner)), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def root(workspace: Workspace) -> Path:
    """The data folder."""
    return workspace.config.data[0]


@pytest.fixture
def scans(root: Path) -> Path:
    """Images of 12 bits."""

    def values(label: int, number: int) -> NDArray[np.uint16]:
        return noise(number + 100 * label, 0, 2000 + 2000 * label, channels=1).astype(np.uint16)

    return put_values(root / "scans", "png", values)


def report(client: TestClient, data: dict[str, Any]) -> dict[str, Any]:
    job = client.post("/api/data/reports", json={"data": data}).json()
    answer: dict[str, Any] = client.get(f"/api/data/reports/{job['id']}").json()
    return answer


def create(client: TestClient, data: dict[str, Any]) -> Any:
    return client.post("/api/experiments", json={"data": data, "network": {"name": "small_vgg"}})


def train_pixels(workspace: Workspace, experiment: Experiment) -> NDArray[np.uint8]:
    """All training images as a job reads them."""
    store = workspace.store
    splits, layers = store.experiments.splits(experiment.id), store.experiments.root_layers(experiment.id)
    setup = ExperimentSetup(experiment, splits, layers, workspace.config.data)
    pool = WorkerCache(torch.device("cpu")).images(setup).train.images
    pixels: NDArray[np.uint8] = pool.batch(torch.arange(len(pool)), torch.device("cpu")).numpy()
    return pixels


def test_the_scale_is_reported_stored_and_used_by_all_jobs(
    inline: TestClient, workspace: Workspace, scans: Path
) -> None:
    result = report(inline, SCANS)
    assert (result["intensity"]["black"], result["intensity"]["white"], result["intensity"]["images"]) == (0, 4095, 12)
    created = create(inline, SCANS).json()
    assert created["reading"] == {"version": 2, "low": 0, "high": 4095, "scales_all_images": False}
    assert any("0 becomes black and 4,095 white" in notice for notice in created["notices"])
    pixels = train_pixels(workspace, workspace.store.experiments.get(created["id"]))
    first_image = noise(100, 0, 4000, channels=1).astype(np.uint16)
    assert np.array_equal(pixels[0, 0], np.rint(first_image * (255 / 4095)).astype(np.uint8))


def test_the_scale_of_an_experiment_stays_when_brighter_images_are_added(
    inline: TestClient, workspace: Workspace, scans: Path
) -> None:
    experiment = workspace.store.experiments.get(create(inline, SCANS).json()["id"])
    before = train_pixels(workspace, experiment)
    path = scans / "train/high/0.png"
    put_values(scans.parent / "bright", "png", lambda label, number: noise(number, 0, 65535, 1).astype(np.uint16))
    path.write_bytes((scans.parent / "bright/train/high/0.png").read_bytes())
    assert report(inline, SCANS)["intensity"]["white"] == 65535
    after = train_pixels(workspace, experiment)
    assert np.array_equal(np.delete(after, 0, axis=0), np.delete(before, 0, axis=0))


def test_an_old_experiment_keeps_its_scale_and_its_notice_says_so(
    inline: TestClient, workspace: Workspace, scans: Path
) -> None:
    created = create(inline, SCANS).json()
    with workspace.store.transaction(), workspace.store.experiments._sessions.write() as session:
        row = session.get(ExperimentRow, created["id"])
        assert row is not None
        row.fixed = {name: value for name, value in row.fixed.items() if name != "reading"}  # as 0.1.0 stored it
    old = inline.get(f"/api/experiments/{created['id']}").json()
    assert (old["reading"], old["notices"]) == (None, [*created["notices"], LEGACY_FOLDER_NOTICE])
    assert train_pixels(workspace, workspace.store.experiments.get(created["id"])).max() == 4000 * 255 // 65535


def test_an_experiment_on_other_data_has_no_such_notice(inline: TestClient) -> None:
    created = create(inline, {"kind": "digits"}).json()
    assert created["reading"] is None and LEGACY_FOLDER_NOTICE not in created["notices"]


def test_the_level_of_the_classes_is_chosen_over_rest(inline: TestClient, root: Path) -> None:
    put(root / "life/train/animals", 6, ("ant", "bee"))
    put(root / "life/train/plants", 6, ("fir", "oak"))
    data = {"kind": "folder", "path": "life"}
    assert report(inline, data)["class_levels"]["used"] == "upper"
    upper, lower = create(inline, data).json(), create(inline, data | {"class_level": "lower"}).json()
    assert upper["classes"] == ["animals", "plants"]
    assert any("4 classes at the lower level" in notice for notice in upper["notices"])
    assert lower["classes"] == ["animals/ant", "animals/bee", "plants/fir", "plants/oak"]


def test_an_experiment_says_at_once_what_is_wrong_with_its_folder(inline: TestClient, root: Path) -> None:
    put(root / "pets/Training", 8)
    put(root / "pets/Validation", 4)
    (root / "pets/Validation/ant/0.png").write_bytes((root / "pets/Training/ant/0.png").read_bytes())
    (root / "pets/Training/ant/scan.dcm").write_bytes(b"x")
    created = create(inline, {"kind": "folder", "path": "pets"}).json()
    assert any("Some images in Validation are also in Training: 1 of 12" in notice for notice in created["notices"])
    assert any("1 file with the extension .dcm" in notice for notice in created["notices"])
    assert (created["splits"]["selection"], created["splits"]["test"]) == (12, 12)
    assert "its test split is 12 of the 24 training images" in created["splits"]["rule"]


def test_notices_stay_if_the_network_needs_larger_images(inline: TestClient, root: Path) -> None:
    put(root / "pets/train", 8)
    (root / "pets/train/ant/scan.dcm").write_bytes(b"x")
    body = {"data": {"kind": "folder", "path": "pets"}, "network": {"name": "resnet18"}}
    created = inline.post("/api/experiments", json=body).json()
    assert created["image_size"] == 32
    assert any(
        "1 file with the extension .dcm" in notice for notice in created["notices"]
    )  # 0.1.0: lost with the first size
    assert [notice for notice in created["notices"] if "resized" in notice] == [
        "Images are resized so that their shorter edge has 32 pixels, and cropped at the centre to 32×32."
    ]


def test_a_link_out_of_the_data_folder_creates_nothing(
    inline: TestClient, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    private = tmp_path_factory.mktemp("private")
    put(private / "train", 6)
    (root / "pets").mkdir()
    (root / "pets/train").symlink_to(private / "train")
    response = create(inline, {"kind": "folder", "path": "pets"})
    assert response.status_code == 422
    assert "Folder pets contains 1 link that would lead out of the data folders" in response.json()["error"]["message"]
    assert inline.get("/api/experiments").json() == []


def test_a_constant_set_creates_nothing(inline: TestClient, root: Path) -> None:
    put_values(root / "black", "png", lambda label, number: np.zeros((16, 16), np.uint8), count=10)
    response = create(inline, {"kind": "folder", "path": "black"})
    assert response.status_code == 422
    assert "All pixels of the training images have nearly the same value" in response.json()["error"]["message"]


@pytest.mark.parametrize("kind", ["overlap", "levels", "unused", "constant", "narrow"])
def test_what_misleads_needs_confirmation_before_an_experiment_is_created(
    inline: TestClient, root: Path, kind: str
) -> None:
    put(root / "pets/train", 8)
    expected = "between 0 and 15 on a scale of 0 to 255"
    if kind == "overlap":
        put(root / "pets/val", 4)
        (root / "pets/val/ant/0.png").write_bytes((root / "pets/train/ant/0.png").read_bytes())
        expected = "Some images in val are also in train: 1 of 12"
    elif kind == "levels":
        put(root / "pets/train/ant", 2, ("red", "black"))
        expected = "5 classes at the lower level"
    elif kind == "unused":
        put(root / "pets/more", 2)
        expected = "Folders next to train contain 6 images that will not be used"
    elif kind == "constant":
        Image.new("RGB", (16, 16), (9, 9, 9)).save(root / "pets/train/ant/blank.png")
        expected = "All pixels have the same value in 1 of 25 decoded images"
    else:
        shutil.rmtree(root / "pets/train")
        put_values(root / "pets", "png", lambda label, number: noise(number, 0, 16, 1).astype(np.uint8), count=10)
    body = {"data": {"kind": "folder", "path": "pets"}, "network": {"name": "small_vgg"}, "stop_on_warnings": True}
    response = inline.post("/api/experiments", json=body)
    assert response.status_code == 409 and response.json()["error"]["code"] == "needs_confirmation"
    assert any(expected in warning for warning in response.json()["error"]["details"]["warnings"])
    assert inline.get("/api/experiments").json() == []  # 0.1.0: created without a word, but for overlaps of equal bytes
    created = inline.post("/api/experiments", json=body | {"stop_on_warnings": False}).json()
    assert any(expected in notice for notice in created["notices"])
