"""The default runner: one warm worker process per lane on this machine."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.jobs import Lane
from cnnpruner.runners.base import LaneStatus, OnExit
from cnnpruner.runners.lane import LaneProcess

LANES: tuple[Lane, ...] = ("training", "interactive")
"""Long work, and answers that somebody waits for (docs/decisions.md: why two processes)."""


@dataclass(frozen=True)
class WorkerOptions:
    """What a worker process is started with."""

    database: str
    """SQLAlchemy URL."""
    models: Path
    data: tuple[Path, ...]
    criteria: Path | None = None
    """Folder of the user's own criteria."""
    networks: tuple[str, ...] = ()
    """NAME=FACTORY of each network that the server's starter named."""
    datasets: tuple[str, ...] = ()
    """The same for data sets."""
    database_file: str = ""
    """The SQLite file that the server has open, as `Store.database_file` names it: no other one will do."""


def worker_command(options: WorkerOptions, lane: Lane) -> list[str]:
    """The command line of the worker of `lane`."""
    data = os.pathsep.join(map(str, options.data))
    command = [sys.executable, "-m", "cnnpruner.worker.__main__", "--lane", lane, "--database", options.database]
    command += ["--models", str(options.models), "--data", data, "--criteria", str(options.criteria or "")]
    command += ["--database-file", options.database_file]
    command += [f"--network={named}" for named in options.networks]
    return command + [f"--data-factory={named}" for named in options.datasets]


def _nothing(_lane: Lane) -> None:
    return


class LocalRunner:
    """Starts, wakes, cancels and restarts the workers. Knows no job but by its id; the database is the truth.

    `command(lane)` gives the command line of a lane's worker. `on_exit(lane, job_id)` is called from the lane's
    thread after its worker died, before the next one starts: there the service takes back what the worker held.
    `job_id` is the job that was killed because it did not end within the grace of its cancellation, else None.
    """

    name = "local"

    def __init__(
        self,
        command: Callable[[Lane], Sequence[str]],
        on_exit: OnExit,
        on_ready: Callable[[Lane], None] = _nothing,
        lanes: tuple[Lane, ...] = LANES,
    ) -> None:
        self._lanes = {lane: LaneProcess(lane, command(lane), on_exit, on_ready) for lane in lanes}

    def start(self) -> None:
        """Start one worker per lane; returns at once, before they are ready."""
        for lane in self._lanes.values():
            lane.start()

    def wait_ready(self, timeout_s: float) -> bool:
        """True as soon as all workers take jobs; False after `timeout_s`."""
        end = time.monotonic() + timeout_s
        return all(lane.wait_ready(max(0.0, end - time.monotonic())) for lane in self._lanes.values())

    def wake(self, lane: Lane) -> None:
        """Tell the worker of `lane` that there is a new job."""
        self._lanes[lane].send(wake=True)

    def cancel(self, lane: Lane, job_id: int) -> None:
        """End `job_id` at its next safe point, or with its process after the grace."""
        self._lanes[lane].cancel(job_id)

    def stop(self) -> None:
        """End all workers; returns when they are gone."""
        for lane in self._lanes.values():
            lane.stop()

    def status(self) -> dict[Lane, LaneStatus]:
        """Lane -> how its worker is now."""
        return {name: lane.status() for name, lane in self._lanes.items()}

    @property
    def device(self) -> str | None:
        """The device of the workers; None until one has said so."""
        return next((status.device for status in self.status().values() if status.device), None)
