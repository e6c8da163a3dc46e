"""Servers whose database or model store is deleted, moved or copied lose no weights and report every lost write."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnpruner.client.http import ServerError
from cnnpruner.store import open_store
from tests.digits_node import add_ready_root
from tests.e2e.server import Server

TRAINING: dict[str, Any] = {"training": {"epochs": 40}}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Not started. Its database has a ready root."""
    store = open_store(f"sqlite:///{tmp_path / 'experiments.db'}", tmp_path / "models")
    add_ready_root(store)
    store.close()
    server = Server(tmp_path, demo=False)
    yield server
    server.stop()


def database(server: Server) -> list[Path]:
    """Returns the files of the database."""
    return list(server.folder.glob("experiments.db*"))


def weights(server: Server, node: int = 0) -> Path:
    return server.models / "experiment-1" / f"node-{node}" / "weights.safetensors"


def wait_until_true(condition: Callable[[], bool], timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def failed_start(server: Server, *arguments: str) -> str:
    """Returns what a start that fails prints."""
    names = {"DB": str(server.folder / "experiments.db"), "MODELS": str(server.models), "PORT": "0", "NO_BROWSER": "1"}
    command = [sys.executable, "-m", "cnnpruner.cli", "serve", *arguments]
    process = subprocess.run(command, env=os.environ | names, capture_output=True, text=True, timeout=60, check=False)
    assert process.returncode == 1, process.stderr
    return process.stderr


def test_starting_without_the_database_fails_and_keeps_all_weights(server: Server) -> None:
    server.start().stop()
    before = weights(server).read_bytes()
    for file in database(server):
        file.unlink()
    output = failed_start(server)
    assert "missing or empty" in output and "--new-store" in output and "Traceback" not in output
    assert weights(server).read_bytes() == before and database(server) == []
    server.arguments = ("--new-store",)
    server.start()
    assert server.call("GET", "/experiments") == []
    (aside,) = server.folder.glob("models.aside-*")
    assert (aside / "experiment-1" / "node-0" / "weights.safetensors").read_bytes() == before


def test_a_copied_database_is_read_only(server: Server) -> None:
    server.start().stop()
    shutil.copy(server.folder / "experiments.db", server.folder / "copy.db")
    server.arguments = ("--database", str(server.folder / "copy.db"))
    server.start()
    health = server.call("GET", "/health")
    assert health["storage"] == "copy" and "is a copy" in health["notices"][0]
    job = server.call("POST", "/nodes/1/export?format=safetensors")
    assert server.wait(job["id"])["state"] == "done"
    with pytest.raises(ServerError, match="is a copy"):
        server.call("DELETE", "/experiments/1")
    assert weights(server).is_file()


def test_a_missing_database_is_noticed_and_can_be_restored(server: Server) -> None:
    server.start()
    plan = server.call("POST", "/nodes/1/plans", {"rule": "percent", "percent": 50, "criterion": "random"})
    applied = server.call("POST", f"/plans/{plan['id']}/apply", TRAINING)
    child, job_id = applied["node"]["id"], applied["job"]["id"]
    wait_until_true(lambda: len(server.call("GET", f"/nodes/{child}/epochs")) > 1)
    moved = server.folder / "moved"
    moved.mkdir()
    for file in database(server):
        file.rename(moved / file.name)

    health = server.call("GET", "/health")
    assert (health["status"], health["storage"]) == ("ok", "missing")
    assert str(server.folder / "experiments.db") in health["notices"][0]
    with pytest.raises(ServerError, match="is missing") as refusal:
        server.call("PATCH", "/nodes/1", {"note": "into nothing"})
    assert (refusal.value.status, refusal.value.code) == (503, "store_missing")
    wait_until_true(lambda: "is missing" in server.log)
    # the worker let go of the job
    wait_until_true(
        lambda: server.log.count("exited with status 1; starting another") >= 1
    )  # the worker let go of the job
    assert database(server) == [], "no connection has made an empty one"
    assert server.call("GET", "/nodes/1")["note"] == ""

    for file in list(moved.iterdir()):
        file.rename(server.folder / file.name)
    assert server.call("GET", "/health")["storage"] == "ok"
    server.call("PATCH", "/nodes/1", {"note": "kept"})
    epochs = len(server.call("GET", f"/nodes/{child}/epochs"))
    wait_until_true(lambda: len(server.call("GET", f"/nodes/{child}/epochs")) > epochs)
    assert server.call("GET", f"/jobs/{job_id}")["state"] == "running"
    server.stop()
    server.start()
    assert server.call("GET", "/nodes/1")["note"] == "kept"
    assert server.call("POST", f"/jobs/{job_id}/cancel")["state"] == "cancelled"
    wait_until_true(lambda: not weights(server, 1).parent.exists())


def test_a_missing_model_store_is_not_recreated(server: Server) -> None:
    server.start()
    plan = server.call("POST", "/nodes/1/plans", {"rule": "percent", "percent": 50, "criterion": "random"})
    child = server.call("POST", f"/plans/{plan['id']}/apply", TRAINING)["node"]["id"]
    wait_until_true(lambda: len(server.call("GET", f"/nodes/{child}/epochs")) > 1)
    server.models.rename(server.folder / "unmounted")
    server.models.mkdir()  # the mount point
    assert server.call("GET", "/health")["storage"] == "missing"
    with pytest.raises(ServerError, match=r"model store .* is missing"):
        server.call("PATCH", "/nodes/1", {"note": "x"})
    wait_until_true(lambda: server.log.count("exited with status 1; starting another") >= 1)
    assert list(server.models.iterdir()) == []
    server.models.rmdir()
    (server.folder / "unmounted").rename(server.models)
    epochs = len(server.call("GET", f"/nodes/{child}/epochs"))
    wait_until_true(lambda: len(server.call("GET", f"/nodes/{child}/epochs")) > epochs)
