"""A stranger's round: network and pictures from outside this repository, by command line, page and notebook to ONNX."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cnnpruner.formats.exports.packages import missing_packages
from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.server import Server

CODE = Path(__file__).parents[1] / "third_party"
EDGE = 24
SHAPES = ("disc", "frame", "stripes")
VALIDATION = 90


def _picture(shape: str, draw: np.random.Generator) -> Image.Image:
    """A bright shape somewhere on dark noise."""
    image = Image.fromarray(draw.integers(0, 90, (EDGE, EDGE, 3), dtype=np.uint8))
    x, y = (int(value) for value in draw.integers(2, 10, 2))
    box, colour = (x, y, x + 12, y + 12), tuple(int(value) for value in draw.integers(150, 255, 3))
    pen = ImageDraw.Draw(image)
    if shape == "disc":
        pen.ellipse(box, fill=colour)
    elif shape == "frame":
        pen.rectangle(box, outline=colour, width=2)
    else:
        for offset in range(0, 13, 4):
            pen.line((x, y + offset, x + 12, y + offset), fill=colour)
    return image


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of the stranger's: net.py, and pictures/{train,val}/<class> as PNG and JPEG."""
    folder, draw = tmp_path / "elsewhere", np.random.default_rng(0)
    for split, count in (("train", 120), ("val", VALIDATION // len(SHAPES))):
        for shape in SHAPES:
            place = folder / "pictures" / split / shape
            place.mkdir(parents=True)
            for number in range(count):
                _picture(shape, draw).save(place / f"{number}.{'png' if number % 2 else 'jpg'}", quality=95)
    shutil.copy(CODE / "net.py", folder)
    return folder


@pytest.fixture
def server(tmp_path: Path, elsewhere: Path) -> Iterator[Server]:
    """Started with the network's name; no request can name code."""
    named = ("--network", f"strangers={elsewhere / 'net.py'}:make(width=12)")
    started = Server(tmp_path, data=(elsewhere,), demo=False, arguments=named).start()
    yield started
    started.stop()


def _run(server: Server, folder: Path, *command: str) -> str:
    environment = os.environ | {"CNNPRUNER_SERVER": server.url}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(bool(missing_packages()), reason="needs onnx and onnxruntime")
def test_from_a_file_and_a_folder_to_a_pruned_network_that_runs_elsewhere(
    server: Server, elsewhere: Path, tmp_path: Path
) -> None:
    create = ["create", "--network", "strangers", "--data", "folder", "--data-path", "pictures", "--epochs", "6"]
    told = _run(server, elsewhere, "-m", "cnnpruner.cli", *create, "--name", "Shapes", "--wait")
    assert "experiment 1: Shapes" in told and "node 0: accuracy" in told
    _prune_in_the_page(server)
    compared = _run(server, tmp_path, str(CODE / "compare.py"))
    assert "half of it, by hand" in compared and "'head': [3, 3]" in compared
    with zipfile.ZipFile(tmp_path / "node.zip") as archive:
        archive.extractall(tmp_path / "device")
    right = float(_run(server, tmp_path / "device", str(CODE / "answer.py"), str(elsewhere / "pictures" / "val")))
    assert right == pytest.approx(_test_accuracy(server), abs=1.5 / VALIDATION), "one picture may lie on the border"


def _test_accuracy(server: Server) -> float:
    """Of the pruned node; the test split is the folder's validation pictures."""
    [_, node] = server.call("GET", "/experiments/1/tree")["nodes"]
    assert server.call("GET", "/experiments/1")["splits"]["test"] == VALIDATION
    assert server.wait(server.call("POST", f"/nodes/{node['id']}/test")["id"])["state"] == "done"
    return float(server.call("GET", f"/nodes/{node['id']}")["test_accuracy"])


def _prune_in_the_page(server: Server) -> None:
    with open_page() as page:
        page.goto(f"{server.url}/?experiment=1")
        gestures.choose_node(page, 0)
        gestures.set_epochs(page, 4)
        gestures.draft_percent(page, 50)
        gestures.preview(page)
        gestures.apply_plan(page, "half of it, by hand")
        page.get_by_test_id("node-1").wait_for()
        node = next(one for one in server.call("GET", "/experiments/1/tree")["nodes"] if one["number"] == 1)
        server.ready(node["id"])
