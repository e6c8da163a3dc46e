"""Training on real digits whose worker is killed twice and whose server is killed once, each during an epoch."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from cnnpruner.config import from_environment
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Application, NewPlan
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.domain.tree.training import TrainingChoice
from cnnpruner.runners.liveness import is_alive, process_identity
from cnnpruner.service.lifecycle import build_workspace
from cnnpruner.service.plans import plans
from cnnpruner.service.tree import experiments
from cnnpruner.service.workspace import Workspace

SERVER = """
import time
from cnnpruner.config import from_environment
from cnnpruner.service.lifecycle import build_workspace, run_jobs
with run_jobs(build_workspace(from_environment())):
    time.sleep(600)
"""
NEW = NewExperiment.model_validate(
    {"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "weights": {"train": {"epochs": 2}}}
)
EPOCHS = 6


class Server:
    """A server without HTTP in its own process; the test observes it through the database."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "log"
        self.workspace: Workspace = build_workspace(from_environment())
        self.process = self._spawn()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen([sys.executable, "-c", SERVER], stdout=log, stderr=log)

    def workers(self) -> list[str]:
        """Returns the names of the worker processes."""
        command = ["ps", "-o", "pid=", "--ppid", str(self.process.pid)]
        pids = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        return [name for name in (process_identity(int(pid)) for pid in pids) if name]

    def kill(self) -> list[str]:
        """Sends SIGKILL. Returns the workers that it had."""
        workers = self.workers()
        self.process.kill()
        self.process.wait()
        return workers

    def restart(self) -> None:
        """Starts the server again after `kill`."""
        self.process = self._spawn()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Killed at the end of the test."""
    for name, value in {"DB": "e.db", "MODELS": "models", "DATA": "", "PORT": "0"}.items():
        monkeypatch.setenv(name, str(tmp_path / value) if value.strip("0") else value)
    server = Server(tmp_path)
    yield server
    server.kill()
    server.workspace.store.close()


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits until `condition` holds."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def wait_for_end(workspace: Workspace, job_id: int) -> Job:
    """Returns the job once it has ended."""
    wait_until(lambda: workspace.store.jobs.get(job_id).state not in ("waiting", "running"))
    return workspace.store.jobs.get(job_id)


def branch(workspace: Workspace, root_id: int) -> tuple[int, int]:
    """Adds a child of the root with half of its filters. Returns the ids of node and job."""
    plan = plans.draft(
        workspace,
        workspace.store.nodes.get(root_id),
        TypeAdapter(NewPlan).validate_python({"rule": "percent", "percent": 50}),
    )
    applied = plans.apply(workspace, plan, Application(training=TrainingChoice(epochs=EPOCHS)))
    return applied.node.id, applied.job.id


def epochs_without_times(workspace: Workspace, node_id: int) -> list[dict[str, Any]]:
    """Returns the epochs without durations and times."""
    return [row.model_dump(exclude={"seconds", "at"}) for row in workspace.store.epochs.list(node_id)]


def worker_pid(workspace: Workspace, job_id: int) -> int:
    """Returns the process id of the worker that has leased the job."""
    from sqlalchemy import select

    from cnnpruner.store.rows import JobRow

    with workspace.store.transaction() as session:
        worker = session.scalars(select(JobRow.worker).where(JobRow.id == job_id)).one()
    assert worker is not None
    return int(worker.partition(":")[0])


@pytest.mark.slow
def test_a_node_is_identical_although_its_worker_was_killed_twice_and_its_server_once(server: Server) -> None:
    workspace = server.workspace
    root = experiments.create(workspace, NEW).root_id
    assert wait_for_end(workspace, workspace.store.nodes.get(root).job_id or 0).state == "done"
    root_file = workspace.store.files.weights_path(1, 0).read_bytes()
    undisturbed, undisturbed_job = branch(workspace, root)
    assert wait_for_end(workspace, undisturbed_job).state == "done"

    node, job_id = branch(workspace, root)
    for finished in (1, 3):
        wait_until(lambda finished=finished: len(epochs_without_times(workspace, node)) >= finished)  # type: ignore[misc]
        before = epochs_without_times(workspace, node)
        os.kill(worker_pid(workspace, job_id), signal.SIGKILL)
        wait_until(lambda: workspace.store.jobs.get(job_id).state == "waiting")
        assert epochs_without_times(workspace, node)[: len(before)] == before
        wait_until(lambda: workspace.store.jobs.get(job_id).state == "running")
    wait_until(lambda: len(epochs_without_times(workspace, node)) >= 5)
    before = epochs_without_times(workspace, node)
    workers = server.kill()
    wait_until(lambda: not any(map(is_alive, workers)))
    server.restart()

    assert wait_for_end(workspace, job_id).state == "done"
    result, expected = workspace.store.nodes.get(node), workspace.store.nodes.get(undisturbed)
    assert epochs_without_times(workspace, node)[: len(before)] == before
    assert epochs_without_times(workspace, node) == epochs_without_times(workspace, undisturbed)
    assert [row["epoch"] for row in epochs_without_times(workspace, node)] == list(range(EPOCHS + 1))
    assert (result.state, result.accuracy, result.best_epoch) == ("ready", expected.accuracy, expected.best_epoch)
    files = workspace.store.files
    assert files.weights_path(1, result.number).read_bytes() == files.weights_path(1, expected.number).read_bytes()
    folder = files.node_folder(1, result.number)  # checkpoints go after the row is committed
    wait_until(lambda: [path.name for path in folder.iterdir()] == ["weights.safetensors"])
    assert files.weights_path(1, 0).read_bytes() == root_file
