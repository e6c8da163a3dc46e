"""The examples in README.md and docs/rest.md run as printed."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from tests.conftest import REPOSITORY
from tests.e2e.server import Server

ADDRESS = "http://127.0.0.1:8000"


def _blocks(document: str, language: str, text: str = "") -> list[str]:
    """Code blocks of a language that contain `text`, in order."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", (REPOSITORY / document).read_text(), re.DOTALL)
    return [block for block in blocks if text in block]


def _run(command: list[str], folder: Path, **variables: str) -> str:
    environment = os.environ | variables
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def _shell(script: str, server: Server, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # finds the `cnnpruner` command
    command = ["bash", "-euo", "pipefail", "-c", script.replace(ADDRESS, server.url)]
    return _run(command, folder, PATH=path, CNNPRUNER_SERVER=server.url)


def test_the_curl_example_in_the_readme_creates_a_node(demo: Server, root: dict[str, Any], tmp_path: Path) -> None:
    out = _shell(_blocks("README.md", "sh", "curl")[0], demo, tmp_path)
    nodes = demo.call("GET", f"/experiments/{root['experiment_id']}/tree")["nodes"]
    created = [node for node in nodes if node["note"] == "a quarter"]
    assert created and f'"id":{created[-1]["id"]},' in out
    assert demo.ready(created[-1]["id"])["epochs"] == 2


def test_the_notebook_example_in_the_readme_prints_the_accuracy_of_its_node(
    demo: Server, root: dict[str, Any], tmp_path: Path
) -> None:
    script = _blocks("README.md", "python", "Client")[0].replace(ADDRESS, demo.url)
    out = _run([sys.executable, "-c", script], tmp_path)
    nodes = demo.call("GET", f"/experiments/{root['experiment_id']}/tree")["nodes"]
    created = [node for node in nodes if node["note"] == "a quarter"][-1]
    assert created["state"] == "ready" and float(out.split()[-1]) == created["accuracy"]


def test_the_rest_guide_ends_with_two_equal_trees(empty_server: Server, tmp_path: Path) -> None:
    server = empty_server.start()
    out = _shell("".join(_blocks("docs/rest.md", "sh")), server, tmp_path)
    assert out.count("done\n") == 3 and "and can no longer be changed; draft a new plan" in out
    assert out.rstrip().endswith("sent to the device") and "Opened from a bundle created" in out
    copy, original = (server.call("GET", f"/experiments/{number}/tree")["nodes"] for number in (2, 1))
    assert [node["accuracy"] for node in copy] == [node["accuracy"] for node in original]
    out = _shell(_blocks("README.md", "sh", "cnnpruner bundle")[0], server, tmp_path)
    assert "experiment 3: By curl (2 nodes)" in out and "digits.html" in out
    assert zipfile.is_zipfile(tmp_path / "node.zip") and "pruning report" in (tmp_path / "report.html").read_text()
