"""A runner that does interactive jobs at once in the thread that asks, to test routes that wait for them."""

from pathlib import Path
from typing import Any

from cnnpruner.domain.jobs import Queue
from cnnpruner.runners.base import WorkerStatus
from cnnpruner.store import Store
from cnnpruner.worker.loop import WorkerLoop


class InlineRunner:
    """One worker without a process. Training waits for ever."""

    name = "inline"
    device: str | None = None

    def __init__(self, store: Store, folders: tuple[Path, ...] = (), criteria: Path | None = None) -> None:
        self.workspace = WorkerLoop(store, folders, self, criteria)

    def send(self, **message: Any) -> None:
        """Nobody listens."""

    def is_cancelled(self, job_id: int) -> bool:
        """Never by this line; the row tells."""
        return False

    def start(self) -> None: ...

    def wake(self, queue: Queue) -> None:
        """Do what waits."""
        while queue == "interactive" and self.workspace.run_next(queue):
            pass

    def cancel(self, queue: Queue, job_id: int) -> None: ...

    def stop(self) -> None: ...

    def status(self) -> dict[Queue, WorkerStatus]:
        """No queues."""
        return {}
