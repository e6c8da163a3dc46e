"""Interface of runners, which wake workers for waiting jobs and report when a worker has died."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cnnpruner.domain.jobs import Queue

ExitCallback = Callable[[Queue, int | None], None]
"""Function called after a worker has died, with the worker's queue and a job id. The id is that of a cancelled job that
did not end in time, so that the worker was killed; None if the worker died for any other reason.
"""


@dataclass(frozen=True)
class WorkerStatus:
    """Current state of the worker of a queue."""

    is_alive: bool
    ready: bool
    pid: int | None
    device: str | None
    job_id: int | None
    """ID of the job that the worker is running; None while the worker waits."""


class Runner(Protocol):
    """Interface of a runner. A runner knows jobs only by their ids; their state is in the database."""

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
