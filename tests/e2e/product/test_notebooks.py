"""The example notebooks run as they stand, and what they show is rich."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.e2e.server import Server

NOTEBOOKS = REPOSITORY / "notebooks"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With the criteria of the second notebook."""
    patch = pytest.MonkeyPatch()
    patch.setenv("CRITERIA", str(NOTEBOOKS / "criteria"))
    started = Server(tmp_path_factory.mktemp("notebooks"), demo=False).start()
    patch.undo()
    yield started
    started.stop()


def _run(server: Server, name: str, folder: Path) -> str:
    environment = os.environ | {"CNNPRUNER_SERVER": server.url, "MPLBACKEND": "Agg"}
    command = [sys.executable, str(Path(__file__).parents[1] / "notebook.py"), str(NOTEBOOKS / name)]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_whole_round(server: Server, tmp_path: Path) -> None:
    shown = _run(server, "01_a_whole_round.ipynb", tmp_path)
    assert "<b>Plan A (draft)</b>" in shown and "preview, BN re-estimated" in shown
    assert 'aria-label="Tree of 2 nodes"' in shown and "the weaker half" in shown
    assert "made node 1 and can no longer be changed" in shown, "the server's sentence"
    left = {path.suffix for path in tmp_path.iterdir()}
    assert left == {".zip", ".html"} and len(list(tmp_path.iterdir())) == 3


def test_ones_own_criterion_against_taylor(server: Server, tmp_path: Path) -> None:
    shown = _run(server, "02_my_criterion_against_taylor.ipynb", tmp_path)
    assert "half by gradient_gain" in shown and 'aria-label="Tree of 3 nodes"' in shown


def test_committed_notebooks_hold_no_outputs() -> None:
    for path in NOTEBOOKS.glob("*.ipynb"):
        text = path.read_text()
        assert '"outputs": []' in text and '"execution_count": 1' not in text, f"{path.name}: clear all outputs"
