"""The README's examples run as they stand."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import REPOSITORY
from tests.e2e.server import Server

ADDRESS = "http://127.0.0.1:8000"


def _block(language: str, mark: str) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    return next(block for block in blocks if mark in block)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_curl_round_makes_a_node(demo: Server, root: dict[str, Any], tmp_path: Path) -> None:
    script = _block("sh", "curl").replace(ADDRESS, demo.url)
    out = _run(["bash", "-euo", "pipefail", "-c", script], tmp_path)
    nodes = demo.call("GET", f"/experiments/{root['experiment_id']}/tree")["nodes"]
    made = [node for node in nodes if node["note"] == "a quarter"]
    assert made and f'"id":{made[-1]["id"]},' in out
    assert demo.ready(made[-1]["id"])["epochs"] == 2


def test_the_notebook_round_prints_an_accuracy(demo: Server, tmp_path: Path) -> None:
    script = _block("python", "Client").replace(ADDRESS, demo.url)
    out = _run([sys.executable, "-c", script], tmp_path)
    assert 0.5 < float(out.split()[-1]) <= 1
