"""The example notebooks run as committed, with rich output."""

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
    """A server with the criterion of the second notebook."""
    patch = pytest.MonkeyPatch()
    patch.setenv("CRITERIA", str(NOTEBOOKS / "criteria"))
    running = Server(tmp_path_factory.mktemp("notebooks"), demo=False).start()
    patch.undo()
    yield running
    running.stop()


def _run(server: Server, name: str, folder: Path) -> str:
    environment = os.environ | {"CNNPRUNER_SERVER": server.url, "MPLBACKEND": "Agg"}
    command = [sys.executable, str(Path(__file__).parents[1] / "notebook.py"), str(NOTEBOOKS / name)]
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_first_notebook_prunes_and_exports(server: Server, tmp_path: Path) -> None:
    output = _run(server, "01_a_whole_round.ipynb", tmp_path)
    assert "<b>Plan A (draft)</b>" in output and "accuracy in the preview, after BN re-estimation" in output
    assert 'aria-label="Tree of 2 nodes"' in output and "the weaker half" in output
    assert "created node 1 and can no longer be changed" in output, "the server's message"
    suffixes = {path.suffix for path in tmp_path.iterdir()}
    assert suffixes == {".zip", ".html"} and len(list(tmp_path.iterdir())) == 3


def test_the_second_notebook_compares_its_criterion_with_taylor(server: Server, tmp_path: Path) -> None:
    output = _run(server, "02_my_criterion_against_taylor.ipynb", tmp_path)
    assert "half by gradient_gain" in output and 'aria-label="Tree of 3 nodes"' in output


def test_committed_notebooks_have_no_outputs() -> None:
    for path in NOTEBOOKS.glob("*.ipynb"):
        text = path.read_text()
        assert '"outputs": []' in text and '"execution_count": 1' not in text, f"{path.name}: clear all outputs"
