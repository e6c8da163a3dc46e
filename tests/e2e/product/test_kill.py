"""Killing worker or server with SIGKILL loses no finished epoch and no node."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from cnnpruner.runners.liveness import is_alive, process_identity
from tests.e2e.server import Server

ROOT: dict[str, Any] = {
    "name": "kill me",
    "data": {"kind": "digits"},
    "network": {"name": "small_vgg"},
    "weights": {"train": {"epochs": 8}},
    "seed": 3,
}


def _epochs(server: Server, node_id: int) -> list[dict[str, Any]]:
    timing_fields = ("seconds", "at")
    epochs = server.call("GET", f"/nodes/{node_id}/epochs")
    return [{name: value for name, value in epoch.items() if name not in timing_fields} for epoch in epochs]


def _wait_for_epochs(server: Server, node_id: int, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        epochs = _epochs(server, node_id)
        if len(epochs) >= count:
            return epochs
        time.sleep(0.05)
    raise AssertionError(f"fewer than {count} epochs: {server.log}")


def _pids(server: Server) -> set[int]:
    assert server.process is not None
    threads = Path(f"/proc/{server.process.pid}/task")
    return {int(pid) for task in threads.iterdir() for pid in (task / "children").read_text().split()}


def _wait_until_gone(names: set[str]) -> None:
    deadline = time.monotonic() + 60
    while alive := {name for name in names if is_alive(name)}:
        assert time.monotonic() < deadline, f"workers outlive their server: {alive}"
        time.sleep(0.05)


def test_training_resumes_after_worker_and_server_are_killed(empty_server: Server) -> None:
    server = empty_server.start()
    experiment = server.call("POST", "/experiments", ROOT)
    root, job_id = experiment["root_id"], server.call("GET", f"/nodes/{experiment['root_id']}")["job_id"]

    seen = _wait_for_epochs(server, root, 2)
    for pid in _pids(server):
        os.kill(pid, signal.SIGKILL)
    for count in (4, 6):
        assert _wait_for_epochs(server, root, count)[: len(seen)] == seen
        seen = _epochs(server, root)
        workers = {name for pid in _pids(server) if (name := process_identity(pid))}
        server.kill()
        _wait_until_gone(workers)
        server.start()
        assert server.call("GET", f"/jobs/{job_id}")["state"] in ("waiting", "running", "done")

    node = server.ready(root)
    final = _epochs(server, root)
    assert final[: len(seen)] == seen
    assert [epoch["epoch"] for epoch in final] == list(range(9))
    assert node["accuracy"] == max(epoch["accuracy"] for epoch in final)
    assert server.call("GET", f"/jobs/{job_id}")["id"] == job_id
    assert [entry["number"] for entry in server.call("GET", f"/experiments/{experiment['id']}/tree")["nodes"]] == [0]

    undisturbed = server.call("POST", "/experiments", ROOT | {"name": "leave me"})
    server.ready(undisturbed["root_id"])
    assert _epochs(server, undisturbed["root_id"]) == final
