"""Interface of runners, which wake workers for waiting jobs and report when a worker has died."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cnnpruner.domain.jobs import Queue

ExitCallback = Callable[[Queue, int | None], None]
"""Function called after a worker has died.

Its arguments are the worker's queue and a job id. If the worker was killed because a cancelled job did not end, this is
the id of that job. If the worker died by itself, it is None.
"""


@dataclass(frozen=True)
class WorkerStatus:
    """Current state of the worker of a queue."""

    is_alive: bool
    ready: bool
    pid: int | None
    device: str | None
    job_id: int | None
    """ID of the job that the worker runs; None while the worker waits."""


class Runner(Protocol):
    """Interface of a runner. A runner knows only the ids of jobs; the state of jobs is in the database."""

    name: str

    @property
    def device(self) -> str | None:
        """Returns the device of the workers, `cpu` or `cuda:0`; None until a worker has reported it."""

    def start(self) -> None:
        """Start the workers; return before they are ready."""

    def wake(self, queue: Queue) -> None:
        """Notify the worker of `queue` that a new job is waiting."""

    def cancel(self, queue: Queue, job_id: int) -> None:
        """End the job `job_id` at its next cancellation check. If it still runs after a grace period, kill its worker
        process.
        """

    def stop(self) -> None:
        """End all workers, and return when their processes have ended."""

    def status(self) -> dict[Queue, WorkerStatus]:
        """Returns the state of each queue's worker."""
