"""What every runner does: bring waiting jobs to workers, and say when a worker is gone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cnnpruner.domain.jobs import Queue

OnExit = Callable[[Queue, int | None], None]
"""Called after a worker died: its queue, and the job whose cancellation made it be killed (None: it died by itself)."""


@dataclass(frozen=True)
class WorkerStatus:
    """How the worker of a queue is now."""

    alive: bool
    ready: bool
    pid: int | None
    device: str | None
    job_id: int | None
    """What it works on; None where it waits."""


class Runner(Protocol):
    """Knows no job but by its id; the row is the truth."""

    name: str

    @property
    def device(self) -> str | None:
        """The device of the workers, `cpu` or `cuda:0`; None until one has said so."""

    def start(self) -> None:
        """Start the workers; returns before they are ready."""

    def wake(self, queue: Queue) -> None:
        """Tell the worker of `queue` that there is a new job."""

    def cancel(self, queue: Queue, job_id: int) -> None:
        """End `job_id` at its next safe point, or with its process after a grace."""

    def stop(self) -> None:
        """End all workers; returns when they are gone."""

    def status(self) -> dict[Queue, WorkerStatus]:
        """Queue -> how its worker is now."""
