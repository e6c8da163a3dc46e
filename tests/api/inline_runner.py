"""A runner that runs interactive jobs at once in the calling thread, to test routes that wait for them."""

from pathlib import Path
from typing import Any

from cnnpruner.domain.jobs import Queue
from cnnpruner.runners.base import WorkerStatus
from cnnpruner.store import Store
from cnnpruner.worker.loop import WorkerLoop


class InlineRunner:
    """A worker without a process. Training jobs keep waiting."""

    name = "inline"
    device: str | None = None

    def __init__(self, store: Store, folders: tuple[Path, ...] = (), criteria: Path | None = None) -> None:
        self.workspace = WorkerLoop(store, folders, self, criteria)

    def send(self, **message: Any) -> None:
        """Ignores messages."""

    def is_cancelled(self, job_id: int) -> bool:
        """Cancellation is only visible in the row."""
        return False

    def start(self) -> None: ...

    def wake(self, queue: Queue) -> None:
        """Runs the waiting interactive jobs."""
        while queue == "interactive" and self.workspace.run_next(queue):
            pass

    def cancel(self, queue: Queue, job_id: int) -> None: ...

    def stop(self) -> None: ...

    def status(self) -> dict[Queue, WorkerStatus]:
        """There are no queues."""
        return {}
