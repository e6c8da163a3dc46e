"""A running job's way to the store; every write is guarded by the attempt that holds the job."""

import time
from pathlib import Path
from typing import Any, Protocol

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.errors import JobCancelled
from cnnpruner.store import Store

PROGRESS_S = 1.0
"""Progress is written at most that often, but for its first and last."""
SCORES_S = 0.25
"""Partial scores are written at most that often."""
LEASE_CHECK_S = 1.0
"""How often the job's row is asked whether this attempt still holds it."""


class Control(Protocol):
    """The line between this process and its server."""

    def say(self, **message: Any) -> None:
        """Tell the server what this process does."""

    def is_cancelled(self, job_id: int) -> bool:
        """The server asked this process to end `job_id`."""


class JobContext:
    """One attempt of one job. Raises JobCancelled as soon as the job was cancelled or given to another attempt.

    Raises StoreMissing where database or model store are gone: files must not be written where another disk was.
    """

    def __init__(self, store: Store, job: Job, folder: Path, control: Control) -> None:
        self._store = store
        self._job = job
        self._control = control
        self._due = {"progress": 0.0, "scores": 0.0, "lease": 0.0}
        self.folder = folder
        self.key = f"job {job.id} of {job.created_at.isoformat()}"

    @property
    def finished_epochs(self) -> list[Epoch]:
        """Committed rows of the node that the job makes."""
        return self._store.epochs.list(self._job.node_id) if self._job.node_id is not None else []

    def progress(self, fraction: float, message: str, eta_s: float | None = None) -> None:
        """Write it where the last one is a second old, or the work is done."""
        if fraction < 1 and not self._is_due("progress", PROGRESS_S):
            return
        self._go_on(self._store.jobs.progress(self._job.id, self._job.attempt, fraction, message, eta_s))

    def epoch(self, epoch: Epoch) -> None:
        """Commit its row."""
        assert self._job.node_id is not None
        self._go_on(self._store.epochs.add(self._job.id, self._job.attempt, self._job.node_id, epoch))

    def partial_scores(self, scores: PartialScores) -> None:
        """Tell the event streams."""
        if self._is_due("scores", SCORES_S):
            self._store.scores.partial(self._job.id, self._job.attempt, scores)

    def frame(self, frame: EmbeddingFrame) -> None:
        """Tell the event streams."""
        self._go_on(self._store.embeddings.frame(self._job.id, self._job.attempt, frame))

    def check(self) -> None:
        """Look at the server's word and for the store each time, at the row about once a second."""
        self._go_on(not self._control.is_cancelled(self._job.id))
        self._store.require_whole()
        if self._is_due("lease", LEASE_CHECK_S):
            self._go_on(self._store.jobs.is_leased(self._job.id, self._job.attempt))

    def _go_on(self, held: bool) -> None:
        if not held:
            raise JobCancelled(f"job {self._job.id} is no longer attempt {self._job.attempt}'s")

    def _is_due(self, what: str, period_s: float) -> bool:
        now = time.monotonic()
        if now < self._due[what]:
            return False
        self._due[what] = now + period_s
        return True
