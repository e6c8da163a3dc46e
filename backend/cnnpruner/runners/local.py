"""The default runner: one long-lived worker process per queue on this machine."""

from collections.abc import Callable, Sequence

from cnnpruner.domain.jobs import Queue
from cnnpruner.runners.base import ExitCallback, WorkerStatus
from cnnpruner.runners.worker_process import WorkerProcess

QUEUES: tuple[Queue, ...] = ("training", "interactive")
"""One queue is for long jobs, the other for short jobs that the user waits for. docs/decisions.md says why there are
two.
"""


class LocalRunner:
    """Starts, wakes, cancels and restarts the workers.

    The runner knows jobs only by their ids; their state is in the database. `command(queue)` returns the command line
    of a queue's worker. `on_exit(queue, job_id)` is called from the queue's thread after its worker has died and before
    the next one starts, so that the service can requeue the worker's job. `job_id` is the id of a cancelled job that
    was killed because it did not end within the grace period; otherwise None.
    """

    name = "local"

    def __init__(
        self,
        command: Callable[[Queue], Sequence[str]],
        on_exit: ExitCallback,
        queues: tuple[Queue, ...] = QUEUES,
    ) -> None:
        self._workers = {queue: WorkerProcess(queue, command(queue), on_exit) for queue in queues}

    def start(self) -> None:
        """Start one worker per queue; return at once, before they are ready."""
        for worker in self._workers.values():
            worker.start()

    def wake(self, queue: Queue) -> None:
        """Notify the worker of `queue` that a new job is waiting."""
        self._workers[queue].send(wake=True)

    def cancel(self, queue: Queue, job_id: int) -> None:
        """End the job `job_id` at its next cancellation check. If it still runs after the grace period, kill its worker
        process.
        """
        self._workers[queue].cancel(job_id)

    def stop(self) -> None:
        """End all workers, and return when their processes have ended."""
        for worker in self._workers.values():
            worker.stop()

    def status(self) -> dict[Queue, WorkerStatus]:
        """Returns the state of each queue's worker."""
        return {queue: worker.status() for queue, worker in self._workers.items()}

    @property
    def device(self) -> str | None:
        """Returns the device of the workers; None until a worker has reported it."""
        return next((status.device for status in self.status().values() if status.device), None)
