"""The default runner: one warm worker process per lane on this machine."""

from collections.abc import Callable, Sequence

from cnnpruner.domain.jobs import Lane
from cnnpruner.runners.base import LaneStatus, OnExit
from cnnpruner.runners.lane import LaneProcess

LANES: tuple[Lane, ...] = ("training", "interactive")
"""Long work, and answers that somebody waits for (docs/decisions.md: why two processes)."""


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
        lanes: tuple[Lane, ...] = LANES,
    ) -> None:
        self._lanes = {lane: LaneProcess(lane, command(lane), on_exit) for lane in lanes}

    def start(self) -> None:
        """Start one worker per lane; returns at once, before they are ready."""
        for lane in self._lanes.values():
            lane.start()

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
