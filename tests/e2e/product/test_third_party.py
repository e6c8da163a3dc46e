"""Third-party network and pictures are pruned and exported to ONNX by command line, page and notebook."""

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

from cnnpruner.formats.exports.packages import find_missing_packages
from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.server import Server

CODE = Path(__file__).parents[1] / "third_party"
EDGE = 24
SHAPES = ("disc", "frame", "stripes")
VALIDATION = 90


def _picture(shape: str, rng: np.random.Generator) -> Image.Image:
    """A bright shape at a random position on dark noise."""
    image = Image.fromarray(rng.integers(0, 90, (EDGE, EDGE, 3), dtype=np.uint8))
    x, y = (int(value) for value in rng.integers(2, 10, 2))
    box, colour = (x, y, x + 12, y + 12), tuple(int(value) for value in rng.integers(150, 255, 3))
    canvas = ImageDraw.Draw(image)
    if shape == "disc":
        canvas.ellipse(box, fill=colour)
    elif shape == "frame":
        canvas.rectangle(box, outline=colour, width=2)
    else:
        for offset in range(0, 13, 4):
            canvas.line((x, y + offset, x + 12, y + offset), fill=colour)
    return image


@pytest.fixture
def user_folder(tmp_path: Path) -> Path:
    """A user's folder with net.py and pictures/{train,val}/<class> as PNG and JPEG."""
    folder, rng = tmp_path / "user", np.random.default_rng(0)
    for split, count in (("train", 120), ("val", VALIDATION // len(SHAPES))):
        for shape in SHAPES:
            class_folder = folder / "pictures" / split / shape
            class_folder.mkdir(parents=True)
            for number in range(count):
                _picture(shape, rng).save(class_folder / f"{number}.{'png' if number % 2 else 'jpg'}", quality=95)
    shutil.copy(CODE / "net.py", folder)
    return folder


@pytest.fixture
def server(tmp_path: Path, user_folder: Path) -> Iterator[Server]:
    """A server started with the network's file, as requests cannot name code."""
    arguments = ("--network", f"my_net={user_folder / 'net.py'}:make(width=12)")
    running = Server(tmp_path, data=(user_folder,), demo=False, arguments=arguments).start()
    yield running
    running.stop()


def _run(server: Server, folder: Path, *command: str) -> str:
    environment = os.environ | {"CNNPRUNER_SERVER": server.url}
    result = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.skipif(bool(find_missing_packages()), reason="needs onnx and onnxruntime")
def test_a_third_party_network_is_pruned_and_runs_without_cnnpruner(
    server: Server, user_folder: Path, tmp_path: Path
) -> None:
    create = ["create", "--network", "my_net", "--data", "folder", "--data-path", "pictures", "--epochs", "6"]
    output = _run(server, user_folder, "-m", "cnnpruner.cli", *create, "--name", "Shapes", "--wait")
    assert "experiment 1: Shapes" in output and "node 0: accuracy" in output
    _prune_in_the_page(server)
    comparison = _run(server, tmp_path, str(CODE / "compare.py"))
    assert "half of it, by hand" in comparison and "'head': [3, 3]" in comparison
    with zipfile.ZipFile(tmp_path / "node.zip") as archive:
        archive.extractall(tmp_path / "device")
    accuracy = float(_run(server, tmp_path / "device", str(CODE / "answer.py"), str(user_folder / "pictures" / "val")))
    assert accuracy == pytest.approx(_selection_accuracy(server), abs=1.5 / VALIDATION), "one picture may be borderline"


def _selection_accuracy(server: Server) -> float:
    """Accuracy of the pruned node on the selection split, which is the folder's validation pictures."""
    [_, node] = server.call("GET", "/experiments/1/tree")["nodes"]
    assert server.call("GET", "/experiments/1")["splits"]["selection"] == VALIDATION
    return float(node["accuracy"])


def _prune_in_the_page(server: Server) -> None:
    with open_page() as page:
        page.goto(f"{server.url}/?experiment=1")
        gestures.choose_node(page, 0)
        gestures.set_epochs(page, 4)
        gestures.draft_percent(page, 50)
        gestures.preview(page)
        gestures.apply_plan(page, "half of it, by hand")
        page.get_by_test_id("node-1").wait_for()
        node = next(entry for entry in server.call("GET", "/experiments/1/tree")["nodes"] if entry["number"] == 1)
        server.ready(node["id"])
