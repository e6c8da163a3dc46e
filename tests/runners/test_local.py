"""The local runner: start, wake, cancel, kill, restart, and the end of the server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnnpruner.domain.jobs import Queue
from cnnpruner.runners import worker_process
from cnnpruner.runners.base import WorkerStatus
from cnnpruner.runners.liveness import is_alive, process_identity
from cnnpruner.runners.local import LocalRunner

FAKE = Path(__file__).with_name("fake_worker.py")
JOB = 7


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds; the timeout is long enough for a busy machine."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.01)


class WatchedRunner:
    """A runner with one queue, and the worker exits it notified of."""

    def __init__(self, mode: str) -> None:
        self.exits: list[tuple[str, int | None]] = []
        command = [sys.executable, str(FAKE), mode, str(JOB)]
        self.runner = LocalRunner(lambda _: command, self._on_exit, queues=("interactive",))
        self.runner.start()
        wait_until(lambda: self.status.ready)

    def _on_exit(self, queue: Queue, job_id: int | None) -> None:
        self.exits.append((queue, job_id))

    @property
    def status(self) -> WorkerStatus:
        """The state of the only queue's worker."""
        return self.runner.status()["interactive"]

    def run_job(self) -> None:
        """Wake the worker and wait until it reports that it runs the job."""
        self.runner.wake("interactive")
        wait_until(lambda: self.status.job_id == JOB)


@pytest.fixture
def start() -> Iterator[Callable[[str], WatchedRunner]]:
    """Function that starts a runner whose worker behaves as `mode` says; all are stopped at the end."""
    started_runners: list[WatchedRunner] = []

    def start(mode: str) -> WatchedRunner:
        started_runners.append(WatchedRunner(mode))
        return started_runners[-1]

    yield start
    for watched in started_runners:
        watched.runner.stop()


def test_worker_reports_ready_with_its_device(start: Callable[[str], WatchedRunner]) -> None:
    watched = start("obey")
    assert watched.status.is_alive
    assert watched.status.ready
    assert watched.runner.device == "cpu"
    assert watched.status.pid is not None
    assert os.getpgid(watched.status.pid) == os.getpgid(0)


def test_cancelled_job_ends_and_the_worker_stays(
    start: Callable[[str], WatchedRunner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "CANCEL_GRACE_S", 60.0)  # or a busy machine kills it first
    watched = start("obey")
    pid = watched.status.pid
    watched.run_job()
    watched.runner.cancel("interactive", JOB)
    wait_until(lambda: watched.status.job_id is None)
    assert watched.status.pid == pid
    assert watched.exits == []


def test_unresponsive_job_is_killed_after_the_grace_period_and_the_service_is_notified(
    start: Callable[[str], WatchedRunner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "CANCEL_GRACE_S", 0.3)
    watched = start("unresponsive")
    pid = watched.status.pid
    watched.run_job()
    watched.runner.cancel("interactive", JOB)
    wait_until(lambda: watched.status.ready and watched.status.pid != pid)
    assert watched.exits == [("interactive", JOB)]


def test_cancel_of_another_job_leaves_the_worker_alone(
    start: Callable[[str], WatchedRunner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "CANCEL_GRACE_S", 0.1)
    watched = start("unresponsive")
    watched.run_job()
    pid = watched.status.pid
    watched.runner.cancel("interactive", JOB + 1)
    time.sleep(0.4)
    assert watched.status.pid == pid


def test_killed_worker_is_replaced_and_the_service_is_notified(start: Callable[[str], WatchedRunner]) -> None:
    watched = start("obey")
    pid = watched.status.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: watched.status.ready and watched.status.pid != pid)
    assert watched.exits == [("interactive", None)]


def test_crashing_worker_is_restarted_each_time(start: Callable[[str], WatchedRunner]) -> None:
    watched = start("crash")
    for exits in range(1, 4):
        wait_until(lambda: watched.status.ready)
        watched.runner.wake("interactive")
        wait_until(lambda exits=exits: len(watched.exits) >= exits)  # type: ignore[misc]
    assert all(job_id is None for _, job_id in watched.exits)


def test_stopped_runner_leaves_no_process(start: Callable[[str], WatchedRunner]) -> None:
    watched = start("unresponsive")
    watched.run_job()
    name = process_identity(watched.status.pid or 0)
    assert name
    watched.runner.stop()
    assert not is_alive(name)
    assert not watched.status.is_alive


SERVER = """
import sys, time
from cnnpruner.runners.local import LocalRunner
runner = LocalRunner(lambda _: sys.argv[1:], lambda queue, job: None, queues=("training", "interactive"))
runner.start()
while not all(status.ready for status in runner.status().values()):
    time.sleep(0.01)
for queue in ("training", "interactive"):
    runner.wake(queue)
print(*(status.pid for status in runner.status().values()), flush=True)
time.sleep(60)
"""


def test_workers_exit_when_their_server_is_killed() -> None:
    command = [sys.executable, "-c", SERVER, sys.executable, str(FAKE), "unresponsive", str(JOB)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        names = [process_identity(int(pid)) for pid in server.stdout.readline().split()]
        assert len(names) == 2
        assert all(name and is_alive(name) for name in names)
        server.kill()
        server.wait()
        wait_until(lambda: not any(is_alive(name or "") for name in names))


def test_a_process_name_is_not_alive_if_its_pid_was_reused() -> None:
    name = process_identity(os.getpid())
    assert name
    assert is_alive(name)
    assert not is_alive(f"{os.getpid()}:1")
    assert not is_alive("")
