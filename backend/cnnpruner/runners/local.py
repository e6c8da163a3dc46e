"""The default runner: one warm worker process per queue on this machine."""

from collections.abc import Callable, Sequence

from cnnpruner.domain.jobs import Queue
from cnnpruner.runners.base import OnExit, WorkerStatus
from cnnpruner.runners.worker_process import WorkerProcess

QUEUES: tuple[Queue, ...] = ("training", "interactive")
"""Long work, and answers that somebody waits for (docs/decisions.md: why two processes)."""


class LocalRunner:
    """Starts, wakes, cancels and restarts the workers. Knows no job but by its id; the database is the truth.

    `command(queue)` gives the command line of a queue's worker. `on_exit(queue, job_id)` is called from the queue's
    thread after its worker died, before the next one starts: there the service takes back what the worker held.
    `job_id` is the job that was killed because it did not end within the grace of its cancellation, else None.
    """

    name = "local"

    def __init__(
        self,
        command: Callable[[Queue], Sequence[str]],
        on_exit: OnExit,
        queues: tuple[Queue, ...] = QUEUES,
    ) -> None:
        self._queues = {queue: WorkerProcess(queue, command(queue), on_exit) for queue in queues}

    def start(self) -> None:
        """Start one worker per queue; returns at once, before they are ready."""
        for queue in self._queues.values():
            queue.start()

    def wake(self, queue: Queue) -> None:
        """Tell the worker of `queue` that there is a new job."""
        self._queues[queue].send(wake=True)

    def cancel(self, queue: Queue, job_id: int) -> None:
        """End `job_id` at its next safe point, or with its process after the grace."""
        self._queues[queue].cancel(job_id)

    def stop(self) -> None:
        """End all workers; returns when they are gone."""
        for queue in self._queues.values():
            queue.stop()

    def status(self) -> dict[Queue, WorkerStatus]:
        """Queue -> how its worker is now."""
        return {name: queue.status() for name, queue in self._queues.items()}

    @property
    def device(self) -> str | None:
        """The device of the workers; None until one has said so."""
        return next((status.device for status in self.status().values() if status.device), None)
